import { type Bucket, countOf, evidencePath, type OperatorStatus, subjectPath } from '../../schemas/index.ts'
import { operatorStatuses } from '../../schemas/index.ts'
import { bucketSteps, resolvedRecently } from '../../schemas/overview-words.ts'
import type { Scope } from '../operations/scope.ts'
import { type Attention, byImpact, cronAttention, pausedQueueRank, withoutCovered } from './attention.ts'
import type { EntryGlance } from './cron-attention.ts'
import { type DiscardedLately, withoutToldFailures } from './discarded-attention.ts'
import type { Resolved } from './resolved.ts'

/** `asOf`: when something was last counted; null: never. `stale`: too long ago. */
interface Freshness {
  asOf: Date | null
  stale: boolean
}

export interface Facts {
  /** Open incidents, each in the bucket of its status. */
  incidents: { status: OperatorStatus; attention: Attention }[]
  glances: EntryGlance[]
  queues: Attention[]
  /** When queues were last measured; `stale`: too long ago to tell whether one is stuck. */
  measured: Freshness
  discarded: DiscardedLately
  requests: Attention[]
  resolved: Resolved
}

/** Six buckets, always in this order, each with at most three exemplars, the worst first. */
export function fillBuckets(scope: Scope, facts: Facts): Bucket[] {
  const incidents = facts.incidents.map(({ attention }) => attention)
  const incidentsOf = (status: OperatorStatus) => facts.incidents.filter((each) => each.status === status).map(({ attention }) => attention)
  const of = (status: EntryGlance['status']) => withoutCovered(facts.glances.filter((glance) => glance.status === status).map((glance) => cronAttention(scope, glance)), incidents)
  const { base, bridges } = scope.kit
  const bridge = bridges[0]
  const requests = withoutCovered(facts.requests, incidents)
  const discarded = withoutToldFailures(facts.discarded, incidents)
  const review = [...incidentsOf('needs_review'), ...of('needs_review'), ...discarded.attention, ...requests]
  const queues = withoutCovered(facts.queues, incidents)
  const pausedQueues = queues.filter(({ rank }) => rank === pausedQueueRank)
  const stuckQueues = queues.filter(({ rank }) => rank !== pausedQueueRank)
  const blocked = [...incidentsOf('blocked'), ...stuckQueues]
  const waiting = [...incidentsOf('waiting'), ...of('waiting'), ...pausedQueues]
  return [
    bucket(scope, 'needs_review', review, {
      count: review.length - discarded.attention.length + discarded.count,
      capped: discarded.capped || undefined,
      freshness: discarded,
      diagnosis: describeReview(incidentsOf('needs_review').length, of('needs_review').length, { discarded, requests }),
      quiet: 'Nothing needs a decision.',
      nextStep: stepOfReview(base, review),
    }),
    bucket(scope, 'blocked', blocked, {
      freshness: facts.measured,
      diagnosis: describeBlocked(incidentsOf('blocked').length, stuckQueues.length, facts),
      quiet: 'Nothing is known to be blocked.',
      nextStep: { label: bucketSteps.queues, href: blocked.length === 1 ? blocked[0]!.exemplar.href : `${base}/queues` },
    }),
    bucket(scope, 'waiting', waiting, {
      diagnosis: describeWaiting(incidentsOf('waiting').length, of('waiting').length, pausedQueues.length),
      quiet: 'No cron entry and no queue is paused.',
      nextStep: of('waiting').length || !pausedQueues.length ? { label: bucketSteps.pausedEntries, href: `${base}/cron?state=paused` } : { label: bucketSteps.pausedQueues, href: `${base}/queues` },
    }),
    bucket(scope, 'runnable', of('runnable'), {
      diagnosis: sentence([`${counted(of('runnable').length, 'cron entry is', 'cron entries are')} ready to run`]),
      quiet: 'No cron entry is ready to run.',
      nextStep: { label: bucketSteps.runnableEntries, href: `${base}/cron?state=active` },
    }),
    {
      // A bridge may show more of the engine, but jobs, queues and runs are operated natively.
      ...emptyBucket(scope, 'bridge_only', bridge ? "Nothing requires the engine's dashboard." : 'No engine dashboard is mounted, and nothing needs one.'),
      ownership: 'bridge',
      ownershipLabel: bridge?.label ?? 'bridge',
      posture: 'Inspection only',
      nextStep: bridge && { label: `Open ${bridge.label}`, href: bridge.href },
    },
    resolvedBucket(scope, facts.resolved),
  ]
}

interface Content {
  count?: number
  /** Freshness of the part that is not read live. */
  freshness?: Freshness
  capped?: boolean
  diagnosis: string
  /** The diagnosis of an empty bucket. */
  quiet: string
  nextStep: NonNullable<Bucket['nextStep']>
}

