import { countOf, evidencePath, type Exemplar, operationLabel, subjectPath } from '../../schemas/index.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import { type BlockedQueue, listBlockedQueues } from '../queues/blocked.ts'
import type { Scope } from '../operations/scope.ts'
import type { EntryGlance } from './cron-attention.ts'
import { listOrphanRequests } from '../operations/open-requests.ts'

/** An item of a bucket. Lower ranks are worse. */
export interface Attention {
  kind: 'incident' | 'cron' | 'queue' | 'job' | 'request'
  rank: number
  /** The subject that it is about, e.g. `queue mails`; several items about one subject are one case. */
  covers?: string
  exemplar: Exemplar
}

/** A pause is somebody's decision: it waits, and blocks nothing that was meant to go on. */
export const pausedQueueRank = 30

/** By rank, then by time (earliest first), then by name. */
export function byImpact(a: Attention, b: Attention): number {
  return a.rank - b.rank || (a.exemplar.at ?? '').localeCompare(b.exemplar.at ?? '') || a.exemplar.label.localeCompare(b.exemplar.label)
}

/** Without those about a subject that one of `incidents` is about. */
export function withoutCovered(attention: Attention[], incidents: Attention[]): Attention[] {
  const covered = new Set(incidents.map(({ covers }) => covers))
  return attention.filter(({ covers }) => covers === undefined || !covered.has(covers))
}

export function cronAttention({ kit: { base } }: Scope, { name, attention, at, partial, rank }: EntryGlance): Attention {
  return {
    kind: 'cron',
    rank,
    covers: `cron_entry ${name}`,
    exemplar: {
      label: name,
      attention,
      at,
      href: `${base}${subjectPath('cron_entry', name)}`,
      forensicsHref: `${base}${evidencePath('cron_entry', name)}`,
      completeness: partial ? 'partial_evidence' : 'complete',
    },
  }
}

/** Queues in which no jobs start, those that are paused included. */
export async function queueAttention(scope: Scope): Promise<Attention[]> {
  const { base } = scope.kit
  return (await listBlockedQueues(scope)).map((blocked) => ({
    kind: 'queue',
    covers: `queue ${blocked.queue}`,
    rank: blocked.diagnosis === 'paused' ? pausedQueueRank : 15,
    exemplar: {
      label: blocked.queue,
      attention: describeBlockedQueue(scope, blocked),
      at: blocked.since?.toISOString(),
      href: `${base}${subjectPath('queue', blocked.queue)}`,
      forensicsHref: `${base}${evidencePath('queue', blocked.queue)}`,
      completeness: blocked.diagnosis === 'paused' && !blocked.pausedBy ? 'partial_evidence' : 'complete',
    },
  }))
}

function describeBlockedQueue({ viewer }: Scope, { queue, diagnosis, cause, due, pausedBy, reason }: BlockedQueue): string {
  const waiting = due ? `, ${countOf(due, 'job')} waiting` : ''
  if (diagnosis === 'no_executor') return cause
  if (diagnosis !== 'paused') return `${cause}${waiting}`
  const subject = { type: 'queue', id: queue }
  const by = pausedBy ? ` by ${showPrincipal(pausedBy, viewer, 'view_overview', subject).label}` : ' outside this product'
  const shown = showText('reason', reason, viewer, 'view_overview', subject)
  return `paused${by}${waiting}${shown ? `: “${shown}”` : ''}`
}

/** Changes whose outcome is unknown. */
export async function requestAttention(scope: Scope): Promise<Attention[]> {
  const { base } = scope.kit
  return (await listOrphanRequests(scope)).map(({ eventId, action, subject, actor, at }) => ({
    kind: 'request',
    rank: 5,
    covers: `audit_event ${eventId}`,
    exemplar: {
      label: subject.id,
      attention: `“${operationLabel(action)}” was requested by ${showPrincipal(actor, scope.viewer, 'view_overview', subject).label}; whether the engine did it is unknown`,
      at,
      href: `${base}${subjectPath('audit_event', eventId)}`,
      forensicsHref: `${base}${evidencePath('audit_event', eventId)}`,
      completeness: 'partial_evidence',
    },
  }))
}
