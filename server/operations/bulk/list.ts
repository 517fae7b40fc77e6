import { sql } from 'kysely'
import type { BulkRun } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
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
  const after = cursor === undefined ? undefined : parseCursor(cursor)
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
    nextCursor: last && Buffer.from(`${last.created_at}|${last.id}`).toString('base64url'),
    asOf: now.toISOString(),
  }
}

function parseCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)\|([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at !== undefined && id !== undefined && !Number.isNaN(Date.parse(at))) return { at, id }
  const message = 'not a cursor of this list'
  throw new OpsError('invalid_request', `query.cursor: ${message}; expected the nextCursor of an earlier answer.`, { errors: [{ path: 'query.cursor', message }] })
}
