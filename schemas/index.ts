import * as actor from './actor.ts'
import * as audit from './audit.ts'
import * as bulk from './bulk.ts'
import * as cron from './cron.ts'
import * as forensics from './forensics.ts'
import * as health from './health.ts'
import * as job from './job.ts'
import * as live from './live.ts'
import * as operation from './operation.ts'
import * as overview from './overview.ts'
import * as queue from './queue.ts'
import { type EndpointName, routes } from './routes.ts'

const described = { ...actor, ...audit, ...bulk, ...cron, ...forensics, ...health, ...job, ...live, ...operation, ...overview, ...queue }

/** Every endpoint, described under its own name: a route without a description does not compile. */
export type Endpoints = { readonly [Name in EndpointName]: (typeof described)[Name] }

/** The whole API, version 1, in the order of its routes. */
export const endpoints = Object.fromEntries((Object.keys(routes) as EndpointName[]).map((name) => [name, described[name]])) as unknown as Endpoints

export * from './actor.ts'
export * from './audit.ts'
export * from './bulk.ts'
export * from './cron.ts'
export * from './endpoint.ts'
export * from './forensics.ts'
export * from './health.ts'
export * from './job.ts'
export * from './live.ts'
export * from './operation.ts'
export * from './overview.ts'
export * from './page.ts'
export * from './plan.ts'
export * from './problem.ts'
export * from './problem-codes.ts'
export * from './queue.ts'
export * from './routes.ts'
export * from './vocabulary.ts'
