import type { EventType, JobSelection, OperationAction, OperationRequest, Plan, Risk, SelectionBreakdown, SelectionRequest } from '../../schemas/index.ts'
import type { JobAction, JobOutcome, SeenJob, SelectedJob } from '../engines/engine.ts'
import type { Resource } from '../host/auth.ts'
import type { ActingScope } from './scope.ts'

export type State = Record<string, unknown>

/** The result of `find`: the complete resource for authorization, and whatever `plan` and `apply` need. */
export interface Target<Found = unknown> {
  resource: Resource
  found: Found
  /** What `find` returns if there is no such subject. Left out if the target does not reveal whether it exists. */
  absent?: Target<Found>
}

/** What would happen. Values are raw: the display policy is applied when they are shown. */
export interface Planned {
  title: string
  effect: string
  cautions?: string[]
  /** Only what changes. Times that are determined at execution are written as the word `now`. */
  before: State
  after: State
  /** Shown together with `after`, but may change until execution and is not part of the evidence, e.g. the next runs. Called only for display. */
  outlook?: () => State
  counts?: { subjects: number; jobs: number }
  /** For many jobs: the frozen set. */
  selection?: Plan['selection']
  risk?: Risk
  /** What else must be unchanged since the preview besides `before` and `after`, e.g. the entry's version. */
  basis?: unknown
}

/** What `apply` did, for the event and the response. */
export interface Applied {
  /** The committed states; those of the plan if left out. */
  before?: State
  after?: State
  result?: Record<string, unknown>
  metadata?: Record<string, unknown>
}

/** A job of a selection, with the reason in words if it will be left alone. */
export interface Chosen extends SelectedJob {
  notEligible?: string
}

/** Stands for a job that was selected by id and does not exist, or that the actor may not know of. */
export function goneJob(id: string): Chosen {
  return { id, queue: '', version: '', state: 'discarded', notEligible: 'It no longer exists.' }
}

export function isGone({ version, notEligible }: Chosen): boolean {
  return version === '' && notEligible !== undefined
}

/** A request about many jobs. */
export type ManyRequest<Input = unknown> = Pick<SelectionRequest, 'selection'> & { input: Input }

/** Counts of the frozen set. */
export interface FrozenCounts {
  total: number
  eligible: number
  /** Jobs left alone, by reason. */
  notEligible: Record<string, number>
  /** Eligible jobs. */
  byQueue: Record<string, number>
  byState: Record<string, number>
}

/** What a preview stores of a breakdown: nothing that a job contains, only ids, counts and times. */
export interface StoredBreakdown extends Omit<SelectionBreakdown, 'byError' | 'sample'> {
  /** A job that has the error. */
  byError: { job: string; count: number }[]
  sample: string[]
}

/** What would happen to the set; `before` is computed from the states of its jobs. */
export interface ManyPlanned {
  effect: string
  after: State
  cautions?: string[]
  /** Default: the operation's `risk`. */
  risk?: Risk
}

/** How an operation handles many jobs. The pipeline freezes the set, authorizes it, and processes it in batches. */
export interface Many<Input = unknown> {
  /** Does it repair something? Then the host's escalation handler is notified when the run has ended. */
  repairs?: boolean
  /** The set, a page at a time, without jobs created after `until`. `bounded` is called if not all jobs could be searched. */
  choose(selection: JobSelection, until: Date, scope: ActingScope, bounded: (searched: string) => void): AsyncIterable<Chosen[]>
  resource(job: SelectedJob): Resource
  /** For each of `jobs`, in their order: why it will be left alone, in words; undefined if it is eligible. */
  whyNot(jobs: Chosen[], request: ManyRequest<Input>, scope: ActingScope): Promise<(string | undefined)[]>
  /** The reason of `whyNot` for completed jobs that the selection would have to name, if there is one. */
  completedLeftOut?: string
  /** What the given jobs are made of, for the preview. Called once for each set, with at most 2,000 of its eligible jobs. */
  describe?(ids: readonly string[], scope: ActingScope): Promise<StoredBreakdown>
  /** The same with the texts that the actor may see now. */
  show?(stored: StoredBreakdown, scope: ActingScope): Promise<SelectionBreakdown>
  /** Describes what would happen to the frozen set. */
  plan(request: ManyRequest<Input>, set: FrozenCounts, scope: ActingScope): ManyPlanned
  /**
   * Changes the jobs of one batch, at most 1,000, and returns an outcome for each, in their order. It may be called in the
   * background, after the request has ended, and again for a batch that failed.
   */
  apply(jobs: SeenJob[], input: Input, scope: Pick<ActingScope, 'kit' | 'em'>): Promise<JobOutcome[]>
}

/**
 * An operation is a value. The pipeline authorizes it, compares the preview with the current state, records the evidence and
 * handles repeats. Operations never call any of that, so none of it can be forgotten.
 */
export interface Operation<Request extends OperationRequest = OperationRequest, Found = unknown> {
  action: Request['action']
  eventType: EventType
  reason: 'optional' | 'required'
  risk: Risk
  /**
   * `apply` calls the engine. If the engine cannot join our transaction, the change is first recorded as `requested`, and its
   * outcome is recorded afterwards.
   */
  onEngine?: true
  /** The engine's action on jobs, so that the change can be rechecked afterwards if the engine's processes can overwrite it. */
  jobAction?: JobAction
  /** Does it repair something? Then the host's escalation handler is notified after the commit. */
  repairs?(target: Target<Found>): boolean
  /** The host's escalation handler is notified of it although it repairs nothing. */
  announced?: true
  /** Reads the subject, and locks it if `scope.locking`. A subject that does not exist still has a resource. */
  find(request: Request, scope: ActingScope): Promise<Target<Found>>
  /** Decides what would happen, without changing anything; throws an OpsError if the request is not legal now. */
  plan(request: Request, target: Target<Found>, scope: ActingScope): Promise<Planned> | Planned
  /**
   * Makes the change, inside the transaction. With `onEngine` it only calls the engine, outside any transaction if the engine
   * cannot join ours. `eventId` is the id of the event that will be written.
   */
  apply(request: Request, target: Target<Found>, scope: ActingScope, eventId: string): Promise<Applied>
  /** With `onEngine`: stores our own data about the change, after `apply` and in the transaction of its event. Returns what the event records. */
  keep?(request: Request, target: Target<Found>, applied: Applied, scope: ActingScope, eventId: string): Promise<Applied>
  /** Left out by operations on a single subject only. */
  many?: Many<Request['input']>
}

/** All operations. */
export type Operations = Readonly<Record<OperationAction, Operation>>

/** Type-checks a definition and then erases its type parameters, so that all operations fit into one table. */
export function defineOperation<Request extends OperationRequest, Found>(operation: Operation<Request, Found>): Operation {
  return operation as unknown as Operation
}
