import { countOf } from '../../../schemas/index.ts'
import type { OperationRequest } from '../../../schemas/index.ts'
import { executorOf } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { saveWish } from '../../executors/wishes.ts'
import { defineOperation } from '../../operations/operation.ts'
import { engineCautions, findQueue, type QueueSubject, requireQueue, requireSupport } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'scale_queue' }>

export const scaleQueue = defineOperation<Request, QueueSubject>({
  action: 'scale_queue',
  eventType: 'queue.scaled',
  reason: 'required',
  risk: 'medium',
  onEngine: true,
  find: findQueue,

  plan({ subject, input }, { found }, scope) {
    requireSupport(scope, 'scale_queue', found)
    const queue = requireQueue(found, subject.id)
    if (queue.limit === input.limit) throw new OpsError('illegal_transition', `Queue ${queue.name} already runs ${countOf(input.limit, 'job')} at once${found.wished ? ' in each of its executors' : ''}; expected a different number.`)
    return {
      title: `Change concurrency of ${queue.name}`,
      effect: `${found.wished ? 'Each of its executors' : 'It'} runs ${countOf(input.limit, 'job')} at once from now on.`,
      cautions: [
        ...engineCautions(scope, 'scale_queue', found),
        'Running more jobs at once puts more load on whatever they use: databases, mail servers, other services.',
        ...(queue.limit === null ? ['The current limit is unknown, so it cannot be restored automatically.'] : []),
      ],
      before: { limit: queue.limit },
      after: { limit: input.limit },
    }
  },

  async apply({ input }, { found }, { kit, em }) {
    if (!found.wished) await kit.engine.scaleQueue!(found.queue!.name, input.limit, executorOf(em))
    return { result: { queue: found.queue!.name, limit: input.limit } }
  },

  async keep({ subject, input }, { found }, applied, scope, eventId) {
    if (found.wished) await saveWish(scope, subject.id, { limit: input.limit }, eventId)
    return applied
  },
})
