import { sql } from 'kysely'
import { incidentClasses, type IncidentClassName, type Incident as ShownIncident } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import type { Scope } from '../operations/scope.ts'
import { silenceOf } from './legality.ts'
import { visibleIncidents } from './rights.ts'
import { showIncidents } from './show.ts'

interface OpenCount {
  open: number
  /** Nobody acknowledged it or is assigned to it, it is not silenced, and no other incident explains it. */
  unattended: number
  /** True if there are more than were counted. */
  capped: boolean
}

const maxCounted = 500

/** How many open incidents this viewer may see, without their evidence: for the navigation, which is on every page. */
export async function countIncidents(scope: Scope): Promise<OpenCount & { asOf: string }> {
  const columns = sql`id, scope, explained_by, acknowledged_at, assigned_at, silence`
  return { ...countOf(await listOpenRows(scope, columns)), asOf: scope.now.toISOString() }
}

/** What an open incident is about, without its evidence. */
export type IncidentGlimpse = Pick<ShownIncident, 'id' | 'class' | 'status' | 'scope'> & { silenced: boolean }

/** The same, without those that another incident explains: the first `limit` in full, the worst and then the oldest, and a glimpse of the others. */
export async function listOpenIncidents(scope: Scope, limit: number): Promise<OpenCount & { items: ShownIncident[]; others: IncidentGlimpse[] }> {
  const found = await listOpenRows(scope, sql`*`)
  const causes = found.rows.filter(({ explainedBy }) => !explainedBy)
  return { ...countOf(found), items: await showIncidents(scope, causes.slice(0, limit)), others: causes.slice(limit).map((row) => glimpseOf(row, scope.now)) }
}

function glimpseOf(row: IncidentRow, now: Date): IncidentGlimpse {
  const { id, class: name, scope: { queues: _mayBeHidden, ...scope } } = row
  return { id, class: name, status: incidentClasses[name].status, scope, silenced: silenceOf(row, now) !== undefined }
}

/** Open incidents that the viewer may see, by class. */
export async function countOpenByClass(scope: Scope): Promise<Partial<Record<IncidentClassName, number>>> {
  const { rows } = await listOpenRows(scope, sql`id, class, scope`)
  const counts: Partial<Record<IncidentClassName, number>> = Object.fromEntries(Object.keys(incidentClasses).map((name) => [name, 0]))
  for (const { class: name } of rows) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

interface OpenRows {
  rows: IncidentRow[]
  capped: boolean
}

async function listOpenRows({ kit: { db }, em, viewer }: Scope, columns: ReturnType<typeof sql>): Promise<OpenRows> {
  const found = await query(
    em,
    sql<Record<string, unknown>>`select ${columns} from ${db.table('incident')} where state = 'open' order by rank, began_at, id limit ${maxCounted + 1}`,
  )
  const rows = found.slice(0, maxCounted).map((row) => toRow(Incident, row))
  return { rows: await visibleIncidents(viewer, rows), capped: found.length > maxCounted }
}

function countOf({ rows, capped }: OpenRows): OpenCount {
  const isUnattended = ({ acknowledgedAt, assignedAt, explainedBy, silence }: IncidentRow) => !acknowledgedAt && !assignedAt && !explainedBy && !silence
  return { open: rows.length, unattended: rows.filter(isUnattended).length, capped }
}
