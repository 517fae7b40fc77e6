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
  /** The engine's name for the code that runs, if it has one besides the queue. */
  worker: text({ max: 200 }).optional(),
  /** The arguments of the job. */
  args: jsonObject.default({}),
  /** Five fields: minute, hour, day of month, month, day of week. */
  expression: text({ max: 200 }),
  /** IANA name, e.g. `Europe/Berlin`. */
  timezone: text({ max: 100 }).default('Etc/UTC'),
  overlap: words(overlapPolicies).default('queue_one'),
  catchUp: words(catchUpPolicies).default('latest'),
  /** The maximum number of missed slots to run with catch-up `all`. 1 to 1000. */
  maxCatchUp: z.number().int().min(1).max(1000).default(1),
})
export type CronDefinition = z.infer<typeof cronDefinition>

export const slot = z.object({
  /** The scheduled instant; for a manual run, when it was requested. */
  at: instant,
  outcome: words(slotOutcomes),
  /** When a scheduler claimed it. */
  claimedAt: instant.optional(),
  /** Seconds between `at` and `claimedAt`, if it was claimed. */
  lateSeconds: z.number().optional(),
  jobId: z.string().optional(),
  /** The canonical state in which the job ended, once observed. */
  jobState: z.string().optional(),
  finishedAt: instant.optional(),
  /** A sentence for operators, e.g. why it was skipped. */
  note: z.string().optional(),
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
  /** Through the display policy (`cron_args`): an object, or the policy's replacement. */
  args: z.unknown(),
  expression: z.string(),
  /** The expression in words, e.g. `At 02:00 AM`. */
  description: z.string(),
  timezone: z.string(),
  overlap: words(overlapPolicies),
  catchUp: words(catchUpPolicies),
  maxCatchUp: z.number().int(),
  version: z.number().int(),
  status: words(operatorStatuses),
  /** `ready`, `paused`, `missed_fire`, `scheduler_down`, `retired`, `enqueue_failed`. */
  diagnosis: z.string(),
  /** One sentence that explains the status. */
  detail: z.string(),
  pause: z
    .object({ at: instant, by: principal.optional(), reason: z.string().optional(), resumeAt: instant.optional() })
    .optional(),
  retiredAt: instant.optional(),
  lastRun: slot.optional(),
  /** Up to five; empty while paused or retired. */
  nextRuns: z.array(instant),
  /** The last slots, oldest first: 36 for a single entry; for a list, as many as `recent` requests. */
  recent: z.array(recentSlot),
  /** The next 12 instants, also while paused (when they would not run); in a list only if `recent` is requested. */
  coming: z.array(z.object({ at: instant, skipped: z.boolean() })),
  /** Number of unfinished jobs of this entry, as last observed. */
  unfinishedJobs: z.number().int(),
  /** Why this entry's definition cannot be changed; absent if it can. */
  definitionLocked: z.string().optional(),
  /** By operation: whether this actor may perform it on this entry, and why not. */
  permissions: z.record(z.string(), z.object({ allowed: z.boolean(), reason: z.string().optional() })),
  createdAt: instant,
  updatedAt: instant,
})
export type CronEntry = z.infer<typeof cronEntry>

export const cronHistory = z.object({
  entry: z.string(),
  from: instant,
  to: instant,
  /** Newest first. */
  slots: z.array(slot),
  /** Number of slots by outcome. */
  counts: z.record(z.string(), z.number().int()),
  completeness: z.object({ state: words(completenessStates), reasons: z.array(z.string()) }),
  /** True if the window held more slots than fit; `from` is then the oldest slot returned. */
  truncated: z.boolean(),
  asOf: instant,
})
export type CronHistory = z.infer<typeof cronHistory>

const byName = z.object({ name: text({ max: 100 }) })

export const listCronEntries = endpoint('listCronEntries', {
  summary: 'Cron entries by name, next run or health, with status, pause, last and next runs and, on request, recent slots',
  access: 'view_cron',
  query: z.strictObject({
    ...pageQuery,
    /** Part of the name. */
    q: text({ max: 100 }).optional(),
    source: words(cronSources).optional(),
    state: z.enum(['active', 'paused', 'retired']).optional(),
    queue: text({ max: 200 }).optional(),
    /** Exact names, separated by commas. */
    names: text({ max: 4000 }).optional(),
    /** `name`: natural order, so `mail_2` precedes `mail_10`. `next`: paused ones first, then by next run. `health`: the worst first. */
    sort: words(cronSorts).default('name'),
    /** Sorts by this first. */
    group: words(cronGroups).optional(),
    /** Number of last slots to include with each entry: default 0, maximum 36. */
    recent: z.coerce.number().int().min(0).max(maxRecentSlots).default(0),
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
  /** Defaults: `to` now, `from` a day before. At most 1,000 slots. */
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  output: cronHistory,
})
