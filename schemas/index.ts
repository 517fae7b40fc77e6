import * as actorSchemas from './actor.ts'
import * as auditSchemas from './audit.ts'
import * as bulkSchemas from './bulk.ts'
import * as cronSchemas from './cron.ts'
import * as cronRunSchemas from './cron-runs.ts'
import * as deploySchemas from './deploy.ts'
import * as executorSchemas from './executor.ts'
import * as errorSchemas from './error-group.ts'
import * as forensicsSchemas from './forensics.ts'
import * as healthSchemas from './health.ts'
import * as incidentSchemas from './incident.ts'
import * as jobSchemas from './job.ts'
import * as liveSchemas from './live.ts'
import * as metricsSchemas from './metrics.ts'
import * as operationSchemas from './operation.ts'
import * as overviewSchemas from './overview.ts'
import * as queueSchemas from './queue.ts'
import { type EndpointName, routes } from './routes.ts'
import * as webhookSchemas from './webhook.ts'

const described = {
  ...actorSchemas,
  ...auditSchemas,
  ...bulkSchemas,
  ...cronSchemas,
  ...cronRunSchemas,
  ...deploySchemas,
  ...executorSchemas,
  ...errorSchemas,
  ...forensicsSchemas,
  ...healthSchemas,
  ...incidentSchemas,
  ...jobSchemas,
  ...liveSchemas,
  ...metricsSchemas,
  ...operationSchemas,
  ...overviewSchemas,
  ...queueSchemas,
  ...webhookSchemas,
}

/** Every endpoint by name: a route without a description does not compile. */
export type Endpoints = { readonly [Name in EndpointName]: (typeof described)[Name] }

/** All endpoints of API version 1, in the order of its routes. */
export const endpoints = Object.fromEntries((Object.keys(routes) as EndpointName[]).map((name) => [name, described[name]])) as unknown as Endpoints

export * from './actor.ts'
export * from './audit.ts'
export * from './bulk.ts'
export * from './cron.ts'
export * from './cron-runs.ts'
export * from './deploy.ts'
export * from './duration.ts'
export * from './endpoint.ts'
export * from './error-group.ts'
export * from './error-words.ts'
export * from './event-types.ts'
export * from './executor.ts'
export * from './forensics.ts'
export * from './health.ts'
export * from './incident.ts'
export * from './job-filters.ts'
export * from './job.ts'
export * from './live.ts'
export * from './metrics.ts'
export * from './operation.ts'
export * from './overview.ts'
export * from './page.ts'
export * from './plan.ts'
export * from './plural.ts'
export * from './problem.ts'
export * from './problem-codes.ts'
export * from './queue.ts'
export * from './rich-text.ts'
export * from './routes.ts'
export * from './vocabulary.ts'
export * from './webhook.ts'
export * from './webhook-words.ts'
