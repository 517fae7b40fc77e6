import type { CountMethod, JobState, OperationOn, WaitReason } from '../../schemas/index.ts'

/** The smallest thing an engine needs to work inside our transaction: run one statement with bound parameters. */
export interface SqlExecutor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

export interface JobRef {
  queue: string
  id: string
}

export interface NewJob {
  queue: string
  worker?: string
  args: Record<string, unknown>
  /** Where the job came from; kept by the engine where it has a place for it. */
  origin: { cronEntry: string; slotAt: string }
}

/** A job as this product speaks of it: canonical state beside the engine's own word. */
export interface FoundJob extends JobRef {
  state: JobState
  engineState: string
  startedAt?: Date
  finishedAt?: Date
}

/** A job together with the state it was seen in. */
export interface SeenJob extends JobRef {
  /** Changes whenever the job's state does: state, attempt and the times that go with them. Opaque. */
  version: string
}

/** Enough of a job to decide about it. */
export interface SelectedJob extends SeenJob {
  state: JobState
  worker?: string
  tags?: string[]
  /** Of an executing job: why its executor does not count as missing, in a sentence; left out where it does. */
  attended?: string
}

/** A job as the engine keeps it. Raw values: the display policy is applied by whoever shows them. */
export interface EngineJob extends SelectedJob {
  engineState: string
  /** Parsed with `parseExact`, so that numbers beyond 2^53 survive. */
  args: unknown
  attempt: number
  maxAttempts?: number
  priority?: number
  createdAt: Date
  /** When it may start, or may start again. */
  dueAt?: Date
  startedAt?: Date
  finishedAt?: Date
  /** Text of the last error. */
  error?: string
  executor?: string
}

export interface EngineAttempt {
  number: number
  startedAt?: Date
  endedAt?: Date
  outcome: 'completed' | 'failed' | 'cancelled' | 'executing' | 'unknown'
  error?: string
  executor?: string
}

/** Everything the engine knows of one job. */
export interface EngineJobDetail extends EngineJob {
  meta?: unknown
  output?: unknown
  /** Oldest first; what `attemptHistory` says is kept. */
  attempts: EngineAttempt[]
  parent?: JobRef
  /** The job it is a copy or a redelivery of. */
  retryOf?: JobRef
  /** Jobs it waits for, finished ones included where the engine still knows them. */
  dependencies: FoundJob[]
  /** Why it is not running, as far as the engine lets us know; left out means `unknown`. */
  waiting: { reason: WaitReason; detail: string }[]
}

/** What jobs are looked for. All of it must hold. */
export interface JobFilter {
  states?: JobState[]
  queue?: string
  /** Queues whose jobs do not exist for whoever asks: they take no part in pages, windows and counts. */
  notQueues?: string[]
  worker?: string
  id?: string
  tag?: string
  /** JSON text of an object that the arguments must contain. */
  args?: string
  /** Part of the last error's text, any case. */
  error?: string
  time?: { field: 'created' | 'due' | 'finished'; from?: Date; to?: Date }
  /** Only jobs created before this instant; freezes the window of a selection. */
  createdBefore?: Date
}

export interface JobPage<Job> {
  jobs: Job[]
  /** Opaque; where the next page begins. Left out at the end. */
  next?: string
  /** For each of `jobs` where a page behind it would begin; left out by an engine that knows only where this page ends. */
  places?: string[]
  /** What was searched when a filter had no index and the search was bounded, e.g. `the newest 100,000 jobs`. */
  searched?: string
}

export interface JobCount {
  count: number
  how: CountMethod
  searched?: string
}

/** What can be done to a job. */
export type JobAction = 'retry' | 'cancel' | 'discard' | 'restore' | 'rescue'

/** How one job fared. One for each job given, in the same order. */
export interface JobOutcome extends JobRef {
  outcome: 'done' | 'changed' | 'missing' | 'locked' | 'refused' | 'failed'
  /** State afterwards, where it is known. */
  state?: JobState
  detail?: string
}

/** What became of a change that has committed. */
export interface SecondLook {
  /** Jobs that somebody put back, as they are now. */
  overtaken: SelectedJob[]
  /** Jobs that the change left there and that are gone. */
  gone: JobRef[]
  /** Somebody who may not know of the change yet is still at work: look again, and hand this in. Opaque. */
  unsettled?: string
}

/** Counts and rates of one moment, made by the snapshotter and never in a request. */
export interface Measurement {
  /** Jobs by canonical state where the engine can count them cheaply. */
  waiting: number
  executing: number
  /** Jobs that ended since `since`. */
  finished: number
  /** 95th percentile of start minus due, in seconds, over jobs started since `since`; null when none started. */
  waitP95Seconds: number | null
  /** How it was counted. */
  how: CountMethod
  queues: QueueMeasurement[]
}

export interface QueueMeasurement {
  name: string
  /** A state that cannot be counted cheaply is left out. */
  depth: { state: JobState; count: number; how: CountMethod }[]
  oldestAvailableAt: Date | null
  /** The engine's own pause; null when it does not tell. */
  paused: boolean | null
  /** Executors at work on it; null when the engine does not tell. */
  executors: number | null
  /** Jobs it runs at once; null when the engine does not tell or sets no limit. */
  limit: number | null
  /** Ended since `since`, whatever the end. */
  finished: number
  /** Attempts that ended in an error since `since`, where the engine tells. */
  failed: number
  waitP95Seconds: number | null
}

