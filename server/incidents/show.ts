import { type Incident as ShownIncident, incidentClasses, operationsOn, type Permission } from '../../schemas/index.ts'
import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { listHiddenQueues } from '../queues/known.ts'
import type { Description, Telling } from './class.ts'
import { findClass } from './classes.ts'
import { type IncidentAction, silenceOf, whyIllegal } from './legality.ts'
import { type IncidentLink, resourceOfIncident, visibleIncidents } from './rights.ts'

/** Incidents that the viewer may see, as the viewer may see them. */
export async function showIncidents(scope: Scope, rows: IncidentRow[]): Promise<ShownIncident[]> {
  if (!rows.length) return []
  const hidden = new Set(await listHiddenQueues(scope))
  const sees = (queue: string): boolean => !hidden.has(queue)
  const { effects, causes } = await listRelated(scope, rows)
  const linkTo = (row: IncidentRow): IncidentLink => ({ id: row.id, title: describe(scope, row, sees).title })
  return Promise.all(
    rows.map(async (row) => {
      const cause = causes.find(({ id }) => id === row.explainedBy)
      const explains = effects.filter(({ explainedBy }) => explainedBy === row.id).map(linkTo)
      return showIncident(scope, row, { ...describe(scope, row, sees), explains, explainedBy: cause ? linkTo(cause) : null, operations: await permissionsOn(scope, row) })
    }),
  )
}

type Words = Description & Pick<ShownIncident, 'explains' | 'explainedBy' | 'operations'>

function showIncident({ viewer, now }: Scope, row: IncidentRow, { cause, error, ...words }: Words): ShownIncident {
  const subject = { type: 'incident', id: row.id }
  const silence = silenceOf(row, now)
  const name = (principal: Parameters<typeof showPrincipal>[0]) => showPrincipal(principal, viewer, 'view_incidents', subject)
  return {
    id: row.id,
    class: row.class,
    status: row.state === 'resolved' ? 'resolved' : incidentClasses[row.class].status,
    state: row.state,
    scope: { ...row.scope, ...(row.scope.queues && { queues: row.scope.queues.filter((queue) => words.affected.queues.includes(queue)) }) },
    ...words,
    error,
    cause: cause ?? null,
    since: row.beganAt.toISOString(),
    openedAt: row.openedAt?.toISOString() ?? null,
    lastSeenAt: row.lastSeenAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    reopened: row.reopened,
    flappingSince: row.flappingSince?.toISOString() ?? null,
    acknowledged: row.acknowledgedAt && row.acknowledgedBy ? { at: row.acknowledgedAt.toISOString(), by: name(row.acknowledgedBy) } : null,
    assignee: row.assignedAt && row.assignedTo ? { at: row.assignedAt.toISOString(), to: name(row.assignedTo) } : null,
    silenced: silence ? {
      at: silence.at,
      by: name(silence.by),
      until: silence.until,
      untilRate: silence.untilRate,
      untilCount: silence.untilCount,
      reason: showText('reason', silence.reason, viewer, 'view_incidents', subject),
    } : null,
    asOf: row.factsAt.toISOString(),
  }
}

/** The same for one incident, with the queues that the viewer may not see left out. */
export async function describeIncident(scope: Scope, row: IncidentRow): Promise<Description> {
  const hidden = new Set(await listHiddenQueues(scope))
  return describe(scope, row, (queue) => !hidden.has(queue))
}

/** The same for many, without the permissions and relations that a page shows beside them. */
export async function describeEach(asking: Pick<Scope, 'kit' | 'em' | 'viewer' | 'now'>, rows: IncidentRow[]): Promise<Description[]> {
  const hidden = rows.length ? new Set(await listHiddenQueues(asking)) : new Set<string>()
  return rows.map((row) => describe(asking, row, (queue) => !hidden.has(queue)))
}

/** The facts in words. What the display policy leaves may no longer be enough to describe; then only the class is named. */
function describe({ viewer, now }: Pick<Scope, 'viewer' | 'now'>, row: IncidentRow, sees: Telling['sees']): Description {
  const subject = { type: 'incident', id: row.id }
  const described = findClass(row.class)
  const facts = described?.facts.safeParse(viewer.show('incident_evidence', row.facts, 'view_incidents', subject))
  if (described && facts?.success) {
    return described.describe(facts.data, { now, sees, showError: (text) => showText('job_error', text, viewer, 'view_incidents', subject) })
  }
  const { label } = incidentClasses[row.class]
  return {
    title: [row.scope.queue, label].filter(Boolean).join(': '),
    headline: 'Its measurements are withheld.',
    measured: [],
    ruledOut: [],
    facts: [],
    affected: { jobs: null, queues: row.scope.queue === undefined ? [] : [row.scope.queue], executors: null },
  }
}

/** The causes and the effects of these incidents that the viewer may see. */
async function listRelated(scope: Scope, rows: IncidentRow[]): Promise<{ causes: IncidentRow[]; effects: IncidentRow[] }> {
  const { kit: { db }, em, viewer } = scope
  const ids = rows.map(({ id }) => id)
  const wanted = rows.flatMap(({ explainedBy }) => explainedBy ?? [])
  const found = await query(
    em,
    sql<Record<string, unknown>>`select * from ${db.table('incident')} where id = any(${wanted}::uuid[]) or (explained_by = any(${ids}::uuid[]) and state = 'open')`,
  )
  const related = await visibleIncidents(viewer, found.map((row) => toRow(Incident, row)))
  return { causes: related.filter(({ id }) => wanted.includes(id)), effects: related.filter(({ explainedBy }) => explainedBy !== null && ids.includes(explainedBy)) }
}

/** What this viewer may do now; a refusal of the host comes before one of the incident's state. */
async function permissionsOn({ viewer, now }: Scope, row: IncidentRow): Promise<Record<string, Permission>> {
  const resource = resourceOfIncident(row)
  const nameless: Permission = { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }
  const permissionOn = async (action: IncidentAction): Promise<Permission> => {
    const permission = viewer.principal ? await viewer.can(action, resource) : nameless
    const why = permission.allowed ? whyIllegal(action, row, now) : undefined
    return why === undefined ? permission : { allowed: false, reason: `${why[0]!.toUpperCase()}${why.slice(1)}.` }
  }
  return Object.fromEntries(await Promise.all(operationsOn('incident').map(async (action) => [action, await permissionOn(action)])))
}
