import type { CountMethod, JobFilterName, JobSetName, JobState, OperationOn, WaitReason } from '../../schemas/index.ts'

/** The least an engine needs to work inside our transaction: running one statement with bound parameters. */
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
  /** Where the job came from; stored with the job if the engine has a place for it. */
  origin: { cronEntry: string; slotAt: string }
  /** The trace of the request that creates the job, in the form of W3C's `traceparent`; stored with the job if the engine has a place for it. */
  trace?: string
}

/** A job with its canonical state and the engine's own name for that state. */
export interface FoundJob extends JobRef {
  state: JobState
  engineState: string
  startedAt?: Date
  finishedAt?: Date
}

/** A job together with the version it was seen in. */
export interface SeenJob extends JobRef {
  /** Changes whenever the job's state does: state, attempt and the times that go with them. Opaque. */
  version: string
  /** For a rescue: its executor is known to be missing, so the engine need not wait any longer for it. */
  abandoned?: boolean
}

/** The part of a job that decisions need. */
export interface SelectedJob extends SeenJob {
  state: JobState
  worker?: string
  tags?: string[]
  /** For an executing job: why its executor does not count as missing, in a sentence; left out if it does. */
  attended?: string
}

/** An executing job, without what it works on. */
export interface RunningJob extends SelectedJob {
  startedAt: Date
  attempt: number
  executor?: string
}

/** A job as the engine stores it. Values are raw: callers that show them apply the display policy. */
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
  /** The name of its class and its stack, if the engine stores them separately; the stack may be left out where the text says enough. */
  errorName?: string
  errorStack?: string
  executor?: string
}

export interface EngineAttempt {
  number: number
  startedAt?: Date
  endedAt?: Date
  outcome: 'completed' | 'failed' | 'cancelled' | 'executing' | 'unknown'
  error?: string
  /** If the engine stores it apart from the text of the error. */
  stack?: string
  executor?: string
}

/** How an engine spaces the retries of a job. */
export interface RetryPlan {
  afterSeconds: number
  /** Each further retry waits longer than the one before. */
  grows: boolean
  maxSeconds?: number
}

/** Everything the engine knows about one job. */
export interface EngineJobDetail extends EngineJob {
  meta?: unknown
  output?: unknown
  /** Oldest first; how many are available depends on `attemptHistory`. */
  attempts: EngineAttempt[]
  parent?: JobRef
  /** The job it is a copy or a redelivery of. */
  retryOf?: JobRef
  /** Jobs it depends on, including finished ones if the engine still has them. */
  dependencies: FoundJob[]
  /** Left out if the engine does not know, e.g. because its workers decide. */
  retries?: RetryPlan
  /** When the engine deletes the job that has ended; left out if it is not known. */
  keptUntil?: Date
  /** Why it is not running, as far as the engine shows; empty means `unknown`. */
  waiting: { reason: WaitReason; detail: string }[]
}

/**
 * Filters of the job list that engines get as they are: `args` is the JSON text of an object that the arguments must contain,
 * `error` part of the text of the last error, in any case; `words` part of that text or of the arguments written as JSON, in any case.
 */
type PlainFilters = Partial<Record<Exclude<JobFilterName, 'state' | 'notQueue' | 'cronEntry' | JobSetName | 'time' | 'from' | 'to'>, string>>

/** Which jobs to find. All conditions must hold. */
export interface JobFilter extends PlainFilters {
  states?: JobState[]
  /** Queues hidden from the caller: their jobs take no part in pages, windows and counts, as if they did not exist. */
  notQueues?: string[]
  time?: { field: 'created' | 'due' | 'finished'; from?: Date; to?: Date }
  /** Only jobs created before this instant, so that a selection does not grow while it is read. */
  createdBefore?: Date
}

