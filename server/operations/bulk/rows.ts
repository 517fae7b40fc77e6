import type { BulkOutcome, BulkStatus, EventSource, OperationAction, Principal } from '../../../schemas/index.ts'
import type { SelectedJob } from '../../engines/engine.ts'
import type { Chosen } from '../operation.ts'

/** Jobs of one batch: what one transaction changes, and how long it holds their locks. */
export const batchSize = 1_000

export type BatchJob = Chosen

/** How the job at the same place fared; null for one that is not eligible. */
export type PlacedOutcome = [outcome: BulkOutcome, detail?: string] | null

/** How much of a run's set one queue has. */
export interface QueueShare {
  total: number
  eligible: number
  /** One of the eligible jobs, to ask the host about. */
  sample?: Pick<SelectedJob, 'id' | 'worker' | 'tags'>
}

export interface BulkRunRow {
  id: string
  action: OperationAction
  /** What the operation was asked besides the jobs, parsed when the run was previewed. */
  input: unknown
  status: BulkStatus
  actor: Principal
  reason: string | null
  source: EventSource
  request_id: string
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
}

/** A set of one batch is done while its request waits; anything larger goes on in the background. */
export function inBackground({ total }: Pick<BulkRunRow, 'total'>): boolean {
  return total > batchSize
}

/** A queue may be called `constructor`, and an object knows that word unless it knows none. */
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
