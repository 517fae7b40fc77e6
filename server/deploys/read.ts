import { sql } from 'kysely'
import { z } from 'zod'
import type { Deploy } from '../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../cursor.ts'
import { query } from '../db/database.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { deployColumns, type DeployRow, showDeploy, visibleDeploys } from './rows.ts'

export interface DeployPage {
  items: Deploy[]
  nextCursor?: string
  asOf: string
}

/** One page, newest first. */
export async function pageOfDeploys(scope: Scope, { from, to, limit, cursor }: { from?: string; to?: string; limit: number; cursor?: string }): Promise<DeployPage> {
  const { db } = scope.kit
  const { items, next } = await fillPage<DeployRow, Deploy, Place>({
    limit,
    after: await cursors.parse(db, cursor),
    read: (after, count) => readRows(scope, { from, to, after }, count),
    show: async (rows) => (await visibleDeploys(scope, rows)).map((row) => ({ row, shown: showDeploy(scope, row) })),
    placeOf: ({ at, id }) => ({ at, id }),
  })
  return { items, nextCursor: await cursors.write(db, next), asOf: scope.now.toISOString() }
}

/** More would not be told apart on a chart. */
const maxMarks = 200

/**
 * Made for others: the deploys in a window, oldest first, for charts and chronologies. Of more than 200 the newest are returned.
 * Empty for a viewer who may not see deploys.
 *
 * @param from inclusive
 * @param to exclusive
 */
export async function listDeploys(scope: Scope, from: Date, to: Date): Promise<Deploy[]> {
  const rows = await readRows(scope, { from: from.toISOString(), to: to.toISOString() }, maxMarks)
  return (await visibleDeploys(scope, rows)).map((row) => showDeploy(scope, row)).toReversed()
}

function readRows({ kit: { db }, em }: Scope, { from, to, after }: { from?: string; to?: string; after?: Place }, limit: number): Promise<DeployRow[]> {
  const conditions = [
    from !== undefined && sql`at >= ${from}::timestamptz`,
    to !== undefined && sql`at < ${to}::timestamptz`,
    after !== undefined && sql`(at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
  ].filter((condition) => condition !== false)
  const where = conditions.length ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
  return query(em, sql<DeployRow>`select ${deployColumns} from ${db.table('deploy')} ${where} order by at desc, id desc limit ${limit}`)
}

interface Place {
  at: string
  id: string
}

const cursors = cursorCodec<Place>('deploys', z.strictObject({ at: cursorInstant, id: z.uuid() }))
