import { sql } from 'kysely'
import type { Incident as ShownIncident, IncidentScope } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { Incident } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'
import { visibleIncidents } from './rights.ts'
import { showIncidents } from './show.ts'

const maxIncidents = 100

export type IncidentsAbout = Pick<IncidentScope, 'queue' | 'cronEntry' | 'executor' | 'jobId' | 'fingerprint'>

/**
 * Made for others: incidents about any of these that were there in the window, the latest first; pending ones are left out. Null for a
 * viewer who may not see incidents.
 */
export async function listIncidentsAbout(scope: Scope, about: IncidentsAbout, { from, to }: { from: Date; to: Date }): Promise<ShownIncident[] | null> {
  const { kit: { db }, em, viewer } = scope
  if (!(await viewer.can('view_incidents', pageOf('view_incidents'))).allowed) return null
  const named = Object.entries(about).filter(([, value]) => value !== undefined)
  if (!named.length) return []
  const rows = await query(
    em,
    sql<Record<string, unknown>>`select * from ${db.table('incident')}
      where state <> 'pending' and opened_at is not null and opened_at <= ${to} and coalesce(resolved_at, ${to}) >= ${from}
        and (${sql.join(named.map(([key, value]) => sql`scope ->> ${key} = ${value}`), sql` or `)})
      order by opened_at desc, id desc limit ${maxIncidents}`,
  )
  const seen = await visibleIncidents(viewer, rows.map((row) => toRow(Incident, row)))
  return showIncidents(scope, seen)
}
