import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { catchUpPolicies, completenessStates, cronSources, maxRecentSlots, operatorStatuses, overlapPolicies, slotOutcomes } from './vocabulary.ts'
import { instant, jsonObject, text, words } from './words.ts'

/** A cron entry's name: stable, used in URLs, shown to people. */
export const cronName = text({ max: 100 }).regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/, 'starts with a letter or digit; then letters, digits and . _ : / -')

/** What a person decides about an entry. Expression and timezone are checked by the server, which knows both. */
export const cronDefinition = z.strictObject({
  queue: text({ max: 200 }),
  /** The engine's word for the code that runs, where it has one besides the queue. */
  worker: text({ max: 200 }).optional(),
  /** What the job receives. */
  args: jsonObject.default({}),
  /** Five fields: minute, hour, day of month, month, day of week. */
  expression: text({ max: 200 }),
  /** IANA name, e.g. `Europe/Berlin`. */
  timezone: text({ max: 100 }).default('Etc/UTC'),
  overlap: words(overlapPolicies).default('queue_one'),
  catchUp: words(catchUpPolicies).default('latest'),
  /** With catch-up `all`: at most this many missed slots are run. 1 to 1000. */
  maxCatchUp: z.number().int().min(1).max(1000).default(1),
})
export type CronDefinition = z.infer<typeof cronDefinition>

export const slot = z.object({
  /** The instant the expression names; for a manual run, when it was asked for. */
  at: instant,
  outcome: words(slotOutcomes),
  /** When a scheduler took it. */
  claimedAt: instant.optional(),
  /** Seconds between `at` and `claimedAt`, when a job was made. */
  lateSeconds: z.number().optional(),
  jobId: z.string().optional(),
  /** Canonical state the job ended in, once seen. */
  jobState: z.string().optional(),
  finishedAt: instant.optional(),
  /** A sentence for people, e.g. why it was skipped. */
  note: z.string().optional(),
})
export type Slot = z.infer<typeof slot>

/** A slot of the strip: what a mark and its words need. The history has the rest. */
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
  /** One sentence beside the status. */
  detail: z.string(),
  pause: z
    .object({ at: instant, by: principal.optional(), reason: z.string().optional(), resumeAt: instant.optional() })
    .optional(),
  retiredAt: instant.optional(),
  lastRun: slot.optional(),
  /** Up to five; empty while paused or retired. */
  nextRuns: z.array(instant),
  /** Oldest first, as one can read them at a glance. One entry: its last 36 slots; a list: as many as `recent` asks for. */
  recent: z.array(recentSlot),
  /** The next 12 instants, also while paused (they would be skipped). */
  coming: z.array(z.object({ at: instant, skipped: z.boolean() })),
  /** Unfinished jobs of this entry, as of the last look. */
  unfinishedJobs: z.number().int(),
  /** Why the operator may not change this entry's definition; absent when it may be changed. */
  definitionLocked: z.string().optional(),
  /** What this actor may do with this entry: operation → allowed, with the reason when not. */
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
  /** How many slots had each outcome. */
  counts: z.record(z.string(), z.number().int()),
  completeness: z.object({ state: words(completenessStates), reasons: z.array(z.string()) }),
  /** True when the window held more slots than fit; `from` was moved to the oldest one answered. */
  truncated: z.boolean(),
  asOf: instant,
})
export type CronHistory = z.infer<typeof cronHistory>

const byName = z.object({ name: text({ max: 100 }) })

export const listCronEntries = endpoint('listCronEntries', {
  summary: 'Cron entries by name, with status, pause, last and next runs and, when asked for, a strip of recent slots',
  access: 'view_cron',
  query: z.strictObject({
    ...pageQuery,
    /** Part of the name. */
    q: text({ max: 100 }).optional(),
    source: words(cronSources).optional(),
    state: z.enum(['active', 'paused', 'retired']).optional(),
    /** How many of its last slots each entry comes with: none unless told, 36 at most. */
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
  summary: 'Every slot of a window, classified from expression, coverage and slots',
  access: 'view_cron',
  params: byName,
  /** Defaults: `to` now, `from` a day before. At most 1,000 slots. */
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  output: cronHistory,
})
