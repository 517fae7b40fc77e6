import * as endpoints from '../../schemas/deploy.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { markDeploy } from './mark.ts'
import { pageOfDeploys } from './read.ts'

export const deployHandlers = [
  handle(endpoints.markDeploy, ({ body, headers }, scope) => markDeploy(scope, body, headers['idempotency-key'])),
  fromReplica(handle(endpoints.listDeploys, ({ query }, scope) => pageOfDeploys(scope, query))),
]
