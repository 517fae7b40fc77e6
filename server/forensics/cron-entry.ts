import { type Bundle, type CronEntry, type NextPath, type OperationAction, subjectPath } from '../../schemas/index.ts'
import { countOf, formatCount, operationActions, slotOutcomes } from '../../schemas/index.ts'
import type { ClassifiedSlot } from '../cron/history.ts'
import { type ClassifiedHistory, getCronEvidence } from '../cron/read.ts'
import { showSlot } from '../cron/show.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'
import { followUpOf } from './audit-event.ts'
import { auditPath, externalPaths, unknownBundle } from './bundle.ts'
import { eventItem, newestFirst, slotItem } from './chronology.ts'
import { listTrail, type Trail } from './trail.ts'

const windowDays = 42
/** For a busy entry, on-time slots are dropped first; slots that need attention stay. */
const maxSlots = 120

/** The evidence about a cron entry, from its slots, the scheduler's coverage and the audit log. */
export async function cronBundle(scope: Scope, name: string): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_cron', { type: 'page', id: 'cron' })
  if (!allowed) return unknownBundle(scope, { type: 'cron_entry', id: name }, 'You may not see cron entries.', ['cron entries'])
  const evidence = await findEvidence(scope, name)
  const trail = await listTrail(scope, 'cron_entry', name)
  if (!evidence) return deletedBundle(scope, name, trail)
  const { entry, history } = evidence
  return {
    subject: { type: 'cron_entry', id: name, label: name, href: `${scope.kit.base}${subjectPath('cron_entry', name)}` },
    diagnosis: diagnose(entry, history),
    completeness: completenessOf(history, trail),
    window: { from: history.from, to: history.to },
    chronology: newestFirst([
      ...trail.events.map((event) => eventItem(scope, event)),
      ...selectSlots(history.slots).map((slot) => slotItem(scope, name, showSlot(slot))),
    ]),
    linkedResources: trail.events.slice(0, 5).map(({ id, eventType }) => ({
      type: 'audit_event',
      id,
      label: eventType,
      href: `${scope.kit.base}${subjectPath('audit_event', id)}`,
    })),
    nextPaths: await nextPaths(scope, entry),
    runbook: runbookFor(entry, history),
    followUp: followUpOf(trail.events) ?? (scope.kit.escalation ? undefined : { status: 'unconfigured' }),
    slots: history.slots.slice(0, maxSlots).toReversed().map(({ at, outcome, note, jobId }) => ({ at: at.toISOString(), outcome, note, jobId })),
    withheld: trail.withheld,
    asOf: scope.now.toISOString(),
  }
}

async function findEvidence(scope: Scope, name: string): Promise<{ entry: CronEntry; history: ClassifiedHistory } | null> {
  const now = scope.now.getTime()
  // The clock of this process may lag behind the creation time of the entry.
  const fromOf = ({ createdAt }: { createdAt: Date }) => new Date(Math.min(Math.max(createdAt.getTime(), now - windowDays * 86_400_000), now - 1_000))
  return getCronEvidence(scope, name, fromOf).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}

/** A deleted entry may still have audit events. */
function deletedBundle(scope: Scope, name: string, trail: Trail): Bundle {
  const bundle = unknownBundle(scope, { type: 'cron_entry', id: name }, 'Supply the name of a cron entry that exists.', trail.withheld)
  if (!trail.events.length) return bundle
  const reason = 'The entry no longer exists, and its slots were deleted with it. The audit log still has these events.'
  return {
    ...bundle,
    diagnosis: { status: 'resolved', title: `${name} no longer exists.`, detail: reason, provenance: 'durable' },
    completeness: { state: 'partial_evidence', reasons: [reason] },
    chronology: newestFirst(trail.events.map((event) => eventItem(scope, event))),
  }
}

