import { z } from 'zod'
import { countOf, type EvidenceLine, formatCount } from '../../../schemas/index.ts'
import type { Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { BurstSeen } from '../sight/bursts.ts'
import { clock, rate, span, spanBetween } from '../words.ts'

const windowMinutes = 5
const maxOrigins = 3

const origin = z.object({ name: z.string(), count: z.number() })
const facts = z.object({
  queue: z.string(),
  worker: z.string(),
  fingerprint: z.string(),
  /** Not redacted. */
  sample: z.string(),
  failures: z.number(),
  /** null: the engine does not report how many jobs end. */
  attempts: z.number().nullable(),
  expected: z.number(),
  probability: z.number().nullable(),
  exhausted: z.number(),
  state: z.enum(['new', 'regression', 'known']),
  versions: z.array(origin),
  executors: z.array(origin),
  /** Versions and executors that serve the queue and have no failure of the group. */
  spared: z.object({ versions: z.array(z.string()), executors: z.array(z.string()) }),
  deploy: z.object({ version: z.string(), at: z.string() }).optional(),
  since: z.string(),
  lastAt: z.string(),
  asOf: z.string(),
})
type Facts = z.infer<typeof facts>

/** Errors of one group occur far more often than usual, and chance does not explain it. The rule is in `server/errors/burst.ts`. */
export const failureBurst: IncidentClass<Facts> = {
  name: 'failure_burst',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 10 * 60_000,
  find: ({ bursts }) => (bursts ? { asOf: bursts.asOf, candidates: bursts.value.map((burst) => candidateOf(burst, bursts.asOf)) } : 'unavailable'),
  describe,
  affected: ({ queue, since }) => ({ jobs: { filter: { queue, states: ['discarded', 'retryable'], time: { field: 'finished', from: new Date(Date.parse(since) - windowMinutes * 60_000) } } } }),
}

function candidateOf(burst: BurstSeen, asOf: Date): Candidate<Facts> {
  const { queue, worker, fingerprint, sample, failures, attempts, expected, probability, exhaustedOfDay, state, deploy, since, lastSeenAt } = burst
  const origins = (kind: 'version' | 'executor') => burst.origins.filter((each) => each.kind === kind).map(({ name, count }) => ({ name, count }))
  const spared = (kind: 'version' | 'executor', serving: (string | null)[]) => {
    const failing = new Set(origins(kind).map(({ name }) => name))
    return failing.size ? [...new Set(serving)].filter((name) => name !== null && !failing.has(name)) as string[] : []
  }
  return {
    key: `${queue}:${fingerprint}`,
    scope: { queue, worker, fingerprint },
    began: since,
    rate: failures / windowMinutes,
    count: exhaustedOfDay,
    facts: {
      queue,
      worker,
      fingerprint,
      sample,
      failures,
      attempts,
      expected,
      probability,
      exhausted: exhaustedOfDay,
      state,
      versions: origins('version'),
      executors: origins('executor'),
      spared: { versions: spared('version', burst.serving.map(({ version }) => version)), executors: spared('executor', burst.serving.map(({ name }) => name)) },
      ...(deploy && { deploy }),
      since: since.toISOString(),
      lastAt: lastSeenAt.toISOString(),
      asOf: asOf.toISOString(),
    },
  }
}

function describe(seen: Facts, { now, showError }: Telling): Description {
  const { queue, worker, failures, attempts, expected, exhausted, versions, spared, since, lastAt, asOf } = seen
  const usual = rate(expected / windowMinutes)
  return {
    title: `Burst of failures in ${worker}`,
    headline: `${countOf(failures, 'attempt')} of ${worker} failed with the same error in ${windowMinutes} min (usually ${Math.round(expected * 10) / 10}), since ${clock(since, now)}.`,
    error: showError(seen.sample.split('\n')[0]),
    measured: measuredOf(seen, now),
    ruledOut: ruledOutOf(seen),
    cause: only(versions, spared.versions, 'version') ?? only(seen.executors, spared.executors, 'executor'),
    facts: [
      { label: 'Failing now', value: `${rate(failures / windowMinutes)}, usually ${usual}` },
      ...(attempts ? [{ label: 'Share', value: `${Math.round((failures / attempts) * 100)} % of ${formatCount(attempts)} attempts` }] : []),
      { label: 'Failed for good', value: countOf(exhausted, 'job') },
      { label: 'Ongoing for', value: spanBetween(since, asOf) },
      { label: 'Latest failure', value: clock(lastAt, now) },
    ],
    affected: { jobs: { count: exhausted, how: 'exact' }, queues: [queue], executors: seen.executors.length || null },
  }
}

function measuredOf({ failures, attempts, expected, probability, state, versions, executors, deploy, since }: Facts, now: Date): EvidenceLine[] {
  const total = (some: { count: number }[]) => some.reduce((sum, { count }) => sum + count, 0)
  const share = (some: { name: string; count: number }[]) => some.slice(0, maxOrigins).map(({ name, count }) => ({ label: `On ${name}: ${formatCount(count)} of ${formatCount(total(some))}`, share: count / total(some) }))
  return [
    { label: `${Math.round(failures / Math.max(expected, 0.1))} times as many failures as usual`, note: `${windowMinutes} min window` },
    ...(attempts ? [{ label: `${formatCount(failures)} of ${formatCount(attempts)} attempts failed with it`, share: Math.min(1, failures / attempts) }] : []),
    ...share(versions),
    ...share(executors),
    ...(probability !== null ? [{ label: `Probability by chance: ${chanceOf(probability)}`, note: `${windowMinutes} min window` }] : []),
    ...(state === 'new' ? [{ label: 'Never seen before', note: 'errors' }] : state === 'regression' ? [{ label: 'It was resolved and has come back', note: 'errors' }] : []),
    ...(deploy ? [{ label: `${deploy.version} was deployed ${span(Date.parse(since) - Date.parse(deploy.at))} before it began, at ${clock(deploy.at, now)}`, note: 'order only' }] : []),
  ]
}

function chanceOf(probability: number): string {
  return probability < 1e-12 ? 'below 1 in 10¹²' : `below 1 in ${formatCount(10 ** Math.floor(-Math.log10(probability)))}`
}

function ruledOutOf({ attempts, failures, executors, spared }: Facts): EvidenceLine[] {
  const others = attempts === null ? 0 : attempts - failures
  return [
    ...(others > 0 ? [{ label: `Everything failing: ${countOf(others, 'other attempt')} did not fail with this error`, note: 'measured' }] : []),
    ...spared.versions.slice(0, maxOrigins).map((name) => ({ label: `${name}: it also serves this queue and had no failures`, note: 'measured' })),
    ...(executors.length > 1 ? [{ label: `A single executor: it failed on ${countOf(executors.length, 'executor')}`, note: 'measured' }] : []),
  ]
}

/** Named as the cause only if others serve the queue, too, and have none of the failures: else everything happens there. */
function only(failing: { name: string; count: number }[], spared: string[], what: string): EvidenceLine | undefined {
  const total = failing.reduce((sum, { count }) => sum + count, 0)
  const [first] = failing
  if (!first || !spared.length || first.count < total / 2) return undefined
  return { label: `It fails on ${what} ${first.name}`, share: first.count / total, note: 'measured' }
}
