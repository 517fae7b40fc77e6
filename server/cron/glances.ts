import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { historyColumns, type RawHistorySlot, toHistorySlot } from './facts.ts'
import type { HistorySlot } from './history.ts'
import { type LastSlot, lastOf } from './list-status.ts'
import type { Entry } from './rows.ts'
import { lastDecidedSlot, type StatusFacts } from './status.ts'

/** Maximum number of upcoming skipped slots shown for an entry. */
const maxSkipped = 12
/** Counts stop here. */
const maxUnfinished = 1_000

/** What is shown of an entry besides its own row and its recent slots. */
export interface Glance {
  /** Upcoming slots that an operator marked as skipped. */
  skipped: Date[]
  /** However long ago it was. */
  lastRun?: HistorySlot
  /** The slot that determines the status. */
  last: StatusFacts['last']
  unfinishedJobs: number
}

interface RawGlance extends LastSlot, RawHistorySlot {
  unfinished: number
  skipped: string[]
  slot_ms: number
}

/** Loads all entries with one statement, one row per entry. */
export async function loadGlances({ kit: { db }, em, now }: Scope, entries: Entry[]): Promise<(entry: Entry) => Glance> {
  const slot = db.table('cron_slot')
  const rows = await query(
    em,
    sql<Omit<RawGlance, 'slot_ms'> & { id: string; slot_ms: number | null }>`
      select entry.id, run.*, decided.slot_at as last_slot_at, decided.state as last_state,
        (select count(*)::int from (
          select 1 from ${slot} where entry_id = entry.id and job_id is not null and finished_at is null limit ${maxUnfinished}
        ) open) as unfinished,
        array(
          select slot_at from ${slot} where entry_id = entry.id and slot_at > ${now} and state = 'skipped_by_operator' order by slot_at limit ${maxSkipped}
        )::text[] as skipped
      from unnest(${entries.map(({ id }) => id)}::uuid[]) as entry (id)
      left join lateral (
        select ${historyColumns()} from ${slot} where entry_id = entry.id and slot_at <= ${now} and claimed_at is not null order by slot_at desc limit 1
      ) run on true
      left join lateral (${lastDecidedSlot(db, sql`entry.id`, now)}) decided on true`,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ({ id }) => {
    const row = byId.get(id)!
    return {
      skipped: row.skipped.map((at) => new Date(at)),
      lastRun: row.slot_ms === null ? undefined : toHistorySlot(row as RawGlance),
      last: lastOf(row),
      unfinishedJobs: row.unfinished,
    }
  }
}
