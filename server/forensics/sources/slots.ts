import { type Slot, slotOutcomes, subjectPath } from '../../../schemas/index.ts'
import { showSlot } from '../../cron/show.ts'
import type { Scope } from '../../operations/scope.ts'
import { formatSeconds } from '../durations.ts'
import type { Source, SourceItem } from '../source.ts'

/** The slots of a cron entry, at the instants at which they were due. */
export const slotSource: Source = {
  key: 'cron',
  collect: (scope, { cron }) => ({ items: cron ? cron.slots.map((slot) => slotItem(scope, cron.entry.name, showSlot(slot))) : [], gaps: [], withheld: [] }),
}

function slotItem({ kit }: Scope, entry: string, slot: Slot): SourceItem {
  const claimed = slot.claimedAt !== undefined
  // A run links to its job.
  const ref = slot.jobId ? { type: 'job', id: slot.jobId, href: `${kit.base}${subjectPath('job', slot.jobId)}` } : { type: 'cron_slot', id: `${entry}@${slot.at}` }
  return {
    // A manual run may be requested at the instant of a slot, and two in one millisecond.
    id: `${slot.at} ${slot.outcome === 'manual_run' ? (slot.jobId ?? 'manual') : 'slot'}`,
    at: slot.at,
    label: describeSlot(slot),
    detail: [slotOutcomes[slot.outcome], slot.note].filter(Boolean).join(': '),
    // A claimed slot has a row written at that time; the others are derived from the expression and coverage.
    source: claimed ? 'cron' : 'coverage',
    kind: slot.outcome,
    provenance: slot.outcome === 'unknown' ? 'unknown' : claimed ? 'durable' : 'supporting',
    outcome: slot.outcome,
    ref,
    lane: 'slots',
    mark: slot.outcome,
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

function shorten(id: string): string {
  return id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id
}