export interface JobPage<Job> {
  jobs: Job[]
  /** Opaque cursor of the next page. Left out on the last page. */
  next?: string
  /** For each of `jobs`, the cursor of a page that starts after it; left out by an engine that only knows the cursor of the next page. */
  places?: string[]
  /** What was searched, if the filter had no index and the search was bounded, e.g. `the newest 100,000 jobs`. */
  searched?: string
  /** The time by which the page is sorted, if it is not the creation time. */
  by?: JobTime
}

/** Times of a job by which a list may be sorted. */
export type JobTime = 'created' | 'due' | 'finished'

export interface JobCount {
  count: number
  how: CountMethod
  searched?: string
}

/** What can be done to a job. */
export type JobAction = 'retry' | 'cancel' | 'discard' | 'restore' | 'rescue'

/** The outcome of an action for one job. Engines return one per given job, in the same order. */
export interface JobOutcome extends JobRef {
  outcome: 'done' | 'changed' | 'missing' | 'locked' | 'refused' | 'failed'
  /** The state afterwards, if known. */
  state?: JobState
  /** Done to a job that was executing, if the engine knows: its handler may still be running. */
  wasExecuting?: boolean
  detail?: string
}

/** What has become of a change after its commit. */
export interface SecondLook {
  /** Jobs whose change was overwritten by the engine's own processes, as they are now. */
  overtaken: SelectedJob[]
  /** Jobs that the change kept but that no longer exist. */
  gone: JobRef[]
  /** Opaque. Present while transactions that may not have seen the change are still running: recheck later, and pass this. */
  unsettled?: string
}

/** Counts and rates at one moment, measured in the background and never in a request. */
export interface Measurement {
  /** Jobs waiting to run, as far as the engine can count them cheaply. */
  waiting: number
  executing: number
  /** Jobs that have ended since `since`. */
  finished: number
  /** 95th percentile of the time from due to start, in seconds, of the jobs started since `since`; null if none was. */
  waitP95Seconds: number | null
  /** How it was counted. */
  how: CountMethod
  queues: QueueMeasurement[]
}

/** Durations in seconds, each with the number of jobs it stands for; similar ones may be merged into the shortest of them. */
export type Durations = readonly (readonly [seconds: number, jobs: number])[]

/** The last five figures may be left out by an engine that cannot measure them cheaply. Left out and null mean unknown, never 0. */
export interface QueueMeasurement {
  name: string
  /** A state that cannot be counted cheaply is left out. */
  depth: { state: JobState; count: number; how: CountMethod }[]
  oldestAvailableAt: Date | null
  /** Whether the queue is paused in the engine; null if the engine does not report it. */
  paused: boolean | null
  /** Running executors of the queue; null if the engine does not report them. */
  executors: number | null
  /** Maximum of concurrent jobs; null if there is none or the engine does not report it. */
  limit: number | null
  /** Jobs that have ended since `since`, successfully or not. */
  finished: number
  /** Attempts that have failed since `since`, if the engine reports them. */
  failed: number
  waitP95Seconds: number | null
  /** Attempts that have started since `since`; if completed jobs are removed, only those that are still there. */
  started?: number | null
  /** Jobs that have failed for good since `since`. */
  discarded?: number | null
  /**
   * Jobs that may start now by the store's clock: available ones, and scheduled ones and retries whose time has come. `oldestAt`:
   * since when the first of them could have started, leaving out jobs with `zombieAttempts`; null if there is none.
   */
  due?: { count: number; how: CountMethod; oldestAt: Date | null } | null
  /** How long jobs had waited that have started since `since`, and how long those that are due have waited so far. */
  waits?: Durations | null
  /** How long jobs ran that have completed or failed for good since `since`, by worker if jobs have one. */
  runs?: readonly { worker?: string; seconds: Durations }[] | null
}

/** A job with this many attempts is caught in a retry storm; its age says nothing about its queue. */
export const zombieAttempts = 100

