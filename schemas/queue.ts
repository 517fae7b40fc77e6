import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, queueDiagnoses, queueOrders, subjectStatuses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const queueName = text({ max: 300 })

export const queue = z.object({
  name: z.string(),
  status: words(subjectStatuses).describe('Every surface derives it by the same rule. `unknown`: not measured for five minutes, or never.'),
  diagnosis: words(queueDiagnoses).describe('The reason for the status. `not_looked`: the figures are too old.'),
  cause: z.string().describe('The same in a few words with its figures, as of the answer: `nothing started for 3 h 1 min`.'),
  since: instant.optional().describe('Since when the diagnosis holds; for `not_looked`, when the queue was last measured. Omitted if unknown.'),
  incident: z.object({ id: z.string(), title: z.string() }).nullable().describe('The open incident that decided the status.'),
  age: words({ fresh: 1, lagging: 1, unknown: 1 }).describe('How far its figures may be trusted: older than a minute they lag, older than five they say nothing about the present.'),
  quiet: z.boolean().describe('Nothing waits, nothing runs and nothing has happened for an hour.'),
  due: z.object({ count: z.number().int(), how: words(countMethods) }).nullable().describe('Jobs that could start now: available ones, and scheduled ones and retries whose time has come; null: not measured.'),
  oldestDueAt: instant.nullable().describe('Since when the oldest of them could have started; jobs caught in a retry storm are left out.'),
  depth: z.array(z.object({ state: words(jobStates), count: z.number().int(), how: words(countMethods) })).describe('Number of jobs by state; states that the engine cannot count cheaply are omitted.'),
  oldestAvailableAt: instant.nullable().describe('When the longest-waiting available job became available.'),
  paused: z
    .object({ at: instant.optional(), by: principal.optional(), reason: z.string().optional(), eventId: z.string().optional() })
    .nullable()
    .describe('null: not paused. `by` is absent for a pause made in the engine itself, whose actor is unknown.'),
  executors: z.number().int().nullable().describe('Number of executors serving it; null if the engine does not report them.'),
  attendance: z
    .object({ healthy: z.number().int(), late: z.number().int(), missing: z.number().int(), slots: z.number().int().nullable(), used: z.number().int() })
    .nullable()
    .describe('What the executors that report themselves say together; null if none does. `slots` is null if they share them with other queues.'),
  lately: z.object({
    startedPerMinute: z.number().nullable().describe('For an engine that removes completed jobs: those that its executors report to have ended in the last minute.'),
    failedPerMinute: z.number().nullable().describe('Failed attempts.'),
    usualFailedPerMinute: z.number().nullable().describe('Over the last days, older ones counting less.'),
    failing: z.boolean().describe('Markedly more than usual.'),
    waitP95Seconds: z.number().nullable().describe('95th percentile from due to start, including jobs that are still waiting.'),
  }).describe('Over the last ten minutes, as far as they were measured; null: unknown.'),
  limit: z.number().int().nullable().describe('Number of jobs it runs at once; null if the engine does not report it or there is no limit.'),
  finishedPerMinute: z.number().nullable().describe('Jobs that ended per minute over the last hour; null until measured.'),
  failedPerMinute: z.number().nullable(),
  waitP95Seconds: z.number().nullable().describe('95th percentile over the last hour of the time from due to start; null if no job started.'),
  series: z.array(
    z.object({ at: instant, finished: z.number(), failed: z.number(), waiting: z.number().nullable(), waitP95Seconds: z.number().nullable() }),
  ).describe('One point per minute, oldest first, at most 60.'),
  operations: z.record(z.string(), permission).describe('By operation: whether this actor may perform it now on this engine, and why not.'),
  asOf: instant,
})
export type Queue = z.infer<typeof queue>

export const listQueues = endpoint('listQueues', {
  summary: 'Queues by name or the worst first, as last measured, and a summary of all of them',
  access: 'view_queues',
  query: z.strictObject({
    name: queueName.optional().describe('Part of the name, in any case.'),
    order: words(queueOrders).default('name').describe('`worst`: blocked, in need of review, failing, unknown, waiting, deep, moving, quiet; within these the longest wait first.'),
    quiet: words({ no: 1, only: 1 }).optional().describe('Leave out quiet queues, or list only these.'),
    ...pageQuery,
  }),
  output: page(queue).extend({
    summary: z.object({
      queues: z.number().int(),
      quiet: z.object({ count: z.number().int(), names: z.array(z.string()) }).describe('The first names, by code unit.'),
      waiting: z.number().int().describe('Jobs that could start now, in the queues that were measured lately.'),
      sentence: z.object({ before: z.string(), queue: z.string().optional(), after: z.string().optional(), calm: z.string().optional() }).describe('Where work piles up. The parts follow one another; `queue` is a name.'),
    }).describe('Of all queues that the filter by name leaves, not only of this page.'),
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
  failedPerMinute: rate.describe('Failed attempts.'),
  discardedPerMinute: rate.describe('Jobs that failed for good.'),
  waiting: z.number().nullable().describe('At the end of the step, as the figures after it.'),
  due: z.number().nullable(),
  executing: z.number().nullable(),
  oldestDueSeconds: seconds,
  waitP95Seconds: seconds.describe('With those still waiting; the greatest of the step.'),
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
    headline: z.string().describe('What is so, in one sentence.'),
    ruledOut: z.array(z.string()).describe('What a measurement excludes as the cause of trouble, in a few words each; empty if there is none.'),
    drainMinutes: z.number().nullable().describe('When the jobs that are due will be gone if it goes on as in the last quarter of an hour; null: they are not getting fewer.'),
    chart: z.object({ from: instant, to: instant, stepSeconds: z.number().int(), steps: z.array(queueStep).describe('Complete steps that were measured, oldest first.') }),
    oldest: z.array(z.object({ id: z.string(), worker: z.string().optional(), dueAt: instant, cronEntry: z.string().optional().describe('The cron entry that made it.') })).nullable().describe('The available jobs that were created first, the longest wait first, as far as this viewer may see them; null: the engine does not answer.'),
    running: z
      .object({
        asOf: instant,
        jobs: z.array(z.object({ id: z.string(), worker: z.string().optional(), startedAt: instant, executor: z.string().optional(), usualSeconds: seconds })),
      })
      .nullable()
      .describe('Jobs that have been executing for longest, when they were last looked at; null: not known.'),
    hostLines: z.object({ stop: z.string().optional(), attend: z.string().optional() }).describe('Lines that the host runs in its own worker process, to copy.'),
    fedBy: z.object({
      entries: z.array(z.object({ name: z.string(), nextSlotAt: instant.nullable(), paused: z.boolean(), waiting: z.number().int().nullable().describe('Of the jobs looked at; null: not known.') })),
      looked: z.object({ jobs: z.number().int(), all: z.boolean() }).nullable().describe('How many available jobs were looked at, the oldest first, and whether these are all; null: the engine does not answer.'),
    }).describe('Cron entries that make jobs for it, and whose jobs the available ones are.'),
  }),
})
export type QueueDetail = z.infer<(typeof getQueue)['output']>
export type QueueRange = keyof typeof queueRanges
