import { cronOperations } from './cron/operations.ts'
import { jobOperations } from './jobs/operations/index.ts'
import type { Operations } from './operations/operation.ts'
import { queueOperations } from './queues/operations/index.ts'

/** Every operation there is. A feature adds its own by adding its table here. */
export const operations: Operations = { ...cronOperations, ...jobOperations, ...queueOperations }
