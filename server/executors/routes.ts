import * as endpoints from '../../schemas/executor.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { getShownExecutor } from './detail.ts'
import { listShownExecutors } from './list.ts'

export const executorHandlers = [
  fromReplica(handle(endpoints.listExecutors, ({ query }, scope) => listShownExecutors(scope, query))),
  handle(endpoints.getExecutor, ({ params }, scope) => getShownExecutor(scope, params.id)),
]
