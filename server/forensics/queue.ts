import { type Bundle, type EvidenceGap, formatCount, jobStates, type NextPath, operationActions, operationsOn, type Provenance, type Queue, type QueueDiagnosis, subjectPath } from '../../schemas/index.ts'
import { pageOf } from '../host/auth.ts'
import type { QueueAction } from '../queues/legality.ts'
import { findQueue } from '../queues/read.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, rangeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { followUpOf } from './audit-event.ts'
import { auditPath, externalPaths, unknownBundle } from './bundle.ts'
import { formatSeconds } from './durations.ts'
import { adviceForQueue } from './runbooks/queue.ts'
import { providedBy, runbookOf } from './runbooks/runbook.ts'
import type { Window } from './source.ts'
import { listTrail, type Trail } from './trail.ts'

const staleSeconds = 60
const windowMinutes = 60
const usualRange = '1h'

/** The evidence about a queue: its measured figures of the last hour, who paused it, and the operations on it. */
export async function queueBundle(scope: Scope, name: string, asked: Asked): Promise<Bundle> {
  const subject = { type: 'queue', id: name }
  const { allowed } = await scope.viewer.can('view_queues', pageOf('view_queues'))
  if (!allowed) return unknownBundle(scope, subject, 'You may not see queues.', ['queues'])
  const [queue, trail] = await Promise.all([findQueue(scope, name), listTrail(scope, 'queue', name, asked)])
  const window = rangeWindow(asked, scope.now, usualRange)
  if (!queue) return goneBundle(scope, name, trail, window, asked)
  const { kit } = scope
  const { chronology, shared } = await assemble(scope, { subject, since: new Date(0), trail, queue, about: { queue: name } }, window, asked, ['measured', 'changes'])
  const diagnosis = diagnose(queue, kit.detector.thresholdsOf(name).stuckMinutes)
  const completeness = completenessOf(scope, queue, trail, chronology.gaps)
  return {
    subject: { ...subject, label: name, href: `${kit.base}${subjectPath('queue', name)}` },
    diagnosis,
    completeness,
    ...shared,
    linkedResources: [],
    nextPaths: await pathsOf(scope, queue),
    runbook: runbookOf(scope, adviceForQueue(queue, diagnosis, completeness), { key: 'queue', subject, completeness, provided: providedBy(queue, kit.engine.lacks) }),
    followUp: followUpOf(trail.events) ?? (kit.escalation ? undefined : { status: 'unconfigured' }),
    asOf: queue.asOf,
  }
}

async function goneBundle(scope: Scope, name: string, trail: Trail, window: Window, asked: Asked): Promise<Bundle> {
  const subject = { type: 'queue', id: name }
  const bundle = unknownBundle(scope, subject, 'Supply the name of a queue that the engine has or a cron entry uses.', trail.withheld)
  if (!trail.events.length) return bundle
  const reason = 'This queue has not been measured in the last day. The audit log still has these events.'
  return {
    ...bundle,
    ...(await assemble(scope, { subject, since: new Date(0), trail, about: { queue: name } }, window, asked)).shared,
    diagnosis: { status: 'resolved', title: `${name} is no longer among the queues.`, detail: reason, provenance: 'durable' },
    completeness: judge({ reasons: [reason], told: ['measurement'], gaps: [{ source: 'measurement', reason: 'It has not been measured in the last day' }, ...trail.gaps], complete: '' }),
  }
}

function diagnose(queue: Queue, stuckMinutes: number): Bundle['diagnosis'] {
  const by = queue.paused?.by
  const titles: Record<QueueDiagnosis, string> = {
    paused: `It is paused${by ? ` by ${by.label}` : '; it is not known by whom'}.`,
    stuck: `Jobs are available, but none has started for ${stuckMinutes} minutes.`,
    no_executor: 'Jobs are available, but no executor has been seen.',
    saturated: 'Jobs are available, but every slot of its executors is held.',
    incident: queue.incident ? `${queue.incident.title}.` : 'An incident is open.',
    working: 'Jobs are waiting and being started.',
    idle: 'No jobs are waiting in it.',
    not_measured: 'It has not been measured yet.',
    not_looked: `It was last measured at ${queue.since}.`,
  }
  return { status: queue.status, title: titles[queue.diagnosis], detail: describeFigures(queue), provenance: provenances[queue.diagnosis] ?? 'supporting' }
}

/** A pause is a record; missing measurements prove nothing; the rest is measured. */
const provenances: Partial<Record<QueueDiagnosis, Provenance>> = { paused: 'durable', not_measured: 'unknown', not_looked: 'unknown' }

function describeFigures({ depth, finishedPerMinute, failedPerMinute, series }: Queue): string {
  if (!depth.length && !series.length) return 'No figures have been recorded for it.'
  const holds = depth.filter(({ count }) => count).map(({ state, count, how }) => `${formatCount(count)}${how === 'capped' ? '+' : ''} ${jobStates[state]}`)
  const rate = finishedPerMinute === null ? '' : ` In the last hour, ${round(finishedPerMinute)} ended and ${round(failedPerMinute ?? 0)} failed per minute.`
  return `It holds ${holds.length ? holds.join(', ') : 'no jobs'}.${rate}`
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0)
}

/** Figures are complete if every minute of the last hour was measured and the newest figure is recent. */
function completenessOf({ now, kit }: Scope, { series, asOf, paused, depth }: Queue, trail: Trail, gaps: EvidenceGap[]): Bundle['completeness'] {
  if (!series.length && !depth.length && !trail.events.length) {
    return judge({ reasons: ['This queue was not measured in the last hour, and no action on it is recorded here.'], gaps, told: ['measurement'], complete: '', unreached: true })
  }
  const age = (now.getTime() - Date.parse(asOf)) / 1000
  const reasons = [
    ...(series.length < windowMinutes ? [`It was measured in ${series.length} of the last ${windowMinutes} minutes.`] : []),
    ...(age > staleSeconds ? [`It was last measured ${formatSeconds(age)} ago.`] : []),
    ...(paused && !paused.by ? [`It was paused outside this product; ${kit.engine.name} does not report by whom.`] : []),
  ]
  return judge({ reasons, gaps, told: reasons.length ? ['measurement'] : [], complete: 'Every minute of the last hour was measured, and the audit log has everything that was done here.' })
}

const descriptions: Record<QueueAction, string> = {
  pause_queue: 'No more of its jobs start until it is resumed; executing jobs continue.',
  resume_queue: 'Its jobs may start again.',
  scale_queue: 'Changes how many of its jobs each executor runs at once.',
}

async function pathsOf(scope: Scope, queue: Queue): Promise<NextPath[]> {
  const offered = operationsOn('queue').filter((action) => action !== (queue.paused ? 'pause_queue' : 'resume_queue'))
  const ours = { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', posture: 'Audited action' } as const
  const native = offered.map((action, index): NextPath => ({
    ...ours,
    order: index + 1,
    label: `${operationActions[action].label}: ${queue.name}`,
    detail: descriptions[action],
    operation: { action, subject: { type: 'queue', id: queue.name }, ...(queue.operations[action] ?? { allowed: false }) },
  }))
  const order = native.length + 1
  return [
    ...native,
    { ...ours, order, label: 'View its jobs', detail: 'Newest first; can be filtered by state.', href: `${scope.kit.base}/list?${new URLSearchParams({ queue: queue.name })}` },
    auditPath(scope, { type: 'queue', id: queue.name }, order + 1),
    ...(await externalPaths(scope, order + 2, 'the owners of its workers')),
  ]
}
