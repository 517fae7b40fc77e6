import type { Scope } from '../operations/scope.ts'
import { listQueues } from './read.ts'

export const queueHandlers = {
  listQueues: ({ query }: { query: { name?: string; limit: number; cursor?: string } }, scope: Scope) => listQueues(scope, query),
}
