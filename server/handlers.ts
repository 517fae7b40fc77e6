import { auditHandlers } from './audit/routes.ts'
import { cronOperations } from './cron/operations.ts'
import { cronHandlers } from './cron/routes.ts'
import { getJobWithEvidence } from './forensics/job.ts'
import { forensicsHandlers } from './forensics/routes.ts'
import type { Handlers } from './http/handlers.ts'
import { readSession } from './http/session.ts'
import { jobHandlers } from './jobs/routes.ts'
import { createPreview, executePreview, type Operations, readPreview, runOperation } from './operations/pipeline.ts'
import { overviewHandlers } from './overview/routes.ts'
import { queueHandlers } from './queues/routes.ts'

/** Every operation there is. A feature adds its own by adding its table here. */
export const operations: Operations = { ...cronOperations }

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
    getSession: (_input, scope) => readSession(operations, scope),
    createPreview: ({ body }, scope) => createPreview(operations, scope, body),
    getPreview: ({ params }, scope) => readPreview(operations, scope, params.id),
    executePreview: ({ params, body }, scope) => executePreview(operations, scope, { id: params.id, ...body }),
    runOperation: ({ body, headers }, scope) => runOperation(operations, scope, body, headers['idempotency-key']),
  }
}
