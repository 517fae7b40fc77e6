import { auditHandlers } from './audit/routes.ts'
import { cronHandlers } from './cron/routes.ts'
import { deployHandlers } from './deploys/routes.ts'
import { executorHandlers } from './executors/routes.ts'
import { errorHandlers } from './errors/routes.ts'
import { forensicsHandlers } from './forensics/routes.ts'
import { incidentHandlers } from './incidents/routes.ts'
import { jobHandlers } from './jobs/routes.ts'
import type { Handled } from './operations/handle.ts'
import { operationHandlers } from './operations/routes.ts'
import { overviewHandlers } from './overview/routes.ts'
import { queueHandlers } from './queues/routes.ts'
import { sessionHandlers } from './session/routes.ts'
import { webhookHandlers } from './webhooks/routes.ts'

/** The handlers of all endpoints that need a signed-in actor, feature by feature. */
export const handlers: readonly Handled[] = [
  ...sessionHandlers,
  ...overviewHandlers,
  ...cronHandlers,
  ...auditHandlers,
  ...jobHandlers,
  ...queueHandlers,
  ...executorHandlers,
  ...errorHandlers,
  ...incidentHandlers,
  ...deployHandlers,
  ...webhookHandlers,
  ...forensicsHandlers,
  ...operationHandlers,
]
