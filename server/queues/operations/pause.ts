import type { OperationRequest } from '../../../schemas/index.ts'
import { executorOf } from '../../db/database.ts'
import { QueuePause } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import { saveWish } from '../../executors/wishes.ts'
import { defineOperation } from '../../operations/operation.ts'
import { engineCautions, findQueue, isPaused, type QueueSubject, requireQueue, requireSupport } from './subject.ts'

/** Two clicks at the same moment pause a queue only once. */
const sameClickMs = 1_000

function isSameClick({ pause }: QueueSubject, now: Date): boolean {
  return pause !== undefined && Math.abs(now.getTime() - pause.pausedAt.getTime()) < sameClickMs
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
    requireSupport(scope, 'pause_queue', found)
    const queue = requireQueue(found, subject.id)
    const { pause } = found
    const again = isPaused(found)
    if (queue.paused === true || isSameClick(found, scope.now)) {
      const since = pause && ` since ${pause.pausedAt.toISOString()}`
      throw new OpsError('illegal_transition', `Queue ${queue.name} is already paused${since ?? ''}; expected a queue that is not paused.`)
    }
    return {
      title: `Pause queue ${queue.name}${again ? ' again' : ''}`,
      effect: again
        ? 'The engine is asked to pause again, for workers that have started since and do not know of the pause. They start no more of its jobs until it is resumed.'
        : 'Workers start no more of its jobs until it is resumed. New jobs are still accepted and wait.',
      cautions: [
        'Jobs that are executing now run to completion.',
        ...(queue.paused === null ? ['The engine does not report whether a queue is paused: it is asked to pause, but workers that start later may not know.'] : []),
        ...engineCautions(scope, 'pause_queue', found),
      ],
      before: pause && again ? { paused: true, pausedAt: pause.pausedAt.toISOString(), pausedBy: pause.pausedBy.label } : { paused: false },
      after: { paused: true },
      basis: { paused: queue.paused },
    }
  },

  async apply({ subject }, { found }, { kit, em }) {
    if (!found.wished) await kit.engine.pauseQueue!(found.queue!.name, executorOf(em))
    return { result: { queue: subject.id } }
  },

  async keep({ subject }, { found }, { result }, scope, eventId) {
    const { em, now, principal, reason } = scope
    if (found.wished) await saveWish(scope, subject.id, { paused: true }, eventId)
    await em.upsert(QueuePause, { queue: subject.id, pausedAt: now, pausedBy: principal, reason: reason ?? null, eventId })
    return { after: { paused: true, pausedBy: principal.label, pausedAt: now.toISOString() }, result }
  },
})
