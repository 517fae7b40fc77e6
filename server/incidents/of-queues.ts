import { sql } from 'kysely'
import { incidentClasses } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { Incident } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import type { ListTroubles } from '../kit.ts'
import { visibleIncidents } from './rights.ts'
import { describeEach } from './show.ts'

const maxOpen = 500

/** Made for the queues, whose status depends on it. An incident that another one explains comes after the others. */
export const listQueueTroubles: ListTroubles = async (asking, queue) => {
  const { kit: { db }, em, viewer } = asking
  const rows = await query(
    em,
    sql<Record<string, unknown>>`
      select * from ${db.table('incident')} where state = 'open' and ${queue === undefined ? sql`scope ->> 'queue' is not null` : sql`scope ->> 'queue' = ${queue}`}
      order by explained_by is not null, rank, began_at, id limit ${maxOpen}`,
  )
  const seen = await visibleIncidents(viewer, rows.map((row) => toRow(Incident, row)))
  const words = await describeEach(asking, seen)
  return seen.map((row, index) => {
    const { title, headline, measured: [first] } = words[index]!
    return { queue: row.scope.queue!, id: row.id, class: row.class, status: incidentClasses[row.class].status, title, headline, measure: first?.label, since: row.beganAt }
  })
}
