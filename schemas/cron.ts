import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { catchUpPolicies, completenessStates, cronGroups, cronSorts, cronSources, maxRecentSlots, operatorStatuses, overlapPolicies, slotOutcomes } from './vocabulary.ts'
import { instant, jsonObject, text, words } from './words.ts'

/** A cron entry's name: stable, used in URLs and shown to operators. */
export const cronName = text({ max: 100 }).regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/, 'expected a letter or digit, then letters, digits and . _ : / -')

/** The configurable part of an entry. The server validates expression and timezone. */
export const cronDefinition = z.strictObject({
  queue: text({ max: 200 }),
  worker: text({ max: 200 }).optional().describe("The engine's name for the code that runs, if it has one besides the queue."),
  args: jsonObject.default({}).describe('The arguments of the job.'),
  expression: text({ max: 200 }).describe('Five fields: minute, hour, day of month, month, day of week.'),
  timezone: text({ max: 100 }).default('Etc/UTC').describe('IANA name, e.g. `Europe/Berlin`.'),
  overlap: words(overlapPolicies).default('queue_one'),
  catchUp: words(catchUpPolicies).default('latest'),
  maxCatchUp: z.number().int().min(1).max(1000).default(1).describe('The maximum number of missed slots to run with catch-up `all`. 1 to 1000.'),
})
export type CronDefinition = z.infer<typeof cronDefinition>

export const slot = z.object({
  at: instant.describe('The scheduled instant; for a manual run, when it was requested.'),
  outcome: words(slotOutcomes),
  claimedAt: instant.optional().describe('When a scheduler claimed it.'),
  lateSeconds: z.number().optional().describe('Seconds between `at` and `claimedAt`, if it was claimed.'),
  jobId: z.string().optional(),
  jobState: z.string().optional().describe('The canonical state in which the job ended, once observed.'),
  finishedAt: instant.optional(),
  note: z.string().optional().describe('A sentence for operators, e.g. why it was skipped.'),
})
export type Slot = z.infer<typeof slot>

/** A slot as the strip shows it. The history has the other fields. */
export const recentSlot = slot.pick({ at: true, outcome: true, lateSeconds: true, jobState: true, note: true })
export type RecentSlot = z.infer<typeof recentSlot>

export const cronEntry = z.object({
  name: z.string(),
  source: words(cronSources),
  queue: z.string(),
  worker: z.string().optional(),
  args: z.unknown().describe("Through the display policy (`cron_args`): an object, or the policy's replacement."),
  expression: z.string(),
  description: z.string().describe('The expression in words, e.g. `At 02:00 AM`.'),
  timezone: z.string(),
  overlap: words(overlapPolicies),
  catchUp: words(catchUpPolicies),
  maxCatchUp: z.number().int(),
  version: z.number().int(),
  status: words(operatorStatuses),
  diagnosis: z.string().describe('`ready`, `paused`, `missed_fire`, `scheduler_down`, `retired`, `enqueue_failed`.'),
  detail: z.string().describe('One sentence that explains the status.'),
  pause: z
    .object({ at: instant, by: principal.optional(), reason: z.string().optional(), resumeAt: instant.optional() })
    .optional(),
  retiredAt: instant.optional(),
  lastRun: slot.optional(),
  nextRuns: z.array(instant).describe('Up to five; empty while paused or retired.'),
  recent: z.array(recentSlot).describe('The last slots, oldest first: 36 for a single entry; for a list, as many as `recent` requests.'),
  coming: z.array(z.object({ at: instant, skipped: z.boolean() })).describe('The next 12 instants, also while paused (when they would not run); in a list only if `recent` is requested.'),
  unfinishedJobs: z.number().int().describe('Number of unfinished jobs of this entry, as last observed.'),
  definitionLocked: z.string().optional().describe("Why this entry's definition cannot be changed; absent if it can."),
  permissions: z.record(z.string(), z.object({ allowed: z.boolean(), reason: z.string().optional() })).describe('By operation: whether this actor may perform it on this entry, and why not.'),
  createdAt: instant,
  updatedAt: instant,
})
export type CronEntry = z.infer<typeof cronEntry>

export const cronHistory = z.object({
  entry: z.string(),
  from: instant,
  to: instant,
  slots: z.array(slot).describe('Newest first.'),
  counts: z.record(z.string(), z.number().int()).describe('Number of slots by outcome.'),
  completeness: z.object({ state: words(completenessStates), reasons: z.array(z.string()) }),
  truncated: z.boolean().describe('True if the window held more slots than fit; `from` is then the oldest slot returned.'),
  asOf: instant,
})
export type CronHistory = z.infer<typeof cronHistory>

const byName = z.object({ name: text({ max: 100 }) })

export const listCronEntries = endpoint('listCronEntries', {
  summary: 'Cron entries by name, next run or health, with status, pause, last and next runs and, on request, recent slots',
  access: 'view_cron',
  query: z.strictObject({
    ...pageQuery,
    q: text({ max: 100 }).optional().describe('Part of the name.'),
    source: words(cronSources).optional(),
    state: z.enum(['active', 'paused', 'retired']).optional(),
    queue: text({ max: 200 }).optional(),
    names: text({ max: 4000 }).optional().describe('Exact names, separated by commas.'),
    sort: words(cronSorts).default('name').describe('`name`: natural order, so `mail_2` precedes `mail_10`. `next`: paused ones first, then by next run. `health`: the worst first.'),
    group: words(cronGroups).optional().describe('Sorts by this first.'),
    recent: z.coerce.number().int().min(0).max(maxRecentSlots).default(0).describe('Number of last slots to include with each entry: default 0, maximum 36.'),
  }),
  output: page(cronEntry),
})

export const getCronEntry = endpoint('getCronEntry', {
  summary: 'One cron entry',
  access: 'view_cron',
  params: byName,
  output: cronEntry,
})

export const getCronHistory = endpoint('getCronHistory', {
  summary: 'Every slot of a window with its outcome, derived from the expression, scheduler coverage and recorded slots',
  access: 'view_cron',
  params: byName,
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }).describe('Defaults: `to` now, `from` a day before. At most 1,000 slots.'),
  output: cronHistory,
})
