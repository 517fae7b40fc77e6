import { type AuditEvent, type Bundle, countOf, type Incident, type NextPath, subjectPath } from '../../schemas/index.ts'
import { getIncident } from '../incidents/read.ts'
import { OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, lifeWindow } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { followUpOf } from './audit-event.ts'
import { auditPath, externalPaths, forensicsHref, nativePaths, unknownBundle } from './bundle.ts'
import { runbookForIncident } from './runbooks/incidents.ts'
import { listTrail, type Trail } from './trail.ts'

/** What happened before the trouble was seen belongs to its picture. */
const leadMs = 15 * 60_000
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The evidence about an incident: what was measured, what was done about it, and what was done to what it is about. */
export async function incidentBundle(scope: Scope, id: string, asked: Asked): Promise<Bundle> {
  const subject = { type: 'incident', id }
  const { allowed } = await scope.viewer.can('view_incidents', pageOf('view_incidents'))
  if (!allowed) return unknownBundle(scope, subject, 'You may not see incidents.', ['incidents'])
  const incident = await findIncident(scope, id)
  if (!incident) return unknownBundle(scope, subject, 'Supply the id of an incident that you may see.')
  const trail = await incidentTrail(scope, incident, asked)
  const began = new Date(Date.parse(incident.since) - leadMs)
  const window = lifeWindow(asked, began.toISOString(), endOf(scope, incident))
  const { queue, executor, cronEntry, jobId, fingerprint } = incident.scope
  const { chronology, shared } = await assemble(scope, { subject, since: began, trail, incident, about: { queue, executor, cronEntry, jobId, fingerprint } }, window, asked, ['incidents', 'measured', 'changes'])
  const diagnosis = { status: incident.status, title: incident.title, detail: incident.headline, provenance: 'supporting' as const }
  const completeness = judge({ reasons: [], gaps: chronology.gaps, complete: 'The engine was measured all the time, and the log has everything that was done here.' })
  return {
    subject: { ...subject, label: incident.title, href: `${scope.kit.base}${subjectPath('incident', id)}` },
    diagnosis,
    evidence: evidenceOf(incident),
    completeness,
    ...shared,
    linkedResources: linksOf(scope, incident),
    nextPaths: await pathsOf(scope, incident),
    runbook: await runbookForIncident(scope, incident, completeness),
    followUp: followUpOf(trail.events) ?? (scope.kit.escalation ? undefined : { status: 'unconfigured' }),
    asOf: incident.asOf,
  }
}

/** What was measured belongs to the evidence, and who took it on and who silenced it to its facts: an exported bundle is read without its page. */
function evidenceOf({ error, measured, ruledOut, cause, facts, state, since, resolvedAt, acknowledged, assignee, silenced }: Incident): NonNullable<Bundle['evidence']> {
  const deed = (label: string, at: string | undefined, by: { id: string; label?: string } | undefined) => (at === undefined || !by ? [] : [{ label, value: `${by.label ?? by.id}, ${at}` }])
  return {
    ...(error === undefined ? {} : { error }),
    facts: [
      { label: 'State', value: state },
      { label: 'Began', value: since },
      ...(state === 'resolved' && resolvedAt ? [{ label: 'Resolved', value: resolvedAt }] : []),
      ...facts,
      ...deed('Acknowledged by', acknowledged?.at, acknowledged?.by),
      ...deed('Assigned to', assignee?.at, assignee?.to),
      ...deed('Silenced by', silenced?.at, silenced?.by),
    ],
    measured,
    ruledOut,
    ...(cause ? { cause } : {}),
  }
}

async function findIncident(scope: Scope, id: string): Promise<Incident | null> {
  if (!uuid.test(id)) return null
  return getIncident(scope, id).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}

function endOf({ now }: Scope, { state, resolvedAt }: Incident): string {
  return state === 'resolved' && resolvedAt ? resolvedAt : now.toISOString()
}

/** Its own events, and those of the queue, the entry or the job that it is about, while it lasted. */
async function incidentTrail(scope: Scope, { id, since, scope: { queue, cronEntry, jobId }, ...incident }: Incident, asked: Asked): Promise<Trail> {
  const subjects: [string, string | undefined][] = [['incident', id], ['queue', queue], ['cron_entry', cronEntry], ['job', jobId]]
  const trails = await Promise.all(subjects.flatMap(([type, of]) => (of === undefined ? [] : [listTrail(scope, type, of, asked)])))
  const from = new Date(Date.parse(since) - leadMs).toISOString()
  const to = incident.state === 'resolved' && incident.resolvedAt ? incident.resolvedAt : scope.now.toISOString()
  const during = (event: AuditEvent) => event.subject.type === 'incident' || event.metadata.incident === id || (event.occurredAt >= from && Date.parse(event.occurredAt) <= Date.parse(to))
  return { ...trails[0]!, events: [...new Map(trails.flatMap(({ events }) => events).map((event) => [event.id, event])).values()].filter(during).toSorted((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1)) }
}

function linksOf(scope: Scope, { scope: { queue, cronEntry, executor, fingerprint, jobId, eventId }, explainedBy, explains }: Incident): Bundle['linkedResources'] {
  const link = (type: string, id: string | undefined, label: string) => (id === undefined ? [] : [{ type, id, label, href: forensicsHref(scope, type, id) }])
  return [
    ...link('queue', queue, `queue ${queue}`),
    ...link('cron_entry', cronEntry, `cron entry ${cronEntry}`),
    ...link('job', jobId, 'the job'),
    ...link('executor', executor, `executor ${executor}`),
    ...link('error_group', fingerprint, 'the group of errors'),
    ...link('audit_event', eventId, 'the request'),
    ...(explainedBy ? link('incident', explainedBy.id, `explained by: ${explainedBy.title}`) : []),
    ...explains.slice(0, 5).flatMap(({ id, title }) => link('incident', id, `explains: ${title}`)),
  ]
}

async function pathsOf(scope: Scope, incident: Incident): Promise<NextPath[]> {
  const { base } = scope.kit
  const ours = { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', posture: 'Audited action' } as const
  const subject = { type: 'incident', id: incident.id }
  const native = nativePaths(subject, incident.operations)
  const { jobs } = incident.affected
  const looks: Omit<NextPath, 'order'>[] = [
    { ...ours, label: 'Open its repairs', detail: 'What may repair it, with a preview of what is touched and what is not.', href: `${base}${subjectPath('incident', incident.id)}` },
    ...(jobs?.count ? [{ ...ours, label: `View the affected ${countOf(jobs.count, 'job')}`, href: `${base}/list?${new URLSearchParams({ incident: incident.id })}` }] : []),
  ]
  const order = native.length + 1
  return [
    ...native,
    ...looks.map((path, index): NextPath => ({ ...path, order: order + index })),
    auditPath(scope, subject, order + looks.length),
    ...(await externalPaths(scope, order + looks.length + 1, 'the owners of the work')),
  ]
}
