import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { cronSources } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

/** The permission of the reader for one operation. */
const permission = z.object({ allowed: z.boolean(), reason: z.string().optional() })

export const comingRun = z.object({
  at: instant,
  /** An operator marked it as skipped. */
  skipped: z.boolean(),
  /** The entry will still be paused at that instant, so it will not run. */
  paused: z.boolean(),
})
export type ComingRun = z.infer<typeof comingRun>

/** Runs at a regular interval, instead of each of them. */
export const rhythm = z.object({
  /** The first of them. */
  from: instant,
  /** The last of them. */
  to: instant,
  /** Seconds from one to the next. */
  everySeconds: z.number(),
  runs: z.number().int(),
})
export type Rhythm = z.infer<typeof rhythm>

export const comingEntry = z.object({
  name: z.string(),
  source: words(cronSources),
  queue: z.string(),
  expression: z.string(),
  /** The expression in words. */
  description: z.string(),
  timezone: z.string(),
  /** How long a run usually takes, from its instant until its job has ended; absent if too little is known. */
  usual: z
    .object({
      seconds: z.number(),
      /** `entry`: the median of its own last runs. `queue`: what is usual for jobs of its queue and worker, without their wait. */
      basis: z.enum(['entry', 'queue']),
      /** How many runs it is based on; for `queue`, older ones count less. */
      runs: z.number().int(),
    })
    .optional(),
  /** Present while it is paused. */
  pause: z.object({ reason: z.string().optional(), resumeAt: instant.optional() }).optional(),
  /** Each run, if there are no more than 48 in the window; oldest first. */
  runs: z.array(comingRun),
  /** Instead of `runs`, if there are more: stretches of regular runs. At most 200; skipped runs are in `runs` as well. */
  rhythms: z.array(rhythm),
  /** Until when the runs were computed; absent if until the end of the window. */
  computedUntil: instant.optional(),
  permissions: z.object({ skip_cron_slot: permission, unskip_cron_slot: permission, resume_cron_entry: permission }),
})
export type ComingEntry = z.infer<typeof comingEntry>

export const listComingRuns = endpoint('listComingRuns', {
  summary: 'The coming runs of cron entries on one time axis, with how long each usually takes',
  access: 'view_cron',
  /** Default: the next 24 hours. At most 8 days, within the next year. */
  query: z.strictObject({
    from: instant.optional(),
    to: instant.optional(),
    /** Part of the name. */
    q: text({ max: 100 }).optional(),
    queue: text({ max: 200 }).optional(),
    /** Exact names, separated by commas. */
    names: text({ max: 4000 }).optional(),
    source: words(cronSources).optional(),
  }),
  output: z.object({
    from: instant,
    to: instant,
    /** Those with a run in the window, soonest first. */
    entries: z.array(comingEntry),
    /** True if more than 500 entries match; those that run soonest are listed. */
    capped: z.boolean(),
    asOf: instant,
  }),
})
export type ComingRuns = z.infer<(typeof listComingRuns)['output']>

export const clockNote = z.object({
  /** When the clocks change. */
  at: instant,
  /** `runs_after_gap`: the skipped local time runs once, when the gap ends. `left_out`: it does not run in the gap. `runs_once`: of a repeated local time only the first runs. `runs_twice`: both run. */
  kind: z.enum(['runs_after_gap', 'left_out', 'runs_once', 'runs_twice']),
  /** The local time that this is about, e.g. `02:30`. */
  local: z.string(),
})
export type ClockNote = z.infer<typeof clockNote>

export const previewCronSchedule = endpoint('previewCronSchedule', {
  summary: 'What a schedule means, before it is saved: its words and its next runs, or what is wrong with it; changes nothing',
  access: 'view_cron',
  query: z.strictObject({
    expression: z.string().max(200).default(''),
    timezone: z.string().max(100).default('Etc/UTC'),
  }),
  output: z.object({
    /** What is wrong, if anything. Then there are no words and no runs. */
    errors: z.array(z.object({ field: z.enum(['expression', 'timezone']), message: z.string(), /** A valid value that was probably meant. */ suggestion: z.string().optional() })),
    /** The expression in words. */
    description: z.string().optional(),
    /** The next five runs. */
    nextRuns: z.array(instant),
    /** What happens when the clocks of that timezone change within a year, if it concerns this schedule. */
    clockNotes: z.array(clockNote),
    asOf: instant,
  }),
})
export type SchedulePreview = z.infer<(typeof previewCronSchedule)['output']>
