import { sql } from 'kysely'
import { z } from 'zod'
import type { BulkRun } from '../../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../../cursor.ts'
import { query } from '../../db/database.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './read.ts'
import type { BulkRunRow } from './rows.ts'
import { showRun } from './show.ts'

export interface RunPage {
  items: BulkRun[]
  nextCursor?: string
  asOf: string
}

/** Confirmed runs that the viewer may see, newest first. What somebody only looked at is nobody else's business. */
export async function listRuns(scope: Scope, { limit, cursor }: { limit: number; cursor?: string }): Promise<RunPage> {
  const { kit, em, now } = scope
  const after = await cursors.parse(kit.db, cursor)
  const behind = after ? sql`and (created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``
  const rows = await query(
    em,
    sql<BulkRunRow>`select * from ${kit.db.table('bulk_run')} where status <> 'previewed' ${behind} order by created_at desc, id desc limit ${limit + 1}`,
  )
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  const seen = await Promise.all(page.map((run) => maySeeRun(scope, run)))
  return {
    items: page.filter((_run, index) => seen[index]).map((run) => showRun(run, scope)),
    nextCursor: await cursors.write(kit.db, last && { at: last.created_at, id: last.id }),
    asOf: now.toISOString(),
  }
}

const cursors = cursorCodec('bulk runs', z.strictObject({ at: cursorInstant, id: z.uuid() }))
