import type { OperationRequest } from '../../../schemas/index.ts'
import { executorOf } from '../../db/database.ts'
import { QueuePause } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import { saveWish } from '../../executors/wishes.ts'
import { defineOperation } from '../../operations/operation.ts'
import { engineCautions, findQueue, isPaused, type QueueSubject, requireQueue, requireSupport } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'resume_queue' }>

export const resumeQueue = defineOperation<Request, QueueSubject>({
  action: 'resume_queue',
  eventType: 'queue.resumed',
  reason: 'required',
  risk: 'medium',
  onEngine: true,
  repairs: () => true,
  find: findQueue,

  plan({ subject }, { found }, scope) {
    requireSupport(scope, 'resume_queue', found)
    const queue = requireQueue(found, subject.id)
    // If the engine does not report pauses, the queue may be paused without our knowing; resuming it does no harm.
    if (!isPaused(found) && queue.paused !== null) {
      throw new OpsError('illegal_transition', `Queue ${queue.name} is not paused; expected a paused queue.`)
    }
    const { pause } = found
    return {
      title: `Resume queue ${queue.name}`,
      effect: 'Workers start its jobs again, those already waiting first.',
      cautions: [...(pause ? [] : ['It was not paused through these pages; there may be a good reason for the pause.']), ...engineCautions(scope, 'resume_queue', found)],
      before: { paused: true, ...(pause && { pausedAt: pause.pausedAt.toISOString(), pausedBy: pause.pausedBy.label }) },
      after: { paused: false },
      basis: { paused: queue.paused },
    }
  },

  async apply({ subject }, { found }, { kit, em }) {
    if (!found.wished) await kit.engine.resumeQueue!(found.queue!.name, executorOf(em))
    return { result: { queue: subject.id } }
  },

  async keep({ subject }, { found }, applied, scope, eventId) {
    const { em } = scope
    if (found.wished) await saveWish(scope, subject.id, { paused: false }, eventId)
    await em.nativeDelete(QueuePause, { queue: subject.id })
    return applied
  },
})