export interface EngineCheck {
  ok: boolean
  version?: string
  detail: string
}

/** Something about the engine that the host should mend. */
export interface EngineAdvice {
  kind: 'missing_queue' | 'missing_index' | 'unheard_nodes'
  message: string
  /** SQL that mends it; the host runs it, we never do. */
  statement?: string
}

/** What an engine can do. Asked instead of its name. */
export interface Capabilities {
  enqueue: boolean
  cancelExecuting: boolean
  keepsFinishedJobs: boolean
}

/** What an engine may lack: an operation, or a way to look for jobs. */
export type EngineFeature =
  | OperationOn<'job' | 'queue'>
  | 'filter_worker'
  | 'filter_tag'
  | 'filter_args'
  | 'filter_error'
  | 'executors'
  | 'finished_jobs'

/**
 * The job engine the host already runs. Acting methods take the transaction they must join and are called from an
 * operation's `apply`, the bulk runner and the cron scheduler, nowhere else. An engine that is not `transactional`
 * ignores the transaction.
 */
export interface Engine {
  /** e.g. `pg-boss`. Shown, never branched on. */
  readonly name: string
  /** Do acting methods join our transaction? */
  readonly transactional: boolean
  readonly capabilities: Capabilities
  /** What it cannot do, with the reason in a sentence. Shown as a disabled control; such an operation is refused. */
  readonly lacks: Readonly<Partial<Record<EngineFeature, string>>>
  /** What an operation may fail to bring about as things are now, in a sentence for its preview. Asked each time. */
  readonly cautions?: Readonly<Partial<Record<EngineFeature, string>>>
  /** Changes after which it knows nothing of the job any more, each with a sentence for the preview. */
  readonly removes?: Readonly<Partial<Record<JobAction, string>>>
  /** The state after a change where it is not the usual one, e.g. `available` after a retry. `from`: left out for many jobs. Pure. */
  becomes?(action: JobAction, from?: JobState): JobState | undefined
  /** What it keeps of earlier attempts. */
  readonly attemptHistory: 'all' | 'last' | 'none'
  /** Is it reachable, and which version? Never throws. */
  check(): Promise<EngineCheck>

  /** Makes one job. Throws when the engine refuses it, e.g. an unknown queue. */
  enqueue(job: NewJob, tx: SqlExecutor): Promise<JobRef>
  /** The jobs of `refs` that the engine still knows; missing ones are left out. At most 1,000 refs. */
  find(refs: JobRef[], tx?: SqlExecutor): Promise<FoundJob[]>
  /** Cancels jobs that have not ended, executing ones too where `cancelExecuting`. */
  cancel(refs: JobRef[], tx: SqlExecutor): Promise<void>

  /** One page of jobs by creation time. Costs the same at any depth; never loads more than it needs. */
  list(filter: JobFilter, page: { order: 'newest' | 'oldest'; after?: string; limit: number }): Promise<JobPage<EngineJob>>
  /** The same jobs without what is heavy, oldest first, for a selection. `limit` may be 10,000. */
  select(filter: JobFilter, page: { after?: string; limit: number }): Promise<JobPage<SelectedJob>>
  /** Counts no further than `limit`. */
  count(filter: JobFilter, limit: number): Promise<JobCount>
  /** Known values that begin with `prefix`, any case, at most `limit`, of jobs that are not in `notQueues`. Never read from arguments. */
  hints(field: 'queue' | 'worker' | 'tag', prefix: string, limit: number, notQueues?: string[]): Promise<string[]>
  /** Jobs by id, missing ones left out; with `tx` their rows are locked where the engine has rows. At most 10,000 ids. */
  read(ids: string[], tx?: SqlExecutor): Promise<EngineJob[]>
  /** null when the engine does not know it (any more). */
  detail(id: string): Promise<EngineJobDetail | null>

  /** Why this engine cannot do that to a job in this state, in a sentence; undefined when it can. Pure. */
  refuses?(action: JobAction, job: SelectedJob): string | undefined
  /**
   * Does it to each job that still has the version it was seen with. At most 1,000 jobs. Jobs that changed, are gone or
   * are locked by a worker are left alone and reported. Throws only when the engine as a whole fails.
   */
  act(action: JobAction, jobs: SeenJob[], tx: SqlExecutor): Promise<JobOutcome[]>

  /**
   * Present where the engine's own processes may overtake a change that has committed. Says which of the jobs, all reported
   * `done`, are not as the change left them. At most 1,000 jobs. Called after the commit, outside any transaction.
   */
  lookAgain?(action: JobAction, jobs: JobRef[], unsettled?: string): Promise<SecondLook>

  /** null when there is no such queue. */
  readQueue(name: string, tx?: SqlExecutor): Promise<{ name: string; paused: boolean | null; limit: number | null } | null>
  /** Present where `lacks` does not name the operation. */
  pauseQueue?(name: string, tx: SqlExecutor): Promise<void>
  resumeQueue?(name: string, tx: SqlExecutor): Promise<void>
  scaleQueue?(name: string, limit: number, tx: SqlExecutor): Promise<void>

  measure(since: Date): Promise<Measurement>
  /** Which of these queues the engine does not have, where it can tell. */
  missingQueues?(queues: string[]): Promise<string[]>
  /** For `doctor`, which only reads: what is missing, given the queues that cron entries name. */
  advise?(queues: string[]): Promise<EngineAdvice[]>
}

export const unfinishedStates: readonly JobState[] = ['scheduled', 'available', 'executing', 'retryable']
