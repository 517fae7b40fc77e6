import * as endpoints from '../../schemas/queue.ts'
import { handle } from '../operations/handle.ts'
import { listQueues } from './read.ts'

export const queueHandlers = [handle(endpoints.listQueues, ({ query }, scope) => listQueues(scope, query))]