function bucket(scope: Scope, status: OperatorStatus, attention: Attention[], { count = attention.length, capped, freshness, diagnosis, quiet, nextStep }: Content): Bucket {
  const empty = emptyBucket(scope, status, count === 0 && !freshness?.stale ? quiet : diagnosis)
  return {
    ...empty,
    asOf: freshness?.asOf && !freshness.stale ? freshness.asOf.toISOString() : empty.asOf,
    // Without a recent count there may be any number, so the known number is a lower bound.
    count: freshness?.stale && count === 0 ? null : count,
    capped: (freshness?.stale && count > 0) || capped,
    lookedAt: freshness?.stale ? (freshness.asOf?.toISOString() ?? null) : undefined,
    nextStep,
    exemplars: attention.toSorted(byImpact).slice(0, 3).map(({ kind, exemplar }) => ({ kind, ...exemplar })),
  }
}

function describeIncidents(count: number): string[] {
  return count ? [`${counted(count, 'incident is', 'incidents are')} open`] : []
}

function describeReview(incidents: number, entries: number, { discarded, requests }: { discarded: ReturnType<typeof withoutToldFailures>; requests: Attention[] }): string {
  const parts = [
    ...describeIncidents(incidents),
    ...(entries ? [`${counted(entries, 'cron entry needs', 'cron entries need')} a decision`] : []),
    ...(discarded.count ? [`${discarded.capped ? 'at least ' : ''}${counted(discarded.count, 'job', 'jobs')} failed for good in the last 24 hours`] : []),
    ...(discarded.stale ? [describeLastCount('jobs that failed for good', discarded)] : []),
    ...(requests.length ? [`the outcome of ${counted(requests.length, 'change is', 'changes are')} unknown`] : []),
  ]
  return sentence(parts)
}

function describeLastCount(what: string, { asOf }: Freshness): string {
  return asOf ? `${what} were last counted at ${asOf.toISOString()}` : `${what} have not been counted yet`
}

function describeWaiting(incidents: number, entries: number, queues: number): string {
  return sentence([
    ...describeIncidents(incidents),
    ...(entries ? [`${counted(entries, 'cron entry is', 'cron entries are')} paused`] : []),
    ...(queues ? [`${counted(queues, 'queue is', 'queues are')} paused`] : []),
  ])
}

function describeBlocked(incidents: number, stuck: number, { measured }: Facts): string {
  return sentence([
    ...describeIncidents(incidents),
    ...(stuck ? [`nothing starts in ${counted(stuck, 'queue', 'queues')}`] : []),
    ...(measured.stale ? [describeLastCount('queues in which nothing starts', measured)] : []),
  ])
}

/** Leads to the kind of the worst item. */
function stepOfReview(base: string, review: Attention[]): NonNullable<Bucket['nextStep']> {
  const [worst] = review.toSorted(byImpact)
  if (worst?.kind === 'incident') return { label: bucketSteps.incidents, href: `${base}/incidents` }
  if (worst?.kind === 'job') return { label: bucketSteps.jobs, href: `${base}/list?state=discarded` }
  if (worst?.kind === 'request') return { label: bucketSteps.requests, href: `${base}/audit?outcome=requested` }
  return { label: bucketSteps.entries, href: `${base}/cron` }
}

function resolvedBucket(scope: Scope, { count, capped, newest, incidents, onlyQueues }: Resolved): Bucket {
  const { base } = scope.kit
  const pauses = count - incidents
  const ended = [...(incidents ? [counted(incidents, 'incident', 'incidents')] : []), ...(pauses ? [counted(pauses, 'pause', 'pauses')] : [])].join(' and ')
  const diagnosis = count === 0 ? 'Nothing was resolved in the last 24 hours.' : sentence([`${ended} ended in the last 24 hours`])
  const eventType = onlyQueues ? 'queue.resumed' : 'cron.resumed'
  const nextStep = incidents ? { label: bucketSteps.resolvedIncidents, href: `${base}/incidents?state=resolved` } : { label: bucketSteps.endedPauses, href: `${base}/audit?eventType=${eventType}` }
  return {
    ...emptyBucket(scope, 'resolved', diagnosis),
    title: resolvedRecently,
    count,
    capped: (capped && count > 0) || undefined,
    nextStep: count ? nextStep : undefined,
    exemplars: newest.map((event) => ({
      label: event.subject.type === 'incident' ? titleOfIncident(event) : event.subject.id,
      attention: event.subject.type === 'incident' ? 'is over' : `resumed by ${event.actor.label}${event.reason ? `: “${event.reason}”` : ''}`,
      at: event.occurredAt,
      href: `${base}${subjectPath('audit_event', event.id)}`,
      forensicsHref: `${base}${evidencePath(event.subject.type, event.subject.id)}`,
      completeness: 'complete',
    })),
  }
}

function titleOfIncident({ metadata: { title } }: Resolved['newest'][number]): string {
  return typeof title === 'string' ? title : 'An incident'
}

function emptyBucket(scope: Scope, status: OperatorStatus, diagnosis: string): Bucket {
  return {
    status,
    title: operatorStatuses[status],
    count: 0,
    asOf: scope.now.toISOString(),
    diagnosis,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    exemplars: [],
  }
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `one ${one}` : countOf(count, one, many)
}

function sentence(parts: string[]): string {
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
