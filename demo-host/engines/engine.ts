import type { OpsOptions } from 'ops-powertools'
import type { Pool } from 'pg'
import type { Person } from '../host/people.ts'
import type { JobKind } from '../jobs/kind.ts'

export interface OpenEngineOptions {
  /** The shop's database. */
  url: string
  /** The shop's own connections to it. */
  sql: Pool
  /** The schema of the operations layer, to which the shop's workers report. */
  opsSchema: string
}

export interface NewShopJob {
  queue: string
  args: Record<string, unknown>
  /** Delay in seconds before the job is due; below 0, it has been due for that long. */
  inSeconds?: number
}

/** A job engine as the shop uses it: the adapter for the operations layer, and workers that do the shop's work. */
export interface ShopEngine {
  engine: OpsOptions<Person>['engine']
  bridges: NonNullable<OpsOptions<Person>['bridges']>
  /** The engine's own dashboard, if it is mounted: for the walkthrough. */
  dashboard?: { name: string; href: string }
  /** Creates the engine's tables before anything reads them. */
  prepare?(): Promise<void>
  /** Runs jobs of every kind that is attended until `closing`: then running jobs end early and are retried later. */
  start(kinds: readonly JobKind[], closing: AbortSignal): Promise<void>
  send(job: NewShopJob): Promise<void>
  stop(): Promise<void>
}

export type OpenEngine = (options: OpenEngineOptions) => ShopEngine