function diagnose(entry: CronEntry, { counts }: ClassifiedHistory): Bundle['diagnosis'] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const onTime = counts.on_time ?? 0
  const troubled = (['delayed', 'missed_fire', 'scheduler_down', 'unknown'] as const)
    .filter((outcome) => counts[outcome])
    .map((outcome) => `${formatCount(counts[outcome]!)} ${slotOutcomes[outcome]}`)
  const history = total ? `In this window, ${formatCount(onTime)} of ${countOf(total, 'slot')} ran on time${troubled.length ? `; ${troubled.join(', ')}` : ''}.` : 'No slot was due in this window.'
  return { status: entry.status, title: entry.detail, detail: history, provenance: 'durable' }
}

function completenessOf(history: ClassifiedHistory, trail: Trail): Bundle['completeness'] {
  const gaps = [
    ...trail.gaps,
    ...(history.truncated ? [`The window holds more slots than can be shown; it now begins at ${history.from}.`] : []),
  ]
  const { state, reasons } = history.completeness
  return { state: state === 'complete' && gaps.length ? 'partial_evidence' : state, reasons: [...reasons, ...gaps] }
}

function selectSlots(slots: ClassifiedSlot[]): ClassifiedSlot[] {
  const troubled = slots.filter(({ outcome }) => outcome !== 'on_time')
  const quiet = slots.filter(({ outcome }) => outcome === 'on_time')
  return [...troubled.slice(0, maxSlots / 2), ...quiet.slice(0, maxSlots / 2)]
}

async function nextPaths(scope: Scope, entry: CronEntry): Promise<NextPath[]> {
  const actions: OperationAction[] = [entry.pause ? 'resume_cron_entry' : 'pause_cron_entry', 'run_cron_entry', 'skip_cron_slot']
  const native = actions.map((action, index): NextPath => ({
    order: index + 1,
    ownership: 'powertools_native',
    ownershipLabel: 'Powertools-native',
    posture: 'Audited action',
    label: `${operationActions[action].label}: ${entry.name}`,
    detail: pathDetail(action, entry),
    operation: { action, subject: { type: 'cron_entry', id: entry.name }, ...(entry.permissions[action] ?? { allowed: false }) },
  }))
  const foreign = await externalPaths(scope, native.length + 2)
  return [...native, auditPath(scope, { type: 'cron_entry', id: entry.name }, native.length + 1), ...foreign]
}

function pathDetail(action: OperationAction, { coming }: CronEntry): string {
  const next = coming[0]?.at
  if (action === 'resume_cron_entry') return next ? `The next run would be ${next}.` : 'It has no next run.'
  if (action === 'pause_cron_entry') return 'Future claims stop until resumed; a run that is executing now continues.'
  if (action === 'run_cron_entry') return 'Creates one job now, recorded as a manual run.'
  return 'Skips one upcoming slot and no other.'
}

function runbookFor(entry: CronEntry, { completeness, counts }: ClassifiedHistory): Bundle['runbook'] {
  const missed = (counts.missed_fire ?? 0) + (counts.scheduler_down ?? 0)
  return {
    title: entry.pause ? 'A paused entry' : missed ? 'An entry that missed runs' : 'A cron entry',
    whyNow: entry.detail,
    prerequisites: [
      { label: 'The evidence covers the whole window', met: completeness.state === 'complete' },
      { label: 'You may act on this entry', met: Object.values(entry.permissions).some(({ allowed }) => allowed) },
    ],
    cautions: [
      ...(completeness.state === 'complete' ? [] : ['The evidence has gaps: no record of a problem does not mean there was none.']),
      ...(entry.unfinishedJobs ? [`${countOf(entry.unfinishedJobs, 'job of this entry has', 'jobs of this entry have')} not ended.`] : []),
      'Two events close together do not prove that one caused the other.',
    ],
    steps: stepsFor(entry, missed),
  }
}

function stepsFor(entry: CronEntry, missed: number): string[] {
  if (entry.pause) return ['Find out who paused it and why.', 'Ask them, or check that the reason no longer holds.', 'Resume it, or let it resume by itself.']
  if (missed) return ['Check whether a scheduler was alive at the missed slots.', 'Decide whether the missed work is still wanted.', 'Run it now if it is.']
  return ['Compare the strip with what you expect.', 'Pause it if it must not run for a while, and set when it resumes.']
}
