import { type RawBuilder, sql } from 'kysely'
import type { Principal } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { readQueues } from './facts.ts'
import { listQueueNames, listUnseenQueues } from './known.ts'
import type { QueueStatus } from './status.ts'

/** A queue in which no jobs start: blocked, or paused. */
export interface BlockedQueue extends QueueStatus {
  queue: string
  /** When its figures were measured; undefined for a queue that was paused before it was ever measured. */
  asOf?: Date
  /** Jobs that could start now. */
  due: number
  pausedBy?: Principal
  reason?: string
}

/** The queues visible to the viewer in which no jobs start by their own figures, whatever incidents say. */
export async function listBlockedQueues(scope: Scope): Promise<BlockedQueue[]> {
  const [names, unseen] = await Promise.all([listQueueNames(scope), listUnseenQueues(scope)])
  const hidden = new Set(unseen)
  const queues = await readQueues(scope, names.filter((name) => !hidden.has(name)), { alone: true, only: mayBeBlocked })
  return queues
    .filter(({ status: { status, diagnosis } }) => status === 'blocked' || diagnosis === 'paused')
    .map(({ row, facts, status }) => ({
      ...status,
      queue: row.queue,
      asOf: facts.asOf ?? undefined,
      due: facts.due,
      pausedBy: row.paused_by ?? undefined,
      reason: row.reason ?? undefined,
    }))
}

/** Of thousands of queues few can be blocked: those that are paused, have no executor, or whose oldest due job has waited too long. */
const mayBeBlocked: RawBuilder<boolean> = sql`(pause.queue is not null or figure.paused or (figure.queue is not null and coalesce(figure.due, 1) > 0 and (
  coalesce(figure.executors, attending.executors) = 0 or coalesce(figure.oldest_due_at, figure.oldest_available_at) < page.stuck_since)))`
