import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { bulkFates, bulkOutcomes, bulkStatuses, operationActions } from './vocabulary.ts'
import { instant, words } from './words.ts'

/** Read from the engine afterwards, and no part of the record of the run. */
export const bulkFate = z.object({
  counts: z.partialRecord(words(bulkFates), z.number().int()).describe('Number of jobs that the run changed, by what has become of each since; the first end of a job counts.'),
  asOf: instant,
  settledAt: instant.optional().describe('When every job had ended, or was gone.'),
  until: instant.describe('It is followed until then at the latest.'),
  gone: z.string().optional().describe('Why the engine no longer has some of them, as far as it says so.'),
})
export type BulkFateCounts = z.infer<typeof bulkFate>

export const bulkRun = z.object({
  id: z.string(),
  action: words(operationActions),
  status: words(bulkStatuses),
  actor: principal,
  reason: z.string().optional(),
  total: z.number().int().describe('Jobs in the frozen set, eligible or not.'),
  eligible: z.number().int(),
  notEligible: z.record(z.string(), z.number().int()).describe('Number of jobs by reason.'),
  outcomes: z.partialRecord(words(bulkOutcomes), z.number().int()).describe('Number of eligible jobs by current outcome; they add up to `eligible`.'),
  createdAt: instant,
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  abortedBy: principal.optional(),
  chosen: z.object({ filter: z.record(z.string(), z.string()).optional(), ids: z.number().int().optional(), bulk: z.string().optional() }).optional().describe('What was chosen. Values that may be secret are left out, others only for an actor who did not start the run.'),
  fate: bulkFate.optional().describe('What became of its jobs; omitted for a run whose jobs are not meant to run again, and until it was first measured.'),
  asOf: instant,
})
export type BulkRun = z.infer<typeof bulkRun>

export const bulkItem = z.object({
  id: z.string(),
  queue: z.string(),
  state: z.string().describe('The state when the set was frozen.'),
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
