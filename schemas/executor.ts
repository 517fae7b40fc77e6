import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { executorHealths } from './executor-words.ts'
import { page, pageQuery } from './page.ts'
import { jobStates } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

const rate = z.number().nullable()

export const executorQueue = z.object({
  name: z.string(),
  /** Jobs of it that can run at once here; null if the queues of this executor share its slots, or if it is unknown. */
  slots: z.number().int().nullable(),
  /** null: unknown, because the executor is missing or the engine does not report it. */
  used: z.number().int().nullable(),
  /** This executor takes no jobs of it, as it said with its last beat. */
  paused: z.boolean(),
  /** At most so many at once, set by an operator. */
  limit: z.number().int().nullable(),
  /** Over the last minute; null: unknown. */
  donePerMinute: rate,
  failedPerMinute: rate,
})

export const executor = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  pid: z.number().int().nullable(),
  /** What is deployed there; null if it does not say. */
  version: z.string().nullable(),
  /** `companion`: it reports itself. `engine`: the engine's own list has it, which says less. */
  source: words({ companion: 1, engine: 1 }),
  health: words(executorHealths),
  startedAt: instant.nullable(),
  /** Its last heartbeat; null: it sends none. */
  beatAt: instant.nullable(),
  /** When it signed off. */
  endedAt: instant.nullable(),
  /** When its silence made it late, and missing. */
  lateAt: instant.nullable(),
  missingAt: instant.nullable(),
  /** Those that this viewer may see. Every figure here is about them alone. */
  queues: z.array(executorQueue),
  /** What can run at once in all; null: unknown. */
  slots: z.number().int().nullable(),
  /** Jobs in hand: for a missing executor those of its last beat; null: unknown. */
  held: z.number().int().nullable(),
  /** When the job that it has had in hand for longest was taken. */
  oldestHeldAt: instant.nullable(),
  donePerMinute: rate,
  failedPerMinute: rate,
})
export type Executor = z.infer<typeof executor>

const count = z.number().int()

export const executorSummary = z.object({
  /** Without those that signed off. */
  executors: count,
  hosts: count,
  health: z.object({ healthy: count, late: count, missing: count, unknown: count }),
  /** Those that signed off within a day. */
  ended: count,
  /** Of healthy and late executors whose slots are known. */
  slots: count,
  used: count,
  /** What runs where, the version started last first. */
  versions: z.array(z.object({ version: z.string().nullable(), executors: count, firstStartedAt: instant, lastStartedAt: instant })),
  /** Queues that had an executor within a day and have none now, with the time of its last beat. */
  unattended: z.array(z.object({ queue: z.string(), since: instant })),
})

export const listExecutors = endpoint('listExecutors', {
  summary: 'Executors, the worst first, and a summary of all of them',
  access: 'view_queues',
  query: z.strictObject({
    queue: text({ max: 300 }).optional(),
    host: text({ max: 200 }).optional(),
    version: text({ max: 200 }).optional(),
    health: words(executorHealths).optional(),
    /** Part of the name or the host, in any case. */
    q: text({ max: 200 }).optional(),
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
  /** When this executor took it. */
  startedAt: instant,
  /** Its state in the engine now. */
  state: words(jobStates),
  /** How long jobs like it usually run; null: unknown. */
  usualSeconds: z.number().nullable(),
})

export const getExecutor = endpoint('getExecutor', {
  summary: 'One executor with the jobs it has in hand, those held longest first, at most 200',
  access: 'view_queues',
  params: z.object({ id: text({ max: 300 }) }),
  output: executor.extend({
    /** null: the engine does not answer, and what may be shown of them is not known. Jobs that the engine no longer has are left out. */
    jobs: z.array(heldJob).nullable(),
    /** Times of which it said afterwards that it could not report, the latest first. */
    gaps: z.array(z.object({ from: instant, to: instant, cause: words({ database: 1, process: 1 }) })),
    asOf: instant,
  }),
})
export type ExecutorDetail = z.infer<(typeof getExecutor)['output']>
