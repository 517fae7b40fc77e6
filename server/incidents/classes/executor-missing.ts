import { z } from 'zod'
import { countOf } from '../../../schemas/index.ts'
import type { Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { MissingExecutor } from '../sight/executors.ts'
import { clock, jobsOf, span, spanBetween } from '../words.ts'

const facts = z.object({
  executor: z.string(),
  name: z.string(),
  host: z.string(),
  version: z.string().nullable(),
  beatAt: z.string(),
  count: z.number(),
  queues: z.array(z.object({ queue: z.string(), count: z.number() })),
  jobIds: z.array(z.string()),
  oldestAt: z.string(),
  /** Queues that have no other executor left. */
  deserted: z.array(z.string()),
  asOf: z.string(),
})
type Facts = z.infer<typeof facts>

/** The engine shows jobs as executing on an executor that has not been heard from for too long. */
export const executorMissing: IncidentClass<Facts> = {
  name: 'executor_missing',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 2 * 60_000,
  find: ({ missing }) => (missing ? { asOf: missing.asOf, candidates: missing.value.map((each) => candidateOf(each, missing.asOf)) } : 'unavailable'),
  describe,
  affected: ({ jobIds }) => ({ jobs: { ids: jobIds } }),
}

function candidateOf({ executor, name, host, version, beatAt, count, jobs, queues, deserted }: MissingExecutor, asOf: Date): Candidate<Facts> {
  const [only, ...more] = queues
  return {
    key: executor,
    scope: { executor, ...(host && { host }), ...(only && !more.length ? { queue: only.queue } : { queues: queues.map(({ queue }) => queue) }) },
    began: new Date(beatAt),
    count,
    facts: { executor, name, host, version, beatAt, count, queues, jobIds: jobs.map(({ id }) => id), oldestAt: jobs.map(({ startedAt }) => startedAt).toSorted()[0] ?? beatAt, deserted, asOf: asOf.toISOString() },
  }
}

function describe({ name, host, version, beatAt, queues, oldestAt, deserted, asOf }: Facts, { now, sees }: Telling): Description {
  const shown = queues.filter(({ queue }) => sees(queue))
  const count = shown.reduce((sum, each) => sum + each.count, 0)
  const alone = deserted.filter(sees)
  const silent = spanBetween(beatAt, asOf)
  return {
    title: `${name} is missing`,
    headline: `${name}${host ? ` on ${host}` : ''} has not been heard from for ${silent}, and ${count === 1 ? 'a job is' : `${jobsOf(count)} are`} still executing on it.`,
    measured: [
      { label: `Last seen at ${clock(beatAt, now)}`, note: host ? 'heartbeat' : 'engine' },
      ...shown.map((each) => ({ label: `${each.queue}: ${jobsOf(each.count)} executing on it`, share: count ? each.count / count : undefined, note: 'engine' })),
      ...alone.map((queue) => ({ label: `${queue} has no other executor`, note: 'measured' })),
    ],
    ruledOut: [{ label: 'Clean shutdown: it did not sign off', note: 'measured' }],
    facts: [
      { label: 'Silent for', value: silent },
      { label: 'In hand', value: jobsOf(count) },
      { label: 'Longest', value: span(Date.parse(asOf) - Date.parse(oldestAt)) },
      ...(version ? [{ label: 'Version', value: version }] : []),
      { label: 'Reach', value: countOf(shown.length, 'queue') },
    ],
    affected: { jobs: { count, how: 'exact' }, queues: shown.map(({ queue }) => queue), executors: 1 },
  }
}
