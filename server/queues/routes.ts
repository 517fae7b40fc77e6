import * as endpoints from '../../schemas/queue.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { getQueue } from './detail.ts'
import { listQueues } from './read.ts'

export const queueHandlers = [
  fromReplica(handle(endpoints.listQueues, ({ query }, scope) => listQueues(scope, query))),
  handle(endpoints.getQueue, ({ params, query }, scope) => getQueue(scope, params.name, query.range)),
]