/** One attempt that failed. Values are raw: callers that show them apply the display policy. */
export interface EngineFailure extends JobRef {
  worker?: string
  tags?: string[]
  attempt: number
  /** Tells it apart from every other failure of the same job. */
  key: string
  /** When it failed; estimated by an engine that does not keep the time. */
  at: Date
  /** The engine may return it again until then, if that is later than its time suggests. */
  until?: Date
  /** No further attempt will be made. */
  final: boolean
  executor?: string
  error: {
    text: string
    /** Name of its class, if the engine stores it separately. */
    name?: string
    stack?: string
  }
}

export interface FailurePage {
  /** Oldest first. */
  failures: EngineFailure[]
  /** Opaque cursor of the next page. Left out on the last page. */
  next?: string
  /** What was searched, if not everything. */
  searched?: string
}

/** An executor as the engine's own list has it, which says less than a companion does. */
export interface EngineExecutor {
  /** The same for as long as the executor runs. */
  id: string
  name: string
  host: string
  startedAt: Date | null
  /** When it last refreshed its own entry; null if the engine only knows that it is connected. */
  beatAt: Date | null
  /** `slots`: null if unknown. */
  queues: { name: string; slots: number | null; paused: boolean }[]
}

export interface EngineCheck {
  ok: boolean
  version?: string
  detail: string
}

/** A problem with the engine's setup that the host should fix. */
export interface EngineAdvice {
  kind: 'missing_queue' | 'missing_index' | 'unheard_nodes'
  message: string
  /** SQL that fixes it. The host runs it; we never do. */
  statement?: string
}

/** Lines of code for a queue; left out if there is nothing of the kind. */
export interface HostLines {
  stop?: string
  attend?: string
}

/** What an engine can do. Code branches on this, never on the engine's name. */
export interface Capabilities {
  enqueue: boolean
  cancelExecuting: boolean
  keepsFinishedJobs: boolean
}

/** What an engine may lack: an operation, a filter, or a kind of information. */
export type EngineFeature =
  | OperationOn<'job' | 'queue'>
  | `filter_${JobFilterName}`
  | 'executors'
  | 'failures'
  | 'finished_jobs'

/**
 * The job engine that the host already runs. Methods that change something take the transaction they must join, and are called
 * only from an operation's `apply`, the bulk runner and the cron scheduler. An engine that is not `transactional` ignores the
 * transaction.
 */
export interface Engine {
  /** e.g. `pg-boss`. Shown, never branched on. */
  readonly name: string
  /** Do methods that change something join our transaction? */
  readonly transactional: boolean
  readonly capabilities: Capabilities
  /** What it cannot do, each with the reason in a sentence. The control is shown disabled, and the operation is refused. */
  readonly lacks: Readonly<Partial<Record<EngineFeature, string>>>
  /** Operations that may currently have no effect, each with a sentence for the preview. Evaluated for every preview. */
  readonly cautions?: Readonly<Partial<Record<EngineFeature, string>>>
  /** Actions that remove the job from the engine, each with a sentence for the preview. */
  readonly removes?: Readonly<Partial<Record<JobAction, string>>>
  /** The state after an action, if it differs from the usual one, e.g. `available` after a retry. `from` is left out for many jobs. Pure. */
  becomes?(action: JobAction, from?: JobState): JobState | undefined
  /** Which earlier attempts the engine keeps. */
  readonly attemptHistory: 'all' | 'last' | 'none'
  /** Is it reachable, and which version is it? Never throws. */
  check(): Promise<EngineCheck>

  /** Creates one job. Throws if the engine refuses it, e.g. because the queue does not exist. */
  enqueue(job: NewJob, tx: SqlExecutor): Promise<JobRef>
  /** The jobs of `refs` that still exist in the engine; missing ones are left out. At most 1,000 refs. */
  find(refs: JobRef[], tx?: SqlExecutor): Promise<FoundJob[]>
  /** Cancels jobs that have not ended, including executing ones if `cancelExecuting`. */
  cancel(refs: JobRef[], tx: SqlExecutor): Promise<void>

