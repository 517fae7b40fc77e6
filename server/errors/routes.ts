import * as endpoints from '../../schemas/error-group.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { getErrorGroup } from './detail.ts'
import { listErrorGroups } from './list.ts'

export const errorHandlers = [
  fromReplica(handle(endpoints.listErrorGroups, ({ query }, scope) => listErrorGroups(scope, query))),
  handle(endpoints.getErrorGroup, ({ params, query }, scope) => getErrorGroup(scope, params.fingerprint, query)),
]
