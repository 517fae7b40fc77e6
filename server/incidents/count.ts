import { sql } from 'kysely'
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
