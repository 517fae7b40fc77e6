import { auditHandlers } from './audit/routes.ts'
import { cronHandlers } from './cron/routes.ts'
import { getJobWithEvidence } from './forensics/job.ts'
import { forensicsHandlers } from './forensics/routes.ts'
import type { Handlers } from './http/handlers.ts'
import { getSessionOf } from './http/session.ts'
import { jobHandlers } from './jobs/routes.ts'
import { abortRun } from './operations/bulk/abort.ts'
import { listItems } from './operations/bulk/items.ts'
import { listRuns } from './operations/bulk/list.ts'
import { getRun } from './operations/bulk/read.ts'
import { showRun } from './operations/bulk/show.ts'
import { createPreview, executePreview, getOwnPreview, runOperation } from './operations/pipeline.ts'
import { overviewHandlers } from './overview/routes.ts'
import { queueHandlers } from './queues/routes.ts'

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
    getSession: (_input, scope) => getSessionOf(scope),
    listBulkRuns: ({ query }, scope) => listRuns(scope, query),
    getBulkRun: async ({ params }, scope) => showRun(await getRun(scope, params.id), scope),
    listBulkItems: ({ params, query }, scope) => listItems(scope, params.id, query),
    abortBulkRun: ({ params }, scope) => abortRun(scope, params.id),
    createPreview: ({ body }, scope) => createPreview(scope, body),
    getPreview: ({ params }, scope) => getOwnPreview(scope, params.id),
    executePreview: ({ params, body }, scope) => executePreview(scope, { id: params.id, ...body }),
    runOperation: ({ body, headers }, scope) => runOperation(scope, body, headers['idempotency-key']),
  }
}