  /**
   * One page of jobs by creation time. A page costs the same at any depth, and never loads more than it needs. An engine that can
   * sort by another time at a bounded cost does so if `by` says so, and the page repeats it; a job without that time is placed at
   * its creation.
   */
  list(filter: JobFilter, page: { order: 'newest' | 'oldest'; by?: JobTime; after?: string; limit: number }): Promise<JobPage<EngineJob>>
  /** The same jobs without their large fields, oldest first, for a selection. `limit` may be up to 10,000. */
  select(filter: JobFilter, page: { after?: string; limit: number }): Promise<JobPage<SelectedJob>>
  /** Counts up to `limit`. */
  count(filter: JobFilter, limit: number): Promise<JobCount>
  /** Suggestions: up to `limit` values starting with `prefix`, in any case, from jobs not in `notQueues`. Never taken from arguments. */
  hints(field: 'queue' | 'worker' | 'tag', prefix: string, limit: number, notQueues?: string[]): Promise<string[]>
  /** Jobs by id; missing ones are left out. With `tx`, their rows are locked if the engine has rows. At most 10,000 ids. */
  read(ids: string[], tx?: SqlExecutor): Promise<EngineJob[]>
  /** null if the job does not exist, or no longer does. */
  detail(id: string): Promise<EngineJobDetail | null>

  /** Why this engine cannot perform the action on a job in this state, in a sentence; undefined if it can. Pure. */
  refuses?(action: JobAction, job: SelectedJob): string | undefined
  /**
   * Performs the action on each job that still has the version it was seen in. Jobs that have changed, no longer exist or are
   * locked by a worker are left alone and reported. At most 1,000 jobs. Throws only if the engine as a whole fails.
   */
  act(action: JobAction, jobs: SeenJob[], tx: SqlExecutor): Promise<JobOutcome[]>

  /**
   * Present if the engine's own processes can overwrite a committed change. Finds which of the jobs, all of them reported
   * `done`, are no longer as the change left them. At most 1,000 jobs. Called after the commit, outside any transaction.
   */
  recheck?(action: JobAction, jobs: JobRef[], unsettled?: string): Promise<SecondLook>

  /** null if there is no such queue. */
  readQueue(name: string, tx?: SqlExecutor): Promise<{ name: string; paused: boolean | null; limit: number | null } | null>
  /** Present if `lacks` does not list the operation. */
  pauseQueue?(name: string, tx: SqlExecutor): Promise<void>
  resumeQueue?(name: string, tx: SqlExecutor): Promise<void>
  scaleQueue?(name: string, limit: number, tx: SqlExecutor): Promise<void>

  /** Lines that a host runs in its own worker process, for a person to copy: to stop taking jobs of the queue there, and to attend it. Pure. */
  hostLines?(queue: string): HostLines
  measure(since: Date): Promise<Measurement>
  /** The executors in the engine's own list; null if there is none at the moment. Left out if it never keeps one. Called in the background. */
  listExecutors?(): Promise<EngineExecutor[] | null>
  /**
   * Failed attempts since then, as far as the engine still has them: an engine that keeps only the last attempt has forgotten those
   * that were followed by another one. May return again what it has returned before. Left out if `lacks` says so under `failures`.
   */
  failures?(since: Date, page: { after?: string; limit: number }): Promise<FailurePage>
  /**
   * Jobs of each queue that started before `startedBefore` and are still executing, the earliest first: up to `perQueue` of each
   * queue, and `total` of all. null: they cannot be found cheaply at the moment. Left out by an engine that never can.
   */
  longestRunning?(limits: { startedBefore: Date; perQueue: number; total: number }): Promise<RunningJob[] | null>
  /** Which of these queues do not exist in the engine. Left out if the engine cannot know. */
  missingQueues?(queues: string[]): Promise<string[]>
  /** For `doctor`, which changes nothing: what is missing, given the queues that cron entries name. */
  advise?(queues: string[]): Promise<EngineAdvice[]>
}

export const unfinishedStates: readonly JobState[] = ['scheduled', 'available', 'executing', 'retryable']
