import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { executorOf, query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import { findQueue, isPaused, type QueueSubject, requireQueue, requireSupport } from './subject.ts'

/** Two who click at once pause it once. */
const sameClickMs = 1_000

function isSameClick({ pause }: QueueSubject, now: Date): boolean {
  return pause !== undefined && Math.abs(now.getTime() - Date.parse(pause.paused_at)) < sameClickMs
}

type Request = Extract<OperationRequest, { action: 'pause_queue' }>

export const pauseQueue = defineOperation<Request, QueueSubject>({
  action: 'pause_queue',
  eventType: 'queue.paused',
  reason: 'required',
  risk: 'high',
  onEngine: true,
  find: findQueue,

  plan({ subject }, { found }, scope) {
    requireSupport(scope, 'pause_queue')
    const queue = requireQueue(found, subject.id)
    const { pause } = found
    const again = isPaused(found)
    if (queue.paused === true || isSameClick(found, scope.now)) {
      const since = pause && ` since ${new Date(pause.paused_at).toISOString()}`
      throw new OpsError('illegal_transition', `Queue ${queue.name} is already paused${since ?? ''}; expected one that is not.`)
    }
    return {
      title: `Pause queue ${queue.name}${again ? ' again' : ''}`,
      effect: again
        ? 'The engine is asked once more, for workers that have started since and do not know. They start no more of its jobs until it is resumed.'
        : 'Workers start no more of its jobs until it is resumed. New jobs are still taken in and wait.',
      cautions: [
        'Jobs that are executing now go on to their end.',
        ...(queue.paused === null ? ['The engine does not tell whether a queue is paused: it is asked to, and workers that start later may not know.'] : []),
        'It stays paused until somebody resumes it.',
      ],
      before: pause && again ? { paused: true, pausedAt: new Date(pause.paused_at).toISOString(), pausedBy: pause.paused_by.label } : { paused: false },
      after: { paused: true },
      basis: { paused: queue.paused },
    }
  },

  async apply({ subject }, { found }, { kit, em }) {
    await kit.engine.pauseQueue!(found.queue!.name, executorOf(em))
    return { result: { queue: subject.id } }
  },

  async keep({ subject }, _target, { result }, { kit, em, now, principal, reason }, eventId) {
    await query(
      em,
      sql`
        insert into ${kit.db.table('queue_pause')} as kept (queue, paused_at, paused_by, reason, event_id)
        values (${subject.id}, ${now}, ${JSON.stringify(principal)}, ${reason ?? null}, ${eventId})
        on conflict (queue) do update set paused_at = excluded.paused_at, paused_by = excluded.paused_by, reason = excluded.reason, event_id = excluded.event_id`,
    )
    return { after: { paused: true, pausedBy: principal.label, pausedAt: now.toISOString() }, result }
  },
})
