import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, queueDiagnoses, queueOrders, subjectStatuses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const queueName = text({ max: 300 })

export const queue = z.object({
  name: z.string(),
  /** Every surface derives it by the same rule. `unknown`: not measured for five minutes, or never. */
  status: words(subjectStatuses),
  /** The reason for the status. `not_looked`: the figures are too old. */
  diagnosis: words(queueDiagnoses),
  /** The same in a few words with its figures, as of the answer: `nothing started for 3 h 1 min`. */
  cause: z.string(),
  /** Since when the diagnosis holds; for `not_looked`, when the queue was last measured. Omitted if unknown. */
  since: instant.optional(),
  /** The open incident that decided the status. */
  incident: z.object({ id: z.string(), title: z.string() }).nullable(),
  /** How far its figures may be trusted: older than a minute they lag, older than five they say nothing about the present. */
  age: words({ fresh: 1, lagging: 1, unknown: 1 }),
  /** Nothing waits, nothing runs and nothing has happened for an hour. */
  quiet: z.boolean(),
  /** Jobs that could start now: available ones, and scheduled ones and retries whose time has come; null: not measured. */
  due: z.object({ count: z.number().int(), how: words(countMethods) }).nullable(),
  /** Since when the oldest of them could have started; jobs caught in a retry storm are left out. */
  oldestDueAt: instant.nullable(),
  /** Number of jobs by state; states that the engine cannot count cheaply are omitted. */
  depth: z.array(z.object({ state: words(jobStates), count: z.number().int(), how: words(countMethods) })),
  /** When the longest-waiting available job became available. */
  oldestAvailableAt: instant.nullable(),
  /** null: not paused. `by` is absent for a pause made in the engine itself, whose actor is unknown. */
  paused: z
    .object({ at: instant.optional(), by: principal.optional(), reason: z.string().optional(), eventId: z.string().optional() })
    .nullable(),
  /** Number of executors serving it; null if the engine does not report them. */
  executors: z.number().int().nullable(),
  /** What the executors that report themselves say together; null if none does. `slots` is null if they share them with other queues. */
  attendance: z
    .object({ healthy: z.number().int(), late: z.number().int(), missing: z.number().int(), slots: z.number().int().nullable(), used: z.number().int() })
    .nullable(),
  /** Over the last ten minutes, as far as they were measured; null: unknown. */
  lately: z.object({
    /** For an engine that removes completed jobs: those that its executors report to have ended in the last minute. */
    startedPerMinute: z.number().nullable(),
    /** Failed attempts. */
    failedPerMinute: z.number().nullable(),
    /** Over the last days, older ones counting less. */
    usualFailedPerMinute: z.number().nullable(),
    /** Markedly more than usual. */
    failing: z.boolean(),
    /** 95th percentile from due to start, including jobs that are still waiting. */
    waitP95Seconds: z.number().nullable(),
  }),
  /** Number of jobs it runs at once; null if the engine does not report it or there is no limit. */
  limit: z.number().int().nullable(),
  /** Jobs that ended per minute over the last hour; null until measured. */
  finishedPerMinute: z.number().nullable(),
  failedPerMinute: z.number().nullable(),
  /** 95th percentile over the last hour of the time from due to start; null if no job started. */
  waitP95Seconds: z.number().nullable(),
  /** One point per minute, oldest first, at most 60. */
  series: z.array(
    z.object({ at: instant, finished: z.number(), failed: z.number(), waiting: z.number().nullable(), waitP95Seconds: z.number().nullable() }),
  ),
  /** By operation: whether this actor may perform it now on this engine, and why not. */
  operations: z.record(z.string(), permission),
  asOf: instant,
})
export type Queue = z.infer<typeof queue>

