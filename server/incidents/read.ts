import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Incident as ShownIncident, IncidentDetail, IncidentClassName, IncidentOwner, IncidentWatch } from '../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../cursor.ts'
import { query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import { OpsError } from '../error.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { chartOf } from './chart.ts'
import { listRepairs } from './repairs.ts'
import { visibleIncidents } from './rights.ts'
import { showIncidents } from './show.ts'
import { readWatch } from './watch.ts'

export interface IncidentFilters {
  state: 'open' | 'resolved'
  class?: IncidentClassName
  queue?: string
  owner?: IncidentOwner
  silenced?: 'yes' | 'no'
}

interface IncidentPage {
  items: ShownIncident[]
  nextCursor?: string
  watch: IncidentWatch
  asOf: string
}

/** Open incidents, the worst and then the oldest first; or resolved ones, the latest first. Pending ones are not listed. */
export async function listIncidents(scope: Scope, { limit, cursor, ...filters }: IncidentFilters & { limit: number; cursor?: string }): Promise<IncidentPage> {
  const { items, next } = await fillPage({
    limit,
    after: await cursors.parse(scope.kit.db, cursor),
    read: (after, most) => queryIncidents(scope, filters, after, most),
    show: async (rows) => {
      const seen = new Set((await visibleIncidents(scope.viewer, rows)).map(({ id }) => id))
      return rows.filter(({ id }) => seen.has(id)).map((row) => ({ row, shown: row as IncidentRow }))
    },
    placeOf: ({ rank, place, id }) => ({ rank, at: place, id }),
  })
  return { items: await showIncidents(scope, items), nextCursor: await cursors.write(scope.kit.db, next), watch: await readWatch(scope), asOf: scope.now.toISOString() }
}

/** @throws OpsError `not_found`, also if the viewer may not see it */
export async function getIncident(scope: Scope, id: string): Promise<IncidentDetail> {
  const row = (z.uuid().safeParse(id).success ? await scope.em.findOne(Incident, { id }) : null) as IncidentRow | null
  const [seen] = row ? await visibleIncidents(scope.viewer, [row]) : []
  if (!seen) throw new OpsError('not_found', `No incident '${id}' that you may see.`, { values: { type: 'incident', id } })
  const [shown] = await showIncidents(scope, [seen])
  return { ...shown!, repairs: await listRepairs(scope, seen, shown!), chart: await chartOf(scope, seen), watch: await readWatch(scope) }
}

interface Place {
  rank: number
  at: string
  id: string
}

type PlacedRow = IncidentRow & { place: string }

async function queryIncidents(scope: Scope, { state, class: name, queue, owner, silenced }: IncidentFilters, after: Place | undefined, most: number): Promise<PlacedRow[]> {
  const { kit: { db }, em } = scope
  const open = state === 'open'
  const conditions = [
    sql`state = ${state}`,
    ...(name === undefined ? [] : [sql`class = ${name}`]),
    ...(queue === undefined ? [] : [sql`scope ->> 'queue' = ${queue}`]),
    ...(owner === undefined ? [] : [ownedBy(scope, owner)]),
    ...(silenced === undefined ? [] : [sql`${isSilenced(scope)} = ${silenced === 'yes'}`]),
    ...(after === undefined ? [] : [open ? sql`(rank, began_at, id) > (${after.rank}, ${after.at}, ${after.id})` : sql`(resolved_at, id) < (${after.at}, ${after.id})`]),
  ]
  const rows = await query(
    em,
    sql<Record<string, unknown> & { place: string }>`
      select *, ${open ? sql`began_at` : sql`resolved_at`}::text as place from ${db.table('incident')}
      where ${sql.join(conditions, sql` and `)} order by ${open ? sql`rank, began_at, id` : sql`resolved_at desc, id desc`} limit ${most}`,
  )
  return rows.map((row) => ({ ...toRow(Incident, row), place: row.place }))
}

/** The assignee, or else whoever acknowledged it. */
function ownedBy({ viewer: { principal } }: Scope, owner: IncidentOwner): RawBuilder<unknown> {
  const onIt = sql`coalesce(assigned_to, acknowledged_by)`
  if (owner === 'nobody') return sql`${onIt} is null`
  return principal ? sql`(${onIt} ->> 'type' = ${principal.type} and ${onIt} ->> 'id' = ${principal.id})` : sql`false`
}

function isSilenced({ now }: Scope): RawBuilder<unknown> {
  return sql`(silence is not null and coalesce((silence ->> 'until')::timestamptz > ${now}, true))`
}

const cursors = cursorCodec('incidents', z.strictObject({ rank: z.number().int(), at: cursorInstant, id: z.uuid() }))
