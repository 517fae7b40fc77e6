import type { OpenBridge } from './bridges/bridge.ts'
import type { Database, Em } from './db/database.ts'
import type { PublishedHint } from './db/hint.ts'
import type { Engine } from './engines/engine.ts'
import type { Auth } from './host/auth.ts'
import type { DisplayPolicy } from './host/display.ts'
import type { Escalation } from './host/escalation.ts'
import type { Log } from './host/log.ts'
import type { Retention } from './host/retention.ts'
import type { Operations } from './operations/operation.ts'

/** A bridge that is installed and open. */
export interface MountedBridge extends OpenBridge {
  name: string
  label: string
  /** Where it is mounted, below `base`. */
  href: string
}

/** Shared by every part of the server: the host's checked options and the services built from them. */
export interface Kit {
  readonly db: Database
  readonly engine: Engine
  /** The same engine without timeouts, for changes whose result is recorded whenever it arrives. */
  readonly patientEngine: Engine
  /** All operations, by action. */
  readonly operations: Operations
  readonly auth: Auth<unknown>
  readonly displayPolicy: DisplayPolicy<unknown>
  readonly escalation?: Escalation
  readonly bridges: readonly MountedBridge[]
  /** Without a trailing slash, e.g. `/ops/jobs`. */
  readonly base: string
  readonly reasons: Readonly<Record<string, { required: boolean; minLength: number }>>
  /** How long each kind of record is kept. */
  readonly retention: Retention
  readonly log: Log
  readonly version: string
  /** As of the last check; undefined until the engine has responded once. */
  engineVersion(): string | undefined
  /** Publishes a hint that something changed. Call it after the commit. */
  publishHint(hint: PublishedHint): void
  /** Lets work continue after the response has been sent; `stop()` waits for it. */
  runInBackground(work: Promise<unknown>): void
  /** This process's clock. */
  now(): Date
  /** The database's clock, by which all processes agree on what is due. Takes one statement, in the transaction of `em` if there is one. */
  dbNow(em?: Em): Promise<Date>
}
