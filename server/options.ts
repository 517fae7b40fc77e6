import type { CronDefinition } from '../schemas/index.ts'
import type { Bridge } from './bridges/bridge.ts'
import type { Engine } from './engines/engine.ts'
import type { Auth } from './host/auth.ts'
import type { DisplayPolicy } from './host/display.ts'
import type { Escalation } from './host/escalation.ts'
import type { Log } from './host/log.ts'
import type { RetentionOptions } from './host/retention.ts'

export interface DatabaseOptions {
  /** e.g. `postgres://user:password@localhost:5432/app`. */
  url: string
  /** Schema for our own tables. Default `ops`. */
  schema?: string
  /** Size of the connection pool. Default 10. One more connection is held for LISTEN. */
  poolSize?: number
}

/** A cron entry declared in code. Upserted by `start()`; an operator's pause survives deploys. */
export interface DeclaredCronEntry extends Pick<CronDefinition, 'queue' | 'expression'>, Partial<Omit<CronDefinition, 'queue' | 'expression'>> {
  name: string
  /** `fixture` marks an entry that exists for demos and tests. Default `code`. */
  source?: 'code' | 'fixture'
}

/** An error as the host's `fingerprint` gets it. Frozen. */
export interface GroupedError {
  /** The raw text, cut to 2,048 characters. */
  readonly text: string
  /** The name of its class as the engine stores it, if it does. */
  readonly name?: string
  readonly stack?: string
  /** e.g. `TypeError`, as far as it could be recognized. */
  readonly errorClass: string
  /** The first two lines without ids, numbers, times and addresses, e.g. `connect ETIMEDOUT <ip>:<int>`. */
  readonly message: string
  readonly queue: string
  readonly worker: string
}

export interface ErrorOptions {
  /**
   * Decides which errors belong together: errors of one queue with the same key are one group. Return `defaultKey` or undefined
   * for the default, which is class, normalized message and worker. Synchronous, and called for every failed attempt, so it must be
   * fast and must not keep state. If it throws or returns anything but text, the default applies and the log says so once.
   */
  fingerprint?(error: GroupedError, defaultKey: string): string | undefined
}

/** Everything a host decides. Kept in one module (`ops.config.ts`) that its server and the command line both read. */
export interface OpsOptions<Actor = never> {
  database: DatabaseOptions
  auth: Auth<Actor>
  displayPolicy: DisplayPolicy<Actor>
  engine: Engine
  escalation?: Escalation
  /** How errors are grouped. */
  errors?: ErrorOptions
  bridges?: Bridge[]
  /** Where pages and API are mounted. Default `/ops/jobs`. */
  base?: string
  cron?: DeclaredCronEntry[]
  /** Operations that require a reason in this host, of at least `minLength` characters (default and minimum 8). */
  reasons?: Partial<Record<string, { required: true; minLength?: number }>>
  /** Loops and scheduling. */
  scheduler?: {
    /** Run the background loops in this process when `start()` is called. Default true. */
    enabled?: boolean
    /** Seconds between scheduler ticks. Default 1. */
    tickSeconds?: number
  }
  /** For the host's monitoring. Figures are always offered to OpenTelemetry, which ignores them unless the host has set up its SDK. */
  metrics?: {
    /** Answer `GET <base>/api/v1/metrics` in the text format of Prometheus, to whoever `authorize` allows `view_overview`. Default false. */
    prometheus?: boolean
  }
  /** How long records are kept, and where they are archived before they are deleted. */
  retention?: RetentionOptions
  log?: Log
  /** The clock, for tests. Default: the system clock. */
  now?: () => Date
}
