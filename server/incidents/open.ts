import { sql } from 'kysely'
import { incidentClasses, type IncidentClassName, type Incident as ShownIncident, type IncidentCount } from '../../schemas/index.ts'
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

/** The page about what each class of incident happens to. */
const pages: Record<IncidentClassName, string> = {
  engine_unreachable: '/executors',
  scheduler_down: '/cron',
  stuck_queue: '/queues',
  executor_missing: '/executors',
  failure_burst: '/errors',
  retry_exhausted: '/errors',
  long_running_job: '/list',
  missed_fire: '/cron',
  orphan_request: '/audit',
  saturated_queue: '/queues',
}

/** How many open incidents this viewer may see, and about which pages, without their evidence: for the navigation, which is on every page. */
export async function countIncidents(scope: Scope): Promise<OpenCount & { pages: IncidentCount['pages']; asOf: string }> {
  const columns = sql`id, class, rank, scope, explained_by, acknowledged_at, assigned_at, silence`
  const found = await listOpenRows(scope, columns)
  return { ...countOf(found), pages: countByPage(found.rows), asOf: scope.now.toISOString() }
}

/** `rows` come with the worst first, so the first of a page has its status. */
function countByPage(rows: readonly Pick<IncidentRow, 'class'>[]): IncidentCount['pages'] {
  const counts: IncidentCount['pages'] = {}
  for (const { class: name } of rows) {
    const count = (counts[pages[name]] ??= { status: incidentClasses[name].status, count: 0 })
    count.count += 1
  }
  return counts
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
