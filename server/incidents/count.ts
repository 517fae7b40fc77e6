import { sql } from 'kysely'
import { incidentClasses, type IncidentClassName } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import type { Scope } from '../operations/scope.ts'
import { visibleIncidents } from './rights.ts'

interface OpenCount {
  open: number
  unattended: number
  capped: boolean
}

const maxCounted = 500

/** Made for the navigation, which every page shows: how many open incidents this viewer may see, without their evidence. */
export async function countIncidents(scope: Scope): Promise<OpenCount & { asOf: string }> {
  const { kit, em, viewer, now } = scope
  const rows = await query(
    em,
    sql<Record<string, unknown>>`select id, scope, explained_by, acknowledged_at, assigned_at from ${kit.db.table('incident')} where state = 'open' limit ${maxCounted + 1}`,
  )
  const seen = await visibleIncidents(viewer, rows.slice(0, maxCounted).map((row) => em.map(Incident, row) as unknown as IncidentRow))
  return {
    open: seen.length,
    unattended: seen.filter(({ acknowledgedAt, assignedAt, explainedBy }) => !acknowledgedAt && !assignedAt && !explainedBy).length,
    capped: rows.length > maxCounted,
    asOf: now.toISOString(),
  }
}

/** Open incidents that the viewer may see, by class. */
export async function countOpenByClass({ kit, em, viewer }: Scope): Promise<Partial<Record<IncidentClassName, number>>> {
  const rows = await query(em, sql<Record<string, unknown>>`select id, class, scope from ${kit.db.table('incident')} where state = 'open' limit ${maxCounted}`)
  const seen = await visibleIncidents(viewer, rows.map((row) => em.map(Incident, row) as unknown as IncidentRow))
  const counts: Partial<Record<IncidentClassName, number>> = Object.fromEntries(Object.keys(incidentClasses).map((name) => [name, 0]))
  for (const { class: name } of seen) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
