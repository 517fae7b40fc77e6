import type { CronDefinition } from '../schemas/index.ts'
import type { Bridge } from './bridges/bridge.ts'
import type { Engine } from './engines/engine.ts'
import type { Auth } from './host/auth.ts'
import type { DisplayPolicy } from './host/display.ts'
import type { Escalation } from './host/escalation.ts'
import type { Log } from './host/log.ts'
import type { MetricsOptions } from './host/metrics.ts'
import type { HostRunbooks } from './host/runbooks.ts'
import type { RetentionOptions } from './host/retention.ts'

export interface DatabaseOptions {
  /** e.g. `postgres://user:password@localhost:5432/app`. It may lead to a pooler in transaction mode if `listenUrl` is set. */
  url: string
  /**
   * The same database without a pooler in transaction mode, for the one connection that listens for changes. Required if `url` leads
   * to such a pooler, e.g. PgBouncer with `pool_mode = transaction`. Default: `url`.
   */
  listenUrl?: string
  /**
   * A streaming replica of the same server, from which lists, the audit search and the audit export are read. It must be one standby,
   * not an address behind which there are several. Default: everything is read from the primary.
   */
  readUrl?: string
  /** A replica that is further behind is not read. Seconds, from 1 to 3,600. Default 30. */
  maxReadLagSeconds?: number
  /** Schema for our own tables. Default `ops`. */
  schema?: string
  /** Size of the connection pool, and of the one for `readUrl`. Default 10. One more connection is held for LISTEN. */
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

/** When the detector calls something wrong. Each may be set for the host and for single queues. */
export interface Thresholds {
  /** Minutes in which nothing started or ended although jobs were due. Whole minutes, at most 60. */
  stuckMinutes: number
  /** Minutes that the oldest due job has waited while every slot was held. */
  saturatedMinutes: number
  /** A backlog that drains in fewer minutes than this is no incident. */
  saturatedDrainMinutes: number
  /** How many times its usual duration a job has been running. */
  longRunningFactor: number
  /** A job that has been running for fewer minutes is never called long-running. */
  longRunningMinutes: number
  /** Jobs of a queue that failed for good with the same error within a day. */
  exhaustedJobs: number
  /** Seconds without any scheduler. At least 30, because a scheduler is recorded every few seconds. */
  schedulerDownSeconds: number
}

/** How incidents are recognized. The thresholds and their defaults are listed in the guide to diagnosis. */
export interface DetectorOptions {
  /** Run the detector in this process. Default: as `scheduler.enabled`. */
  enabled?: boolean
  /** Seconds between two looks, from 0.05 to 60. Default 10. */
  tickSeconds?: number
  /** For the host as a whole. */
  thresholds?: Partial<Thresholds>
  /** For single queues, by name. */
  queues?: Record<string, Partial<Thresholds>>
}

/** The detector's options, checked and complete. */
export interface DetectorSettings {
  enabled: boolean
  tickSeconds: number
  /** The thresholds of a queue, or those of the host. */
  thresholdsOf(queue?: string): Thresholds
  /** The smallest value of a threshold, of all queues: what is below it need not be looked at. */
  least(threshold: keyof Thresholds): number
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
  /** The path below which requests arrive: where pages and API are mounted. Default `/ops/jobs`. */
  base?: string
  /**
   * The path below which browsers find it, if a proxy strips a prefix, e.g. `/tools/ops/jobs`; or the whole address, e.g.
   * `https://admin.example.com/tools/ops/jobs`, if the proxy also replaces the `Host` header. Default: `base`.
   */
  publicBase?: string
  /**
   * Other origins, e.g. `https://admin.example.com`, whose pages may use the API and load the elements, with their users' cookies.
   * Default none: only pages of the same origin may.
   */
  allowedOrigins?: readonly string[]
  /**
   * Language of the console, a tag such as `de`, or `reader` for that of each reader's browser. There are English, Arabic, German,
   * Spanish and Japanese; another one is English with its own dates and numbers. Default `en`.
   */
  language?: string
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
  metrics?: MetricsOptions
  /** How long records are kept, and where they are archived before they are deleted. */
  retention?: RetentionOptions
  /** Recognizing incidents in the background. */
  detector?: DetectorOptions
  /** The host's own texts and links beside the runbooks, by class of incident or type of subject, e.g. `stuck_queue`. */
  runbooks?: HostRunbooks
  log?: Log
  /** The clock, for tests. Default: the system clock. */
  now?: () => Date
}
