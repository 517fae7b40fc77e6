import type { JobSelection, OperationAction, OperationRequest, Plan, Risk, SelectionRequest } from '../../schemas/index.ts'
import type { JobAction, JobOutcome, SeenJob, SelectedJob } from '../engines/engine.ts'
import type { Resource } from '../host/auth.ts'
import type { ActingScope } from './scope.ts'

export type State = Record<string, unknown>

/** What `find` came back with: the whole resource for authorization, and whatever plan and apply need. */
export interface Target<Found = unknown> {
  resource: Resource
  found: Found
  /** What `find` answers where there is no such subject. Left out where the answer tells nobody whether there is one. */
  absent?: Target<Found>
}

/** What would happen. Raw values: the display policy is applied on the way out. */
export interface Planned {
  title: string
  effect: string
  cautions?: string[]
  /** Only what changes. Times that will be read at execute are written as the word `now`. */
  before: State
  after: State
  /** Shown beside `after`, but free to move on until execute and no part of the evidence, e.g. the next runs. Asked for only to be shown. */
  outlook?: () => State
  counts?: { subjects: number; jobs: number }
  /** Of many jobs: the frozen set. */
  selection?: Plan['selection']
  risk?: Risk
  /** What must be as it was at preview besides before and after, e.g. the entry's version. */
  basis?: unknown
}

/** What `apply` did, for the event and the answer. */
export interface Applied {
  /** As committed; `planned` where left out. */
  before?: State
  after?: State
  result?: Record<string, unknown>
  metadata?: Record<string, unknown>
}

/** A job of a selection, with the reason in words when it is left alone. */
export interface Chosen extends SelectedJob {
  notEligible?: string
}

/** A job that was named and is not there, as far as the actor is to know. */
export function goneJob(id: string): Chosen {
  return { id, queue: '', version: '', state: 'discarded', notEligible: 'It is no longer there.' }
}

export function isGone({ version, notEligible }: Chosen): boolean {
  return version === '' && notEligible !== undefined
}

/** What is asked about many jobs. */
export type ManyRequest<Input = unknown> = Pick<SelectionRequest, 'selection'> & { input: Input }

/** The frozen set, counted. */
export interface FrozenCounts {
  total: number
  eligible: number
  /** Jobs left alone, by reason. */
  notEligible: Record<string, number>
  /** Eligible jobs. */
  byQueue: Record<string, number>
  byState: Record<string, number>
}

/** What would happen to all of them; `before` is their states. */
export interface ManyPlanned {
  effect: string
  after: State
  cautions?: string[]
  /** `risk` of the operation where left out. */
  risk?: Risk
}

/** What an operation does to many jobs. The pipeline freezes the set, asks who may, and works it off batch by batch. */
export interface Many<Input = unknown> {
  /** Does it repair something? Then the host's escalation handler is told when the run has ended. */
  repairs?: boolean
  /** The set, a page at a time; jobs made after `until` are not in it. `bounded` hears when not all jobs could be searched. */
  choose(selection: JobSelection, until: Date, scope: ActingScope, bounded: (searched: string) => void): AsyncIterable<Chosen[]>
  resource(job: SelectedJob): Resource
  /** Why a job is left alone, in words; undefined when nothing speaks against it. In the order of `jobs`. */
  whyNot(jobs: Chosen[], request: ManyRequest<Input>, scope: ActingScope): Promise<(string | undefined)[]>
  /** Says what would happen to the set as it was frozen. */
  plan(request: ManyRequest<Input>, set: FrozenCounts, scope: ActingScope): ManyPlanned
  /**
   * Changes the jobs of one batch, at most 1,000, and answers how each fared, in their order. Called in the background, after
   * whoever asked has gone, and again for a batch that failed.
   */
  apply(jobs: SeenJob[], input: Input, scope: Pick<ActingScope, 'kit' | 'em'>): Promise<JobOutcome[]>
}

/**
 * An operation is a value. The pipeline asks who may, compares what was shown with what is, keeps the evidence and
 * decides about repeats; none of that is called from here, so none of it can be forgotten.
 */
export interface Operation<Request extends OperationRequest = OperationRequest, Found = unknown> {
  action: Request['action']
  eventType: string
  reason: 'optional' | 'required'
  risk: Risk
  /**
   * `apply` asks the engine for a change. Where the engine cannot join our transaction, that is written down as `requested`
   * first and told to its end afterwards.
   */
  onEngine?: true
  /** The engine's word for what it does to jobs, so that an engine that can be overtaken is looked at again afterwards. */
  jobAction?: JobAction
  /** Does it repair something? Then the host's escalation handler is told after it has committed. */
  repairs?(target: Target<Found>): boolean
  /** Reads the subject; with `scope.locking` it locks it. A subject that does not exist is still a resource. */
  find(request: Request, scope: ActingScope): Promise<Target<Found>>
  /** Decides; throws an OpsError when the request is not legal now. `eventId` is the event that will be written. */
  plan(request: Request, target: Target<Found>, scope: ActingScope): Promise<Planned> | Planned
  /**
   * Makes the change, inside the transaction. With `onEngine` it only asks the engine, and an engine that cannot join our transaction
   * is asked outside any.
   */
  apply(request: Request, target: Target<Found>, scope: ActingScope, eventId: string): Promise<Applied>
  /** With `onEngine`: what we keep of the change ourselves, written after `apply` in the transaction of its event. Answers what the event tells. */
  keep?(request: Request, target: Target<Found>, applied: Applied, scope: ActingScope, eventId: string): Promise<Applied>
  /** Left out by operations that are about one subject only. */
  many?: Many<Request['input']>
}

/** Every operation there is. */
export type Operations = Readonly<Record<OperationAction, Operation>>

/** Gives a definition its types and forgets them again, so that operations of all kinds stand in one table. */
export function defineOperation<Request extends OperationRequest, Found>(operation: Operation<Request, Found>): Operation {
  return operation as unknown as Operation
}
