import { type Bundle, type CronEntry, type EvidenceGap, type NextPath, type OperationAction, subjectPath } from '../../schemas/index.ts'
import { countOf, formatCount, operationActions, slotOutcomes } from '../../schemas/index.ts'
import { type ClassifiedHistory, type CronEvidence, getCronEvidence } from '../cron/read.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, rangeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { followUpOf } from './audit-event.ts'
import { auditPath, externalPaths, forensicsHref, unknownBundle } from './bundle.ts'
import { adviceForCronEntry } from './runbooks/cron-entry.ts'
import { runbookOf } from './runbooks/runbook.ts'
import type { Facts } from './source.ts'
import { listTrail, type Trail } from './trail.ts'

const usualRange = '21d'

/** The evidence about a cron entry, from its slots, the scheduler's coverage and the audit log. */
export async function cronBundle(scope: Scope, name: string, asked: Asked): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_cron', { type: 'page', id: 'cron' })
  const subject = { type: 'cron_entry', id: name }
  if (!allowed) return unknownBundle(scope, subject, 'You may not see cron entries.', ['cron entries'])
  const [evidence, trail] = await Promise.all([findEvidence(scope, name, asked), listTrail(scope, 'cron_entry', name, asked)])
  if (!evidence) return deletedBundle(scope, name, trail, asked)
  const { entry, history, older } = evidence
  const window = { ...rangeWindow(asked, scope.now, usualRange, new Date(entry.createdAt)), from: new Date(history.from) }
  const facts: Facts = {
    subject,
    since: new Date(entry.createdAt),
    trail,
    cron: { entry, slots: [...history.slots, ...older], gaps: history.gaps },
    about: { cronEntry: name, queue: entry.queue },
  }
  const { chronology, shared } = await assemble(scope, facts, window, asked, ['slots', 'scheduler', 'changes'])
  const completeness = completenessOf(history, chronology.gaps)
  return {
    subject: { ...subject, label: name, href: `${scope.kit.base}${subjectPath('cron_entry', name)}` },
    diagnosis: diagnose(entry, history),
    evidence: evidenceOf(entry),
    completeness,
    ...shared,
    linkedResources: await queueLink(scope, entry.queue),
    nextPaths: await nextPaths(scope, entry),
    runbook: runbookOf(scope, adviceForCronEntry(entry, missedOf(history), completeness), { key: 'cron_entry', subject, completeness }),
    followUp: followUpOf(trail.events) ?? (scope.kit.escalation ? undefined : { status: 'unconfigured' }),
    asOf: scope.now.toISOString(),
  }
}

/** For an older page, the history ends where the page begins, and begins with the entry. */
async function findEvidence(scope: Scope, name: string, asked: Asked): Promise<CronEvidence | null> {
  const windowOf = ({ createdAt }: { createdAt: Date }) =>
    asked.before ? { from: createdAt, to: new Date(asked.before.at) } : rangeWindow(asked, scope.now, usualRange, createdAt)
  return getCronEvidence(scope, name, { windowOf, slots: asked.limit + 1 }).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}

/** A deleted entry may still have audit events. */
async function deletedBundle(scope: Scope, name: string, trail: Trail, asked: Asked): Promise<Bundle> {
  const subject = { type: 'cron_entry', id: name }
  const bundle = unknownBundle(scope, subject, 'Supply the name of a cron entry that exists.', trail.withheld)
  if (!trail.events.length) return bundle
  const reason = 'The entry no longer exists, and its slots were deleted with it. The audit log still has these events.'
  const { shared } = await assemble(scope, { subject, trail, since: new Date(0), about: {} }, rangeWindow(asked, scope.now, usualRange), asked)
  return {
    ...bundle,
    ...shared,
    diagnosis: { status: 'resolved', title: `${name} no longer exists.`, detail: reason, provenance: 'durable' },
    completeness: judge({ reasons: [reason], gaps: [{ source: 'cron', reason: 'The slots were deleted with the entry' }], complete: '' }),
  }
}

async function queueLink(scope: Scope, queue: string): Promise<Bundle['linkedResources']> {
  const { allowed } = await scope.viewer.can('view_queues', { type: 'queue', id: queue, queue })
  return allowed ? [{ type: 'queue', id: queue, label: `queue ${queue}`, href: forensicsHref(scope, 'queue', queue) }] : []
}

function diagnose(entry: CronEntry, { counts }: ClassifiedHistory): Bundle['diagnosis'] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const onTime = counts.on_time ?? 0
  const troubled = (['delayed', 'missed_fire', 'scheduler_down', 'unknown'] as const)
    .filter((outcome) => counts[outcome])
    .map((outcome) => `${formatCount(counts[outcome]!)} ${slotOutcomes[outcome]}`)
  const history = total ? `In this window, ${formatCount(onTime)} of ${countOf(total, 'slot')} ran on time${troubled.length ? `; ${troubled.join(', ')}` : ''}.` : 'No slot was due in this window.'
  return { status: entry.status, title: entry.pause ? describePause(entry.pause) : entry.detail, detail: history, provenance: 'durable' }
}

/** Who, when, why and until when. */
function describePause({ at, by, reason, resumeAt }: NonNullable<CronEntry['pause']>): string {
  return `Paused${by ? ` by ${by.label}` : ''} at ${at}, ${reason === undefined ? '' : `“${reason}”, `}${resumeAt === undefined ? 'until resumed' : `until ${resumeAt}`}.`
}

/** What a pause changes. */
function evidenceOf({ pause, coming }: CronEntry): Bundle['evidence'] {
  if (!pause) return undefined
  const { resumeAt } = pause
  const next = resumeAt === undefined ? undefined : coming.find(({ at, skipped }) => at >= resumeAt && !skipped)
  return {
    before: [{ label: 'claims', value: 'as scheduled' }, { label: 'next run', value: coming[0]?.at ?? 'none' }],
    after: [{ label: 'claims', value: resumeAt === undefined ? 'none until resumed' : `none until ${resumeAt}` }, { label: 'next run', value: next?.at ?? 'none' }],
  }
}

function completenessOf({ completeness, truncated, from }: ClassifiedHistory, gaps: EvidenceGap[]): Bundle['completeness'] {
  const reasons = [
    ...(completeness.state === 'complete' ? [] : completeness.reasons),
    ...(truncated ? [`The window holds more slots than can be shown; it now begins at ${from}.`] : []),
  ]
  const complete = completeness.reasons[0] ?? 'A scheduler is on record for the whole window, and the audit log has everything that was done here.'
  return judge({ reasons, gaps, told: ['coverage'], complete, unreached: completeness.state === 'history_unavailable' })
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

function missedOf({ counts }: ClassifiedHistory): number {
  return (counts.missed_fire ?? 0) + (counts.scheduler_down ?? 0)
}
