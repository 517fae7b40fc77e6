import { z } from 'zod'
import { isFarBeyond } from '../../figures/usual.ts'
import type { Thresholds } from '../../options.ts'
import type { Candidate, Description, IncidentClass } from '../class.ts'
import { pairOf, type RunningSeen } from '../sight/running.ts'
import { jobsOf, span } from '../words.ts'

const facts = z.object({
  queue: z.string(),
  worker: z.string().optional(),
  jobs: z.array(z.object({ id: z.string(), seconds: z.number(), executor: z.string().optional(), attended: z.string().optional() })),
  usualSeconds: z.number(),
  usualMaxSeconds: z.number(),
  runs: z.number(),
  factor: z.number(),
  asOf: z.string(),
})
type Facts = z.infer<typeof facts>

/** Jobs of one worker that have been running far beyond their own usual duration. */
export const longRunningJob: IncidentClass<Facts> = {
  name: 'long_running_job',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 30_000,
  find({ running }, thresholdsOf) {
    if (!running) return 'unavailable'
    const long = running.value.filter((job) => isLong(job, running.asOf, thresholdsOf(job.queue)))
    return { asOf: running.asOf, candidates: [...Map.groupBy(long, pairOf).values()].map((jobs) => candidateOf(jobs, running.asOf)) }
  },
  describe,
  affected: ({ jobs }) => ({ jobs: { ids: jobs.map(({ id }) => id) } }),
}

/** Without a usual duration nothing is unusual. */
function isLong({ startedAt, usual }: RunningSeen, asOf: Date, thresholds: Thresholds): boolean {
  return usual !== undefined && isFarBeyond((asOf.getTime() - Date.parse(startedAt)) / 1000, usual, thresholds)
}

function candidateOf(jobs: RunningSeen[], asOf: Date): Candidate<Facts> {
  const [first] = jobs
  const { queue, worker, usual } = first!
  const executors = new Set(jobs.map(({ executor }) => executor))
  const began = new Date(Math.min(...jobs.map(({ startedAt }) => Date.parse(startedAt))))
  return {
    key: pairOf({ queue, worker }),
    scope: { queue, worker, ...(executors.size === 1 && { executor: first!.executor }), ...(jobs.length === 1 && { jobId: first!.id }) },
    began,
    count: jobs.length,
    facts: {
      queue,
      worker,
      jobs: jobs.map(({ id, startedAt, executor, attended }) => ({ id, seconds: (asOf.getTime() - Date.parse(startedAt)) / 1000, executor, attended })),
      usualSeconds: usual!.p50Seconds,
      usualMaxSeconds: usual!.p95Seconds,
      runs: usual!.runs,
      factor: Math.max(...jobs.map(({ startedAt }) => (asOf.getTime() - Date.parse(startedAt)) / 1000)) / usual!.p50Seconds,
      asOf: asOf.toISOString(),
    },
  }
}

function describe({ queue, worker, jobs, usualSeconds, usualMaxSeconds, runs, factor }: Facts): Description {
  const name = worker ?? queue
  const longest = span(Math.max(...jobs.map(({ seconds }) => seconds)) * 1000)
  const usual = span(usualSeconds * 1000)
  const attended = jobs.filter((job) => job.attended !== undefined)
  return {
    title: jobs.length === 1 ? `${name} is running long` : `${jobsOf(jobs.length)} of ${name} are running long`,
    headline: jobs.length === 1 ? `A job of ${name} has been running for ${longest}; usually it takes ${usual}.` : `${jobsOf(jobs.length)} of ${name} have been running for up to ${longest}; usually they take ${usual}.`,
    measured: [
      { label: `${jobs.length === 1 ? 'Running for' : `${jobsOf(jobs.length)} running for up to`} ${longest}, usually ${usual}`, note: 'measured' },
      { label: `${Math.round(factor)} times as long as usual; 95 % take at most ${span(usualMaxSeconds * 1000)}`, note: `${Math.round(runs)} earlier runs` },
    ],
    ruledOut: attended.length === jobs.length ? [{ label: attended[0]!.attended!, note: 'measured' }] : [],
    facts: [
      { label: 'Longest', value: longest },
      { label: 'Usually', value: usual },
      { label: 'Jobs', value: String(jobs.length) },
      ...(worker ? [{ label: 'Worker', value: worker }] : []),
    ],
    affected: { jobs: { count: jobs.length, how: 'exact' }, queues: [queue], executors: new Set(jobs.flatMap(({ executor }) => executor ?? [])).size || null },
  }
}
