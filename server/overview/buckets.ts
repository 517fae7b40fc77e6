import type { AuditEvent, Bucket, OperatorStatus } from '../../schemas/index.ts'
import { operatorStatuses } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import type { EntryGlance } from './cron-attention.ts'

export interface Facts {
  glances: EntryGlance[]
  resolved: AuditEvent[]
}

/** Six buckets, always in this order, each with at most three exemplars, the worst first. */
export function fillBuckets(scope: Scope, { glances, resolved }: Facts): Bucket[] {
  const of = (status: EntryGlance['status']) => glances.filter((glance) => glance.status === status).toSorted(byImpact)
  const { base, bridges } = scope.kit
  const bridge = bridges[0]
  return [
    entryBucket(scope, 'needs_review', of('needs_review'), {
      one: 'One cron entry needs a decision.',
      many: (count) => `${count} cron entries need a decision.`,
      none: 'Nothing needs a decision.',
      step: { label: 'Review cron entries', href: `${base}/cron` },
    }),
    entryBucket(scope, 'blocked', [], {
      one: 'One thing is blocked.',
      many: (count) => `${count} things are blocked.`,
      none: 'Nothing is known to be blocked.',
    }),
    entryBucket(scope, 'waiting', of('waiting'), {
      one: 'One cron entry is paused.',
      many: (count) => `${count} cron entries are paused.`,
      none: 'Nothing is paused.',
      step: { label: 'Review paused entries', href: `${base}/cron?state=paused` },
    }),
    entryBucket(scope, 'runnable', of('runnable'), {
      one: 'One cron entry is free to run.',
      many: (count) => `${count} cron entries are free to run.`,
      none: 'No cron entry is free to run.',
      step: { label: 'Review runnable entries', href: `${base}/cron?state=active` },
    }),
    {
      ...emptyBucket(scope, 'bridge_only', bridge ? "Nothing is left to the engine's dashboard alone." : 'No engine dashboard is mounted, and nothing needs one.'),
      ownership: 'bridge',
      ownershipLabel: bridge?.label ?? 'bridge',
      posture: 'Inspection only',
      nextStep: bridge && { label: `Open ${bridge.label}`, href: bridge.href },
    },
    resolvedBucket(scope, resolved),
  ]
}

interface Sentences {
  one: string
  many: (count: number) => string
  none: string
  step?: Bucket['nextStep']
}

function entryBucket(scope: Scope, status: OperatorStatus, glances: EntryGlance[], { one, many, none, step }: Sentences): Bucket {
  const count = glances.length
  return {
    ...emptyBucket(scope, status, count === 0 ? none : count === 1 ? one : many(count)),
    count,
    nextStep: step,
    exemplars: glances.slice(0, 3).map(({ name, attention, at, partial }) => ({
      label: name,
      attention,
      at,
      href: `${scope.kit.base}/cron?entry=${encodeURIComponent(name)}`,
      forensicsHref: `${scope.kit.base}/forensics/cron_entry/${encodeURIComponent(name)}`,
      completeness: partial ? 'partial_evidence' : 'complete',
    })),
  }
}

function resolvedBucket(scope: Scope, events: AuditEvent[]): Bucket {
  const { base } = scope.kit
  const count = events.length
  const said = count === 0 ? 'Nothing was resolved in the last 24 hours.' : count === 1 ? 'One pause ended in the last 24 hours.' : `${count} pauses ended in the last 24 hours.`
  return {
    ...emptyBucket(scope, 'resolved', said),
    title: 'Resolved Recently',
    count,
    nextStep: count ? { label: 'Review what ended', href: `${base}/audit?eventType=cron.resumed` } : undefined,
    exemplars: events.slice(0, 3).map((event) => ({
      label: event.subject.id,
      attention: `resumed by ${event.actor.label}${event.reason ? `: “${event.reason}”` : ''}`,
      at: event.occurredAt,
      href: `${base}/audit?event=${event.id}`,
      forensicsHref: `${base}/forensics/cron_entry/${encodeURIComponent(event.subject.id)}`,
      completeness: 'complete',
    })),
  }
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

/** By impact first; among equals the sooner one, then the name. */
function byImpact(a: EntryGlance, b: EntryGlance): number {
  return a.rank - b.rank || (a.at ?? '').localeCompare(b.at ?? '') || a.name.localeCompare(b.name)
}
