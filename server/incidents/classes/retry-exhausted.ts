import { z } from 'zod'
import { countMethods } from '../../../schemas/index.ts'
import type { Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { DiscardedSeen } from '../sight/discarded.ts'
import { capitalized, clock, jobsOf } from '../words.ts'

const facts = z.object({
  queue: z.string(),
  worker: z.string().optional(),
  fingerprint: z.string(),
  count: z.number(),
  how: z.enum(Object.keys(countMethods) as [keyof typeof countMethods]),
  ids: z.array(z.string()),
  /** Not redacted. */
  error: z.string().optional(),
  firstAt: z.string(),
  lastAt: z.string(),
})
type Facts = z.infer<typeof facts>

/** Jobs have failed for good within the last day and are still in the engine, so an operator has to decide what to do with them. */
export const retryExhausted: IncidentClass<Facts> = {
  name: 'retry_exhausted',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 0,
  find({ discarded }, thresholdsOf) {
    if (!discarded) return 'unavailable'
    const enough = discarded.value.filter(({ queue, count }) => count >= thresholdsOf(queue).exhaustedJobs)
    return { asOf: discarded.asOf, candidates: enough.map(candidateOf) }
  },
  describe,
  affected: ({ queue, count, ids, firstAt }) =>
    count === ids.length ? { jobs: { ids } } : { jobs: { filter: { queue, states: ['discarded'], time: { field: 'finished', from: new Date(Date.parse(firstAt) - 86_400_000) } } } },
}

function candidateOf(seen: DiscardedSeen): Candidate<Facts> {
  const { queue, fingerprint, worker, firstAt, count, ...more } = seen
  return { key: `${queue}:${fingerprint}`, scope: { queue, worker, fingerprint }, began: new Date(firstAt), count, facts: { queue, fingerprint, worker, firstAt, count, ...more } }
}

function describe({ queue, worker, count, how, error, lastAt }: Facts, { now, showError }: Telling): Description {
  const name = worker ?? queue
  return {
    title: `${name} failed for good`,
    headline: `${capitalized(jobsOf(count, how))} of ${name} ${count === 1 ? 'has' : 'have'} failed for good within the last day and will not be retried, the latest at ${clock(lastAt, now)}.`,
    error: showError(error?.split('\n')[0]),
    measured: [{ label: `${capitalized(jobsOf(count, how))} failed for good and still in the engine`, note: 'engine' }],
    ruledOut: [],
    facts: [
      { label: 'Failed for good', value: jobsOf(count, how) },
      { label: 'Latest', value: clock(lastAt, now) },
      { label: 'Queue', value: queue },
    ],
    affected: { jobs: { count, how }, queues: [queue], executors: null },
  }
}
