import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { ErrorGroup as ShownGroup, ErrorGroupList, ErrorOrder, ErrorState, ErrorStatus } from '../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../cursor.ts'
import { query } from '../db/database.ts'
import { ErrorGroup, type ErrorGroupRow } from '../db/entities.ts'
import { OpsError } from '../error.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { type ErrorRange, rangeOf } from './range.ts'
import { showGroups, titleOf } from './show.ts'
import { stateColumn, statusColumn } from './state.ts'
import { summarize } from './summary.ts'
import { visibleGroups } from './visible.ts'

export interface ErrorFilters {
  status: ErrorStatus
  state?: ErrorState
  queue?: string
  worker?: string
  version?: string
  text?: string
}

interface Asked extends ErrorFilters {
  from?: string
  to?: string
  order: ErrorOrder
  limit: number
  cursor?: string
}

/** A group with what was counted within a range. */
export interface CountedGroup extends ErrorGroupRow {
  inRange: number
  finalInRange: number
}

/**
 * Groups that the viewer may see. Unresolved ones are listed if they failed within the range; resolved and silenced ones always.
 * The order is that of the moment: while failures go on, a group can move to another page.
 */
export async function listErrorGroups(scope: Scope, { from, to, order, limit, cursor, ...filters }: Asked): Promise<ErrorGroupList> {
  const range = rangeOf({ from, to }, scope.now)
  requireShownText(scope, filters.text)
  const visible = await visibleGroups(scope)
  const after = await cursors.parse(scope.kit.db, cursor)
  const { items, next } = await fillPage<Placed, CountedGroup, Place>({
    limit,
    after: after?.order === order ? after : undefined,
    read: (place, most) => queryGroups(scope, visible, { filters, range, order }, place, most),
    show: async (rows) => rows.filter((row) => matchesText(scope, row, filters.text)).map((row) => ({ row, shown: row })),
    placeOf: ({ place, fingerprint }) => ({ order, at: place, fingerprint }),
  })
  const [shown, summary] = await Promise.all([showGroups(scope, items, range), summarize(scope, visible, range)])
  return { items: shown satisfies ShownGroup[], nextCursor: await cursors.write(scope.kit.db, next), summary, asOf: scope.now.toISOString() }
}

/** Searching for what the display policy hides would show that it is there. */
function requireShownText({ viewer }: Scope, text: string | undefined): void {
  if (text === undefined || viewer.show('job_error', text, 'view_jobs') === text) return
  throw new OpsError('forbidden', 'query.text: searches for a value that is hidden from you, and a match would reveal it.')
}

function matchesText(scope: Scope, row: ErrorGroupRow, text: string | undefined): boolean {
  return text === undefined || `${row.errorClass} ${titleOf(scope, row)} ${row.fingerprint}`.toLowerCase().includes(text.toLowerCase())
}

interface Place {
  order: ErrorOrder
  at: string
  fingerprint: string
}

type Placed = CountedGroup & { place: string }

interface Query {
  filters: ErrorFilters
  range: ErrorRange
  order: ErrorOrder
}

const sortColumns: Record<ErrorOrder, RawBuilder<unknown>> = {
  frequent: sql`coalesce(counted.n, 0)`,
  recent: sql`g.last_seen_at`,
  first: sql`g.first_seen_at`,
}

async function queryGroups({ kit: { db }, em, now }: Scope, visible: RawBuilder<boolean>, { filters, range, order }: Query, after: Place | undefined, most: number): Promise<Placed[]> {
  const { status, state, queue, worker, version } = filters
  const by = sortColumns[order]
  const conditions = [
    visible,
    sql`${statusColumn(now)} = ${status}`,
    ...(status === 'unresolved' ? [sql`counted.n > 0`] : []),
    ...(state === undefined ? [] : [sql`${stateColumn(now)} = ${state}`]),
    ...(queue === undefined ? [] : [sql`g.queue = ${queue}`]),
    ...(worker === undefined ? [] : [sql`g.worker = ${worker}`]),
    ...(version === undefined
      ? []
      : [sql`exists (select from ${db.table('error_origin')} origin where origin.fingerprint = g.fingerprint and origin.kind = 'version' and origin.name = ${version})`]),
    ...(after === undefined ? [] : [sql`(${by}, g.fingerprint) < (${after.at}${order === 'frequent' ? sql`::bigint` : sql`::timestamptz`}, ${after.fingerprint})`]),
  ]
  const rows = await query(
    em,
    sql<Record<string, unknown> & { place: string; n: string | null; finals: string | null }>`
      with counted as materialized (
        select fingerprint, sum(count) as n, sum(final_count) as finals from ${db.table('error_minute')}
        where minute >= ${range.from} and minute < ${range.to} group by 1
      )
      select g.*, counted.n::text, counted.finals::text, ${by}::text as place from ${db.table('error_group')} g left join counted using (fingerprint)
      where ${sql.join(conditions, sql` and `)} order by ${by} desc, g.fingerprint desc limit ${most}`,
  )
  return rows.map(({ n, finals, place, ...row }) => ({ ...(em.map(ErrorGroup, row) as unknown as ErrorGroupRow), place, inRange: Number(n ?? 0), finalInRange: Number(finals ?? 0) }))
}

const cursors = cursorCodec(
  'errors',
  z.discriminatedUnion('order', [
    z.strictObject({ order: z.literal('frequent'), at: z.string().regex(/^\d{1,18}$/), fingerprint: z.string().max(40) }),
    z.strictObject({ order: z.literal('recent'), at: cursorInstant, fingerprint: z.string().max(40) }),
    z.strictObject({ order: z.literal('first'), at: cursorInstant, fingerprint: z.string().max(40) }),
  ]),
)
