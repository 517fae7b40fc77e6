import { sql } from 'kysely'
import type { Principal } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { isPaused } from './paused.ts'
import { visibleQueues } from './read.ts'
import { availableOf, type FactsRow, type QueueStatus, recentColumns, statusOfRow } from './status.ts'
import { queueAttendance } from '../executors/wishes.ts'
import { queueFigures } from '../figures/tables.ts'

/** The list is cut off after this many candidates. */
const maxCandidates = 2_000

/** A queue in which no jobs start. */
export interface BlockedQueue extends QueueStatus {
  queue: string
  /** When its figures were measured; undefined for a queue that was paused before it was ever measured. */
  asOf?: Date
  available: number
  pausedBy?: Principal
  reason?: string
}

interface Row extends FactsRow {
  queue: string
  paused_by: Principal | null
  reason: string | null
}

/** The queues visible to the viewer in which no jobs start. */
export async function listBlockedQueues(scope: Scope): Promise<BlockedQueue[]> {
  const candidates = (await listCandidates(scope)).map((row) => ({ ...row, status: statusOfRow(row, scope.now) }))
  const blocked = await visibleQueues(scope, candidates.filter(({ status: { status } }) => status === 'blocked'))
  return blocked.map((row) => ({
    ...row.status,
    queue: row.queue,
    asOf: row.as_of === null ? undefined : new Date(row.as_of),
    available: availableOf(row),
    pausedBy: row.paused_by ?? undefined,
    reason: row.reason ?? undefined,
  }))
}

/** Only a queue that is paused or has available jobs can be blocked. */
function listCandidates({ kit: { db }, em, now }: Scope): Promise<Row[]> {
  return query(
    em,
    sql<Row>`
      with figures as (
        select coalesce(figure.queue, pause.queue) as queue, figure.as_of::text, figure.depth, figure.oldest_available_at::text, coalesce(figure.executors, attending.executors) as executors,
          pause.paused_at::text, pause.paused_by, pause.reason, ${isPaused(db)} as paused
        from ${queueFigures(db)} figure full join ${db.table('queue_pause')} pause using (queue) left join ${queueAttendance(db)} attending using (queue)
      )
      select figures.*, ${recentColumns(db, now, 'figures.queue')} from figures
      where paused or oldest_available_at is not null or depth @? '$[*] ? (@.state == "available" && @.count > 0)'
      order by queue limit ${maxCandidates}`,
  )
}
