import type { AuditEvent, ChronologyItem, Slot } from '../../schemas/index.ts'
import { findEventFacts, formatCount, operationLabel, slotOutcomes, subjectPath } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { forensicsHref } from './bundle.ts'

const maxItems = 200

/** Newest first, compared at full precision. The sort is stable: items of the same instant keep their order. */
export function newestFirst(items: ChronologyItem[]): ChronologyItem[] {
  return items.toSorted((a, b) => (sortable(a.at) < sortable(b.at) ? 1 : sortable(a.at) > sortable(b.at) ? -1 : 0)).slice(0, maxItems)
}

/** Pads the fraction so that milliseconds and microseconds compare as text. */
function sortable(at: string): string {
  return at.replace(/(\.\d+)?Z$/, (_, fraction: string = '.') => `${fraction.padEnd(7, '0')}Z`)
}

export function eventItem(scope: Scope, event: AuditEvent): ChronologyItem {
  return {
    at: event.occurredAt,
    label: describeEvent(event),
    detail: event.reason,
    source: 'audit',
    provenance: 'durable',
    actor: event.actor,
    outcome: event.outcome,
    ref: { type: 'audit_event', id: event.id, href: forensicsHref(scope, 'audit_event', event.id) },
  }
}

export function describeEvent({ actor, eventType, action, outcome, code, jobs }: AuditEvent): string {
  const attempt = `“${operationLabel(action)}” (${code ?? 'no code'})`
  if (outcome === 'denied') return `${actor.label} was denied ${attempt}`
  if (code === 'orphan_request') return `The outcome of ${attempt.replace(/ \(.*/, '')}, requested by ${actor.label}, is unknown`
  if (outcome === 'failed' && eventType !== 'host.follow_up') return `${actor.label} tried ${attempt}; it failed`
  if (outcome === 'requested') return `${actor.label} requested “${operationLabel(action)}” from the engine`
  const verb = findEventFacts(eventType)?.verb ?? eventType
  return `${actor.label} ${jobs === undefined ? verb : verb.replace('the job', `${formatCount(jobs)} jobs together`)}`
}

export function slotItem({ kit }: Scope, entry: string, slot: Slot): ChronologyItem {
  const claimed = slot.claimedAt !== undefined
  return {
    at: slot.claimedAt ?? slot.at,
    label: describeSlot(slot),
    detail: [slotOutcomes[slot.outcome], slot.note].filter(Boolean).join(': '),
    // A claimed slot has a row written at that time; the others are derived from the expression and coverage.
    source: claimed ? 'cron' : 'coverage',
    provenance: slot.outcome === 'unknown' ? 'unknown' : claimed ? 'durable' : 'supporting',
    outcome: slot.outcome,
    // A run links to its job.
    ref: slot.jobId
      ? { type: 'job', id: slot.jobId, href: `${kit.base}${subjectPath('job', slot.jobId)}` }
      : { type: 'cron_slot', id: `${entry}@${slot.at}` },
  }
}

function describeSlot(slot: Slot): string {
  const job = slot.jobId ? `job ${shorten(slot.jobId)}` : 'no job'
  if (slot.outcome === 'manual_run') return `Run manually, ${job}${describeEnd(slot)}`
  if (slot.claimedAt) return `Slot claimed${describeLateness(slot)}, ${job}${describeEnd(slot)}`
  const plain: Partial<Record<Slot['outcome'], string>> = {
    missed_fire: 'The slot was not claimed although a scheduler was alive',
    scheduler_down: 'The slot was not claimed; no scheduler was on record',
    paused: 'Not run: the entry was paused',
    skipped_by_operator: 'Not run: an operator skipped this slot',
    skipped_overlap: 'Not run: the previous run had not ended',
    queued_follow_up: 'Waiting for the previous run to end',
    unknown: 'Nothing was recorded for this slot',
  }
  return plain[slot.outcome] ?? slotOutcomes[slot.outcome]
}

function describeLateness({ lateSeconds }: Slot): string {
  return lateSeconds !== undefined && lateSeconds > 30 ? ` ${formatSeconds(lateSeconds)} late` : ''
}

function describeEnd({ claimedAt, finishedAt, jobState }: Slot): string {
  if (!claimedAt || !finishedAt) return ''
  const seconds = (Date.parse(finishedAt) - Date.parse(claimedAt)) / 1000
  return ` ${jobState ?? 'ended'} after ${formatSeconds(Math.max(0, seconds))}`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

function shorten(id: string): string {
  return id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id
}
