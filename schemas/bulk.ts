import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { bulkFates, bulkOutcomes, bulkStatuses, operationActions } from './vocabulary.ts'
import { instant, words } from './words.ts'

/** Read from the engine afterwards, and no part of the record of the run. */
export const bulkFate = z.object({
  /** Number of jobs that the run changed, by what has become of each since; the first end of a job counts. */
  counts: z.partialRecord(words(bulkFates), z.number().int()),
  asOf: instant,
  /** When every job had ended, or was gone. */
  settledAt: instant.optional(),
  /** It is followed until then at the latest. */
  until: instant,
  /** Why the engine no longer has some of them, as far as it says so. */
  gone: z.string().optional(),
})
export type BulkFateCounts = z.infer<typeof bulkFate>

export const bulkRun = z.object({
  id: z.string(),
  action: words(operationActions),
  status: words(bulkStatuses),
  actor: principal,
  reason: z.string().optional(),
  /** Jobs in the frozen set, eligible or not. */
  total: z.number().int(),
  eligible: z.number().int(),
  /** Number of jobs by reason. */
  notEligible: z.record(z.string(), z.number().int()),
  /** Number of eligible jobs by current outcome; they add up to `eligible`. */
  outcomes: z.partialRecord(words(bulkOutcomes), z.number().int()),
  createdAt: instant,
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  abortedBy: principal.optional(),
  /** What was chosen. Values that may be secret are left out, others only for an actor who did not start the run. */
  chosen: z.object({ filter: z.record(z.string(), z.string()).optional(), ids: z.number().int().optional(), bulk: z.string().optional() }).optional(),
  /** What became of its jobs; omitted for a run whose jobs are not meant to run again, and until it was first measured. */
  fate: bulkFate.optional(),
  asOf: instant,
})
export type BulkRun = z.infer<typeof bulkRun>

export const bulkItem = z.object({
  id: z.string(),
  queue: z.string(),
  /** The state when the set was frozen. */
  state: z.string(),
  outcome: words(bulkOutcomes),
  detail: z.string().optional(),
})
export type BulkItem = z.infer<typeof bulkItem>

const byId = z.object({ id: z.uuid() })

export const listBulkRuns = endpoint('listBulkRuns', {
  summary: 'Bulk runs, newest first',
  access: 'view_jobs',
  query: z.strictObject({ ...pageQuery }),
  output: page(bulkRun),
})

export const getBulkRun = endpoint('getBulkRun', {
  summary: 'Progress of a bulk run',
  access: 'view_jobs',
  params: byId,
  output: bulkRun,
})

export const listBulkItems = endpoint('listBulkItems', {
  summary: 'The jobs of a bulk run with their outcomes',
  access: 'view_jobs',
  params: byId,
  query: z.strictObject({ outcome: words(bulkOutcomes).optional(), ...pageQuery }),
  output: page(bulkItem),
})

export const exportBulkItems = endpoint('exportBulkItems', {
  summary: 'The jobs of a bulk run with their outcomes, as CSV or NDJSON; the export itself is audited',
  access: 'view_jobs',
  params: byId,
  query: z.strictObject({ format: z.enum(['csv', 'ndjson']), outcome: words(bulkOutcomes).optional() }),
  output: z.string(),
  media: 'export',
})

export const abortBulkRun = endpoint('abortBulkRun', {
  summary: 'Stop a bulk run after the current batch; changes already made remain. Audited',
  access: 'session',
  params: byId,
  output: bulkRun,
})
