/** Vocabulary of bulk runs, in its own file so that only the elements that need it load it. */

/** The outcome of a job in a selection. `changed`: it had changed since the operator saw it, so it was left alone. */
export const bulkOutcomes = {
  waiting: 'waiting',
  done: 'done',
  changed: 'changed since, left alone',
  missing: 'no longer there',
  locked: 'locked by its worker, left alone',
  refused: 'refused by the engine',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  aborted: 'not reached, aborted',
  not_eligible: 'not eligible from the start',
} as const

/**
 * The outcomes that can be tried again after a run has ended, worst first: the change did not happen, or it is unknown whether it
 * did. Includes refusals by the engine, since most are temporary. Excludes missing jobs and jobs that were not eligible.
 */
export const leftOverOutcomes = ['failed', 'refused', 'unconfirmed', 'changed', 'locked', 'aborted'] as const satisfies (keyof typeof bulkOutcomes)[]

/** What has become of a job since it was retried, restored or rescued; `gone`: the engine no longer has it, so its end is not known. */
export const bulkFates = {
  completed: 'completed',
  failed: 'failed again',
  retrying: 'failed, to be tried again',
  cancelled: 'cancelled',
  running: 'running',
  waiting: 'still to run',
  gone: 'no longer in the engine',
} as const

export const bulkStatuses = {
  previewed: 'previewed',
  queued: 'queued',
  running: 'running',
  aborted: 'aborted',
  finished: 'finished',
} as const

export type BulkOutcome = keyof typeof bulkOutcomes
export type BulkFate = keyof typeof bulkFates
export type BulkStatus = keyof typeof bulkStatuses
