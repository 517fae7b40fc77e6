import { countOf, type IncidentClassName, type Trouble } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import type { Attention } from './attention.ts'
import type { Facts } from './buckets.ts'
import { cronAttention, withoutCovered } from './attention.ts'
import { withoutToldFailures } from './discarded-attention.ts'
import { type OpenIncidents, troubleOfGlimpse, troubleOfIncident } from './incidents.ts'

/** More problems of one kind are counted instead of named. */
const maxNamed = 2

/** An open incident of one of these classes already reports that work has stopped. */
const explainsHalt: IncidentClassName[] = ['engine_unreachable', 'stuck_queue', 'saturated_queue', 'executor_missing']

export function explainsStandstill({ items, others }: OpenIncidents): boolean {
  return [...items, ...others].some(({ class: name }) => explainsHalt.includes(name))
}

/** What is wrong, worst first: incidents, then problems that have no incident. A pause is not a problem. */
export function listTroubles(scope: Scope, { items, others }: OpenIncidents, facts: Facts): Trouble[] {
  const { base } = scope.kit
  const told = facts.incidents.map(({ attention }) => attention)
  const stuck = withoutCovered(facts.queues, told).filter(({ rank }) => rank === 15)
  const entries = withoutCovered(facts.glances.filter(({ status }) => status === 'needs_review').map((glance) => cronAttention(scope, glance)), told)
  const requests = withoutCovered(facts.requests, told)
  const { count, capped } = withoutToldFailures(facts.discarded, told)
  return [
    ...items.flatMap((incident) => troubleOfIncident(scope, incident)),
    ...others.flatMap((glimpse) => troubleOfGlimpse(scope, glimpse)),
    ...namedOrCounted(stuck, 'blocked', `Nothing starts in ${countOf(stuck.length, 'queue')}.`, `${base}/queues`),
    ...(count
      ? [{ status: 'needs_review' as const, text: `${capped ? 'At least ' : ''}${countOf(count, 'job')} failed for good in the last 24 hours.`, href: `${base}/list?state=discarded` }]
      : []),
    ...namedOrCounted(entries, 'needs_review', `${countOf(entries.length, 'cron entry needs', 'cron entries need')} a decision.`, `${base}/cron`),
    ...namedOrCounted(requests, 'needs_review', `The outcome of ${countOf(requests.length, 'change is', 'changes are')} unknown.`, `${base}/audit?outcome=requested`),
  ]
}

function namedOrCounted(attention: Attention[], status: Trouble['status'], counted: string, href: string): Trouble[] {
  if (attention.length > maxNamed) return [{ status, text: counted, href }]
  return attention.map(({ exemplar }) => ({ status, text: `${exemplar.label}: ${exemplar.attention}.`, about: exemplar.label, href: exemplar.href }))
}
