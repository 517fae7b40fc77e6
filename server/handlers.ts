import { auditHandlers } from './audit/routes.ts'
import { cronOperations } from './cron/operations.ts'
import { cronHandlers } from './cron/routes.ts'
import { getJobWithEvidence } from './forensics/job.ts'
import { forensicsHandlers } from './forensics/routes.ts'
import type { Handlers } from './http/handlers.ts'
import { getSessionOf } from './http/session.ts'
import { jobOperations } from './jobs/operations/index.ts'
import { jobHandlers } from './jobs/routes.ts'
import { abortRun } from './operations/bulk/abort.ts'
import { listItems } from './operations/bulk/items.ts'
import { listRuns } from './operations/bulk/list.ts'
import { getRun } from './operations/bulk/read.ts'
import { showRun } from './operations/bulk/show.ts'
import { createPreview, executePreview, type Operations, getOwnPreview, runOperation } from './operations/pipeline.ts'
import { overviewHandlers } from './overview/routes.ts'
import { queueOperations } from './queues/operations/index.ts'
import { queueHandlers } from './queues/routes.ts'

/** Every operation there is. A feature adds its own by adding its table here. */
export const operations: Operations = { ...cronOperations, ...jobOperations, ...queueOperations }

/** Every endpoint that answers JSON to somebody signed in. */
export function handlersOf(): Handlers {
  return {
    ...auditHandlers,
    ...cronHandlers,
    ...forensicsHandlers,
    ...jobHandlers,
    ...overviewHandlers,
    ...queueHandlers,
    getJob: ({ params }, scope) => getJobWithEvidence(scope, params.id),
    getSession: (_input, scope) => getSessionOf(operations, scope),
    listBulkRuns: ({ query }, scope) => listRuns(scope, query),
    getBulkRun: async ({ params }, scope) => showRun(await getRun(scope, params.id), scope),
    listBulkItems: ({ params, query }, scope) => listItems(scope, params.id, query),
    abortBulkRun: ({ params }, scope) => abortRun(operations, scope, params.id),
    createPreview: ({ body }, scope) => createPreview(operations, scope, body),
    getPreview: ({ params }, scope) => getOwnPreview(operations, scope, params.id),
    executePreview: ({ params, body }, scope) => executePreview(operations, scope, { id: params.id, ...body }),
    runOperation: ({ body, headers }, scope) => runOperation(operations, scope, body, headers['idempotency-key']),
  }
}
