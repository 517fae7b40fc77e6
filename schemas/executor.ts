import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { executorHealths } from './executor-words.ts'
import { page, pageQuery } from './page.ts'
import { jobStates } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

const rate = z.number().nullable()

export const executorQueue = z.object({
  name: z.string(),
  slots: z.number().int().nullable().describe('Jobs of it that can run at once here; null if the queues of this executor share its slots, or if it is unknown.'),
  used: z.number().int().nullable().describe('null: unknown, because the executor is missing or the engine does not report it.'),
  paused: z.boolean().describe('This executor takes no jobs of it, as it said with its last beat.'),
  limit: z.number().int().nullable().describe('At most so many at once, set by an operator.'),
  donePerMinute: rate.describe('Over the last minute; null: unknown.'),
  failedPerMinute: rate,
})

export const executor = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  pid: z.number().int().nullable(),
  version: z.string().nullable().describe('What is deployed there; null if it does not say.'),
  source: words({ companion: 1, engine: 1 }).describe("`companion`: it reports itself. `engine`: the engine's own list has it, which says less."),
  health: words(executorHealths),
  startedAt: instant.nullable(),
  beatAt: instant.nullable().describe('Its last heartbeat; null: it sends none.'),
  endedAt: instant.nullable().describe('When it signed off.'),
  lateAt: instant.nullable().describe('When its silence made it late, and missing.'),
  missingAt: instant.nullable(),
  queues: z.array(executorQueue).describe('Those that this viewer may see. Every figure here is about them alone.'),
  slots: z.number().int().nullable().describe('What can run at once in all; null: unknown.'),
  held: z.number().int().nullable().describe('Jobs in hand: for a missing executor those of its last beat; null: unknown.'),
  oldestHeldAt: instant.nullable().describe('When the job that it has had in hand for longest was taken.'),
  donePerMinute: rate,
  failedPerMinute: rate,
})
export type Executor = z.infer<typeof executor>

const count = z.number().int()

export const executorSummary = z.object({
  executors: count.describe('Without those that signed off.'),
  hosts: count,
  health: z.object({ healthy: count, late: count, missing: count, unknown: count }),
  ended: count.describe('Those that signed off within a day.'),
  slots: count.describe('Of healthy and late executors whose slots are known.'),
  used: count,
  versions: z.array(z.object({ version: z.string().nullable(), executors: count, firstStartedAt: instant, lastStartedAt: instant })).describe('What runs where, the version started last first.'),
  unattended: z.array(z.object({ queue: z.string(), since: instant })).describe('Queues that had an executor within a day and have none now, with the time of its last beat.'),
})

export const listExecutors = endpoint('listExecutors', {
  summary: 'Executors, the worst first, and a summary of all of them',
  access: 'view_queues',
  query: z.strictObject({
    queue: text({ max: 300 }).optional(),
    host: text({ max: 200 }).optional(),
    version: text({ max: 200 }).optional(),
    health: words(executorHealths).optional(),
    q: text({ max: 200 }).optional().describe('Part of the name or the host, in any case.'),
    ...pageQuery,
  }),
  output: page(executor).extend({ summary: executorSummary }),
})
export type ExecutorList = z.infer<(typeof listExecutors)['output']>

/** A job in hand, as far as the viewer may see it. */
export const heldJob = z.object({
  id: z.string(),
  queue: z.string(),
  worker: z.string().optional(),
  attempt: count.optional(),
  maxAttempts: count.optional(),
  startedAt: instant.describe('When this executor took it.'),
  state: words(jobStates).describe('Its state in the engine now.'),
  usualSeconds: z.number().nullable().describe('How long jobs like it usually run; null: unknown.'),
})

export const getExecutor = endpoint('getExecutor', {
  summary: 'One executor with the jobs it has in hand, those held longest first, at most 200',
  access: 'view_queues',
  params: z.object({ id: text({ max: 300 }) }),
  output: executor.extend({
    jobs: z.array(heldJob).nullable().describe('null: the engine does not answer, and what may be shown of them is not known. Jobs that the engine no longer has are left out.'),
    gaps: z.array(z.object({ from: instant, to: instant, cause: words({ database: 1, process: 1 }) })).describe('Times of which it said afterwards that it could not report, the latest first.'),
    asOf: instant,
  }),
})
export type ExecutorDetail = z.infer<(typeof getExecutor)['output']>