export const listQueues = endpoint('listQueues', {
  summary: 'Queues by name or the worst first, as last measured, and a summary of all of them',
  access: 'view_queues',
  query: z.strictObject({
    /** Part of the name, in any case. */
    name: queueName.optional(),
    /** `worst`: blocked, in need of review, failing, unknown, waiting, deep, moving, quiet; within these the longest wait first. */
    order: words(queueOrders).default('name'),
    /** Leave out quiet queues, or list only these. */
    quiet: words({ no: 1, only: 1 }).optional(),
    ...pageQuery,
  }),
  output: page(queue).extend({
    /** Of all queues that the filter by name leaves, not only of this page. */
    summary: z.object({
      queues: z.number().int(),
      /** The first names, by code unit. */
      quiet: z.object({ count: z.number().int(), names: z.array(z.string()) }),
      /** Jobs that could start now, in the queues that were measured lately. */
      waiting: z.number().int(),
      /** Where work piles up. The parts follow one another; `queue` is a name. */
      sentence: z.object({ before: z.string(), queue: z.string().optional(), after: z.string().optional(), calm: z.string().optional() }),
    }),
  }),
})
export type QueueList = z.infer<(typeof listQueues)['output']>

const rate = z.number().nullable()
const seconds = z.number().nullable()

/** One step of a queue's series, with rates over what was measured of it; null: not known. */
export const queueStep = z.object({
  at: instant,
  startedPerMinute: rate,
  finishedPerMinute: rate,
  /** Failed attempts. */
  failedPerMinute: rate,
  /** Jobs that failed for good. */
  discardedPerMinute: rate,
  /** At the end of the step, as the figures after it. */
  waiting: z.number().nullable(),
  due: z.number().nullable(),
  executing: z.number().nullable(),
  oldestDueSeconds: seconds,
  /** With those still waiting; the greatest of the step. */
  waitP95Seconds: seconds,
  runP50Seconds: seconds,
  runP95Seconds: seconds,
})

export const queueRanges = { '1h': '1 h', '6h': '6 h', '24h': '24 h' } as const

export const getQueue = endpoint('getQueue', {
  summary: 'One queue with its series, its oldest and longest-running jobs and what feeds it',
  access: 'view_queues',
  params: z.object({ name: queueName }),
  query: z.strictObject({ range: words(queueRanges).default('1h') }),
  output: queue.omit({ series: true }).extend({
    /** What is so, in one sentence. */
    headline: z.string(),
    /** What a measurement excludes as the cause of trouble, in a few words each; empty if there is none. */
    ruledOut: z.array(z.string()),
    /** When the jobs that are due will be gone if it goes on as in the last quarter of an hour; null: they are not getting fewer. */
    drainMinutes: z.number().nullable(),
    chart: z.object({ from: instant, to: instant, stepSeconds: z.number().int(), /** Complete steps that were measured, oldest first. */ steps: z.array(queueStep) }),
    /** The available jobs that were created first, the longest wait first, as far as this viewer may see them; null: the engine does not answer. */
    oldest: z.array(z.object({ id: z.string(), worker: z.string().optional(), dueAt: instant, /** The cron entry that made it. */ cronEntry: z.string().optional() })).nullable(),
    /** Jobs that have been executing for longest, when they were last looked at; null: not known. */
    running: z
      .object({
        asOf: instant,
        jobs: z.array(z.object({ id: z.string(), worker: z.string().optional(), startedAt: instant, executor: z.string().optional(), usualSeconds: seconds })),
      })
      .nullable(),
    /** Lines that the host runs in its own worker process, to copy. */
    hostLines: z.object({ stop: z.string().optional(), attend: z.string().optional() }),
    /** Cron entries that make jobs for it, and whose jobs the available ones are. */
    fedBy: z.object({
      entries: z.array(z.object({ name: z.string(), nextSlotAt: instant.nullable(), paused: z.boolean(), /** Of the jobs looked at; null: not known. */ waiting: z.number().int().nullable() })),
      /** How many available jobs were looked at, the oldest first, and whether these are all; null: the engine does not answer. */
      looked: z.object({ jobs: z.number().int(), all: z.boolean() }).nullable(),
    }),
  }),
})
export type QueueDetail = z.infer<(typeof getQueue)['output']>
export type QueueRange = keyof typeof queueRanges
