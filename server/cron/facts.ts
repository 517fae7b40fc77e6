import { type RawBuilder, sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import type { Coverage, CronFacts, HistorySlot, Window } from './history.ts'
import { dateOf, type Entry } from './rows.ts'

/** Maximum numbers of the newest rows per entry; older history is cut off, never guessed. */
const maxRevisions = 200
const maxPauses = 500
const maxCoverage = 2_000

export interface LoadedFacts {
  coverage: Coverage
  of(entry: Entry): CronFacts
}

interface Reader {
  kit: Kit
  em: Em
}

/** Loads what `classifyWindow` needs for some entries over one window, with two statements regardless of the number of entries. */
export async function loadCronFacts({ kit, em }: Reader, entries: Entry[], window: Window, { maxSlots, withJobs }: SlotsWanted): Promise<LoadedFacts> {
  const ids = entries.map(({ id }) => id)
  const slots = await listHistorySlots({ kit, em }, ids, window, { maxSlots, withJobs })
  const spans = await loadSpans({ kit, em }, ids, window)
  return {
    coverage: spans.coverage,
    of: ({ id, nextSlotAt }) => ({
      nextSlotAt,
      slots: slots.get(id) ?? [],
      revisions: spans.revisions.get(id) ?? [],
      paused: spans.paused.get(id) ?? [],
    }),
  }
}

export interface SlotsWanted {
  /** Maximum number of slots per entry; the newest are returned. */
  maxSlots: number
  /** Whether to include the job of each slot and when it ended. */
  withJobs: boolean
}

export interface RawHistorySlot {
  kind: HistorySlot['kind']
  state: HistorySlot['state']
  slot_ms: number
  claimed_ms: number | null
  finished_ms: number | null
  job_id: string | null
  job_state: string | null
  note: string | null
}

/**
 * There may be thousands of rows, so only the columns shown are selected, and instants as numbers: parsing text would cost more
 * than everything else. Fractions of a millisecond are truncated, as in a `Date`; the added half microsecond exceeds the rounding
 * error of a double.
 */
export function historyColumns(withJobs = true): RawBuilder<unknown> {
  const ms = (column: string) => sql`floor(date_part('epoch', ${sql.ref(column)}) * 1000 + 0.0005)`
  return sql`kind, state, job_state, note, ${ms('slot_at')} as slot_ms, ${ms('claimed_at')} as claimed_ms,
    ${withJobs ? sql`job_id` : sql`null`} as job_id, ${withJobs ? ms('finished_at') : sql`null::float8`} as finished_ms`
}

export function toHistorySlot(row: RawHistorySlot): HistorySlot {
  return {
    kind: row.kind,
    state: row.state,
    slotAt: new Date(row.slot_ms),
    claimedAt: row.claimed_ms === null ? null : new Date(row.claimed_ms),
    finishedAt: row.finished_ms === null ? null : new Date(row.finished_ms),
    jobId: row.job_id,
    jobState: row.job_state,
    note: row.note,
  }
}

async function listHistorySlots({ kit, em }: Reader, ids: string[], { from, to }: Window, { maxSlots, withJobs }: SlotsWanted): Promise<Map<string, HistorySlot[]>> {
  const rows = await query(
    em,
    sql<RawHistorySlot & { place: number }>`
      select place::int, slot.* from unnest(${ids}::uuid[]) with ordinality as entry (id, place)
      cross join lateral (
        select ${historyColumns(withJobs)} from ${kit.db.table('cron_slot')}
        where entry_id = entry.id and slot_at >= ${from} and slot_at <= ${to}
        order by slot_at desc limit ${maxSlots}
      ) slot`,
  )
  const found = new Map<string, HistorySlot[]>(ids.map((id) => [id, []]))
  for (const row of rows) found.get(ids[row.place - 1]!)!.push(toHistorySlot(row))
  return found
}

interface RawSpan {
  kind: 'revision' | 'paused' | 'scheduling' | 'first'
  entry_id: string | null
  from_at: string | null
  to_at: string | null
  expression: string | null
  timezone: string | null
}

/** The revisions and pauses of the entries, and when a scheduler was alive. */
async function loadSpans({ kit: { db }, em }: Reader, ids: string[], { from, to }: Window) {
  const rows = await query(
    em,
    sql<RawSpan>`
      select 'revision' as kind, revision.entry_id, revision.from_at, null::timestamptz as to_at, revision.expression, revision.timezone
      from unnest(${ids}::uuid[]) as entry (id) cross join lateral (
        select * from ${db.table('cron_revision')} where entry_id = entry.id order by from_at desc limit ${maxRevisions}
      ) revision
      union all
      select 'paused', pause.entry_id, pause.from_at, pause.to_at, null, null
      from unnest(${ids}::uuid[]) as entry (id) cross join lateral (
        select * from ${db.table('cron_coverage')}
        where kind = 'paused' and entry_id = entry.id and from_at <= ${to} and (to_at is null or to_at >= ${from})
        order by from_at desc limit ${maxPauses}
      ) pause
      union all
      (select 'scheduling', null, from_at, to_at, null, null from ${db.table('cron_coverage')}
       where kind = 'scheduling' and to_at >= ${from} and from_at <= ${to} order by to_at desc limit ${maxCoverage})
      union all
      select 'first', null, min(from_at), null, null, null from ${db.table('cron_coverage')} where kind = 'scheduling'
      order by from_at`,
  )
  const of = (kind: RawSpan['kind']) => rows.filter((row) => row.kind === kind)
  const interval = (row: RawSpan) => ({ from: new Date(row.from_at!), to: dateOf(row.to_at) })
  return {
    revisions: mapValues(Map.groupBy(of('revision'), (row) => row.entry_id!), (row) => ({
      from: new Date(row.from_at!),
      expression: row.expression,
      timezone: row.timezone!,
    })),
    paused: mapValues(Map.groupBy(of('paused'), (row) => row.entry_id!), interval),
    coverage: { scheduling: of('scheduling').map(interval), firstAt: dateOf(of('first')[0]?.from_at ?? null) },
  }
}

/** Only the coverage: when a scheduler was alive. */
export async function loadCoverage({ kit: { db }, em }: Reader, { from, to }: Window): Promise<Coverage> {
  const rows = await query(
    em,
    sql<{ from_at: string | null; to_at: string | null }>`
      (select from_at, to_at from ${db.table('cron_coverage')}
       where kind = 'scheduling' and to_at >= ${from} and from_at <= ${to} order by to_at desc limit ${maxCoverage})
      union all
      select min(from_at), null from ${db.table('cron_coverage')} where kind = 'scheduling'`,
  )
  const intervals = rows.filter((row) => row.to_at !== null)
  const first = rows.find((row) => row.to_at === null)?.from_at ?? null
  return { scheduling: intervals.map((row) => ({ from: new Date(row.from_at!), to: new Date(row.to_at!) })), firstAt: dateOf(first) }
}

function mapValues<Row, Value>(grouped: Map<string, Row[]>, read: (row: Row) => Value): Map<string, Value[]> {
  return new Map([...grouped].map(([key, rows]) => [key, rows.map(read)]))
}
