import { sql } from 'kysely'
import { z } from 'zod'
import type { BulkRun } from '../../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../../cursor.ts'
import { query } from '../../db/database.ts'
import { fillPage } from '../../host/full-page.ts'
import { keepAllowed } from '../../host/visible.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import type { BulkRunRow } from './rows.ts'
import { showRun } from './show.ts'

export interface RunPage {
  items: BulkRun[]
  nextCursor?: string
  asOf: string
}

/** Confirmed runs that the viewer may see, newest first. Sets that were only previewed are not listed. */
export async function listRuns(scope: Scope, { limit, cursor }: { limit: number; cursor?: string }): Promise<RunPage> {
  const { kit, now } = scope
  const after = await cursors.parse(kit.db, cursor)
  const { items, next } = await fillPage({
    limit,
    after,
    read: (place, most) => listRows(scope, place, most),
    show: async (rows) => (await keepAllowed(rows, (run) => maySeeRun(scope, run))).map((row) => ({ row, shown: showRun(row, scope) })),
    placeOf: (run: BulkRunRow) => ({ at: run.created_at, id: run.id }),
  })
  return { items, nextCursor: await cursors.write(kit.db, next), asOf: now.toISOString() }
}

interface Place {
  at: string
  id: string
}

function listRows({ kit: { db }, em }: Scope, after: Place | undefined, most: number): Promise<BulkRunRow[]> {
  const behind = after ? sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  return query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where status <> 'previewed' ${behind} order by created_at desc, id desc limit ${most}`)
}

const cursors = cursorCodec<Place>('bulk runs', z.strictObject({ at: cursorInstant, id: z.uuid() }))
