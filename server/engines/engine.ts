import type { JobState } from '../../schemas/index.ts'

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
  how: 'exact' | 'estimated' | 'capped'
}

export interface EngineCheck {
  ok: boolean
  version?: string
  detail: string
}

/** Something about the engine that the host should mend. */
export interface EngineAdvice {
  kind: 'missing_queue' | 'missing_index'
  message: string
  /** SQL that mends it; the host runs it, we never do. */
  statement?: string
}

/** What an engine can do. Asked instead of its name; what is false is shown as a disabled control with the reason. */
export interface Capabilities {
  enqueue: boolean
  cancelExecuting: boolean
  keepsFinishedJobs: boolean
}

/**
 * The job engine the host already runs. Acting methods take the transaction they must join; they are called from
 * an operation's `apply` and from the cron scheduler, nowhere else.
 */
export interface Engine {
  /** e.g. `pg-boss`. Shown, never branched on. */
  readonly name: string
  /** Do acting methods join our transaction? */
  readonly transactional: boolean
  readonly capabilities: Capabilities
  /** Is it reachable, and which version? Never throws. */
  check(): Promise<EngineCheck>
  /** Makes one job. Throws when the engine refuses it, e.g. an unknown queue. */
  enqueue(job: NewJob, tx: SqlExecutor): Promise<JobRef>
  /** The jobs of `refs` that the engine still knows; missing ones are left out. At most 1,000 refs. */
  find(refs: JobRef[], tx?: SqlExecutor): Promise<FoundJob[]>
  /** Cancels jobs that have not ended, executing ones too where `cancelExecuting`. */
  cancel(refs: JobRef[], tx: SqlExecutor): Promise<void>
  measure(since: Date): Promise<Measurement>
  /** Which of these queues the engine does not have, where it can tell. */
  missingQueues?(queues: string[]): Promise<string[]>
  /** For `doctor`, which only reads: what is missing, given the queues that cron entries name. */
  advise?(queues: string[]): Promise<EngineAdvice[]>
}

export const unfinishedStates: readonly JobState[] = ['scheduled', 'available', 'executing', 'retryable']
