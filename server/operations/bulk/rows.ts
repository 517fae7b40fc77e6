import { type BulkFate, type BulkOutcome, type BulkStatus, type EventSource, type JobSetName, jobSetNames, type OperationAction, type Principal } from '../../../schemas/index.ts'
import type { SelectedJob } from '../../engines/engine.ts'
import type { Chosen } from '../operation.ts'

/** Jobs per batch. A batch is changed in one transaction, so its size determines how long locks are held. */
export const batchSize = 1_000

/** The form of a run's id; an event may name anything. */
export const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export type BatchJob = Chosen

/** The outcome of the job at the same position in the batch; null for a job that is not eligible. */
export type PlacedOutcome = [outcome: BulkOutcome, detail?: string] | null

/** One queue's share of a run's set. */
export interface QueueShare {
  total: number
  eligible: number
  /** One of the eligible jobs, for authorization. */
  sample?: Pick<SelectedJob, 'id' | 'worker' | 'tags'>
}

export interface BulkRunRow {
  id: string
  action: OperationAction
  /** The operation's input, parsed when the run was previewed. */
  input: unknown
  /** As requested, without values that may be secret. */
  selection?: { filter?: Partial<Record<JobSetName, string>> & Record<string, string>; ids?: number; bulk?: string }
  status: BulkStatus
  actor: Principal
  reason: string | null
  source: EventSource
  request_id: string
  trace_parent: string | null
  preview_id: string | null
  event_id: string | null
  total: number
  eligible: number
  not_eligible: Record<string, number>
  outcomes: Partial<Record<BulkOutcome, number>>
  created_at: string
  started_at: string | null
  finished_at: string | null
  aborted_by: Principal | null
  queues: Record<string, QueueShare>
  fate: StoredFate | null
}

/** What has become of the jobs, as it was last read from the engine. */
export interface StoredFate {
  counts: Partial<Record<BulkFate, number>>
  asOf: string
  settledAt?: string
  tookMs: number
}

/** A set of one batch is processed while its request waits; a larger one is processed in the background. */
export function inBackground({ total }: Pick<BulkRunRow, 'total'>): boolean {
  return total > batchSize
}

/** The named sets that its jobs come from, e.g. `{ incident }`: by these, its evidence is found from there. */
export function originOf({ selection }: Pick<BulkRunRow, 'selection'>): Partial<Record<JobSetName, string>> {
  return Object.fromEntries(jobSetNames.flatMap((name) => (selection?.filter?.[name] === undefined ? [] : [[name, selection.filter[name]]])))
}

/** Without a prototype, because a queue may be called `constructor`. */
export function noCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>
}

export function countBy<T>(items: T[], word: (item: T) => string | undefined): Record<string, number> {
  const counts = noCounts()
  for (const item of items) {
    const key = word(item)
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

export function addCounts(into: Record<string, number>, more: Record<string, number>): void {
  for (const [key, count] of Object.entries(more)) into[key] = (into[key] ?? 0) + count
}
