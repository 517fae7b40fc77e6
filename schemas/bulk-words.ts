/** Words about bulk runs, apart so that only the elements that show them load them. */

/** How a job of a selection fared. `changed`: it was no longer as the operator saw it, so it was left alone. */
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
 * What an ended run leaves over for another try, worst first: it did not happen, or nobody knows whether it did. What the engine
 * refused is among it, since most refusals pass. Jobs that are gone are not, nor those that were never to be changed.
 */
export const leftOverOutcomes = ['failed', 'refused', 'unconfirmed', 'changed', 'locked', 'aborted'] as const satisfies (keyof typeof bulkOutcomes)[]

export const bulkStatuses = {
  previewed: 'previewed',
  queued: 'queued',
  running: 'running',
  aborted: 'aborted',
  finished: 'finished',
} as const

export type BulkOutcome = keyof typeof bulkOutcomes
export type BulkStatus = keyof typeof bulkStatuses
