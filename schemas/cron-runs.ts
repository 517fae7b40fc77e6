import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { cronSources } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

/** The permission of the reader for one operation. */
const permission = z.object({ allowed: z.boolean(), reason: z.string().optional() })

export const comingRun = z.object({
  at: instant,
  skipped: z.boolean().describe('An operator marked it as skipped.'),
  paused: z.boolean().describe('The entry will still be paused at that instant, so it will not run.'),
})
export type ComingRun = z.infer<typeof comingRun>

/** Runs at a regular interval, instead of each of them. */
export const rhythm = z.object({
  from: instant.describe('The first of them.'),
  to: instant.describe('The last of them.'),
  everySeconds: z.number().describe('Seconds from one to the next.'),
  runs: z.number().int(),
})
export type Rhythm = z.infer<typeof rhythm>

export const comingEntry = z.object({
  name: z.string(),
  source: words(cronSources),
  queue: z.string(),
  expression: z.string(),
  description: z.string().describe('The expression in words.'),
  timezone: z.string(),
  usual: z
    .object({
      seconds: z.number(),
      basis: z.enum(['entry', 'queue']).describe('`entry`: the median of its own last runs. `queue`: what is usual for jobs of its queue and worker, without their wait.'),
      runs: z.number().int().describe('How many runs it is based on; for `queue`, older ones count less.'),
    })
    .optional()
    .describe('How long a run usually takes, from its instant until its job has ended; absent if too little is known.'),
  pause: z.object({ reason: z.string().optional(), resumeAt: instant.optional() }).optional().describe('Present while it is paused.'),
  runs: z.array(comingRun).describe('Each run, if there are no more than 48 in the window; oldest first.'),
  rhythms: z.array(rhythm).describe('Instead of `runs`, if there are more: stretches of regular runs. At most 200; skipped runs are in `runs` as well.'),
  computedUntil: instant.optional().describe('Until when the runs were computed; absent if until the end of the window.'),
  permissions: z.object({ skip_cron_slot: permission, unskip_cron_slot: permission, resume_cron_entry: permission }),
})
export type ComingEntry = z.infer<typeof comingEntry>

export const listComingRuns = endpoint('listComingRuns', {
  summary: 'The coming runs of cron entries on one time axis, with how long each usually takes',
  access: 'view_cron',
  query: z.strictObject({
    from: instant.optional(),
    to: instant.optional(),
    q: text({ max: 100 }).optional().describe('Part of the name.'),
    queue: text({ max: 200 }).optional(),
    names: text({ max: 4000 }).optional().describe('Exact names, separated by commas.'),
    source: words(cronSources).optional(),
  }).describe('Default: the next 24 hours. At most 8 days, within the next year.'),
  output: z.object({
    from: instant,
    to: instant,
    entries: z.array(comingEntry).describe('Those with a run in the window, soonest first.'),
    capped: z.boolean().describe('True if more than 500 entries match; those that run soonest are listed.'),
    asOf: instant,
  }),
})
export type ComingRuns = z.infer<(typeof listComingRuns)['output']>

export const clockNote = z.object({
  at: instant.describe('When the clocks change.'),
  kind: z.enum(['runs_after_gap', 'left_out', 'runs_once', 'runs_twice']).describe('`runs_after_gap`: the skipped local time runs once, when the gap ends. `left_out`: it does not run in the gap. `runs_once`: of a repeated local time only the first runs. `runs_twice`: both run.'),
  local: z.string().describe('The local time that this is about, e.g. `02:30`.'),
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
    errors: z.array(z.object({ field: z.enum(['expression', 'timezone']), message: z.string(), suggestion: z.string().optional().describe('A valid value that was probably meant.') })).describe('What is wrong, if anything. Then there are no words and no runs.'),
    description: z.string().optional().describe('The expression in words.'),
    nextRuns: z.array(instant).describe('The next five runs.'),
    clockNotes: z.array(clockNote).describe('What happens when the clocks of that timezone change within a year, if it concerns this schedule.'),
    asOf: instant,
  }),
})
export type SchedulePreview = z.infer<(typeof previewCronSchedule)['output']>
