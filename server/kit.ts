import type { OpenBridge } from './bridges/bridge.ts'
import type { Database, Em } from './db/database.ts'
import type { PublishedHint } from './db/hint.ts'
import type { IncidentClassName, JobSetName, OperatorStatus } from '../schemas/index.ts'
import type { Engine, EngineJob, JobFilter } from './engines/engine.ts'
import type { Auth } from './host/auth.ts'
import type { DisplayPolicy } from './host/display.ts'
import type { Escalation } from './host/escalation.ts'
import type { Viewer } from './host/viewer.ts'
import type { Log } from './host/log.ts'
import type { MetricsOptions } from './host/metrics.ts'
import type { ParsedRunbook } from './host/runbooks.ts'
import type { Retention } from './host/retention.ts'
import type { Counters } from './metrics/counters.ts'
import type { Operations } from './operations/operation.ts'
import type { DetectorSettings, ErrorOptions } from './options.ts'

/** A bridge that is installed and open. */
export interface MountedBridge extends OpenBridge {
  name: string
  label: string
  /** Where it is mounted, below `base`. */
  href: string
}

/** Jobs that a feature knows: by their ids, or as those that match a filter and pass `keep`. */
export type JobSet = { ids: readonly string[] } | { filter: JobFilter; keep?: (job: EngineJob) => boolean }

/** Undefined: there is no such set that the viewer may see. */
export type FindJobSet = (asking: { kit: Kit; em: Em; viewer: Viewer; now: Date }, id: string) => Promise<JobSet | undefined>

/** An open incident about a queue. */
export interface QueueTrouble {
  queue: string
  id: string
  class: IncidentClassName
  status: OperatorStatus
  /** A few words: `report is stuck`. */
  title: string
  headline: string
  /** What was measured first, in a few words: `84 jobs due, the oldest for 3 h 5 min`; undefined if that is withheld. */
  measure?: string
  since: Date
}

/** Open incidents about queues, or about one of them, that the viewer may see: the worst first. */
export type ListTroubles = (asking: { kit: Kit; em: Em; viewer: Viewer; now: Date }, queue?: string) => Promise<QueueTrouble[]>

/** Shared by every part of the server: the host's checked options and the services built from them. */
export interface Kit {
  readonly db: Database
  readonly engine: Engine
  /** The same engine without timeouts, for changes whose result is recorded whenever it arrives. */
  readonly patientEngine: Engine
  /** All operations, by action. */
  readonly operations: Operations
  /** By the name of the filter: finds the jobs that a feature knows by an id of its own. */
  readonly jobSets: Readonly<Partial<Record<JobSetName, FindJobSet>>>
  /** Passed in, because incidents build on queues. */
  readonly queueTroubles: ListTroubles
  readonly auth: Auth<unknown>
  readonly displayPolicy: DisplayPolicy<unknown>
  readonly escalation?: Escalation
  readonly errors?: ErrorOptions
  readonly bridges: readonly MountedBridge[]
  /** The path below which requests arrive, e.g. `/ops/jobs`. */
  readonly mount: string
  /** Language of the console: a tag, or `reader`. */
  readonly language: string
  /** The path below which browsers find it, without a trailing slash: every link begins with it. Usually the same as `mount`. */
  readonly base: string
  /** The scheme, host and port that browsers use, if the host stated them. */
  readonly origin?: string
  /** Other origins whose pages may use the API with their users' cookies. */
  readonly allowedOrigins: ReadonlySet<string>
  readonly reasons: Readonly<Record<string, { required: boolean; minLength: number }>>
  /** How long each kind of record is kept. */
  readonly retention: Retention
  /** What this process counts for the host's monitoring. */
  readonly counters: Counters
  /** Whether a request comes from the host's monitoring; undefined: `GET /metrics` is off. */
  readonly prometheus?: MetricsOptions['prometheus']
  /** Open live streams of this process. */
  liveClients(): number
  readonly detector: DetectorSettings
  /** What the host adds to runbooks, by class of incident or type of subject. */
  readonly runbooks: ReadonlyMap<string, ParsedRunbook>
  readonly log: Log
  readonly version: string
  /** As of the last check; undefined until the engine has responded once. */
  engineVersion(): string | undefined
  /** Publishes a hint that something changed. Call it after the commit. */
  publishHint(hint: PublishedHint): void
  /** Tells the host of what was recorded for it with `recordNotice`. Call it after the commit. */
  tellSoon(): void
  /** Lets work continue after the response has been sent; `stop()` waits for it. */
  runInBackground(work: Promise<unknown>): void
  /** This process's clock. */
  now(): Date
  /** The database's clock, by which all processes agree on what is due. Takes one statement, in the transaction of `em` if there is one. */
  dbNow(em?: Em): Promise<Date>
}
