import { cronOperations } from './cron/operations.ts'
import { deployOperations } from './deploys/operations.ts'
import { errorOperations } from './errors/operations/index.ts'
import { incidentOperations } from './incidents/operations/index.ts'
import { jobOperations } from './jobs/operations/index.ts'
import { webhookOperations } from './webhooks/operations.ts'
import type { Operations } from './operations/operation.ts'
import { queueOperations } from './queues/operations/index.ts'

/** All operations. A feature registers its operations by adding its table here. */
export const operations: Operations = { ...cronOperations, ...jobOperations, ...queueOperations, ...deployOperations, ...errorOperations, ...webhookOperations, ...incidentOperations }
