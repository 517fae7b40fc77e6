import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { loadCoverage } from './facts.ts'
import type { Coverage } from './history.ts'
import { type Entry, type RawEntry, toEntry, visibleEntries } from './rows.ts'
import { type EntryStatus, isOverdue, lastDecidedSlot, statusCoverageFrom, statusOfEntry, type StatusFacts } from './status.ts'

export interface EntryWithStatus {
  entry: Entry
  status: EntryStatus
}

/** Every active entry that this viewer may see, with its status, ordered by next run. */
export async function listEntryStatuses(scope: Scope, limit: number): Promise<{ entries: EntryWithStatus[]; capped: boolean }> {
  const { kit, em, now } = scope
  const { db } = kit
  const rows = await query(
    em,
    sql<RawEntry & LastSlot>`
      select entry.*, decided.slot_at as last_slot_at, decided.state as last_state
      from (select * from ${db.table('cron_entry')} where retired_at is null order by next_slot_at nulls last, name limit ${limit + 1}) entry
      left join lateral (
        -- Skipped for every entry if nothing was missed at all.
        select * from (${lastDecidedSlot(db, sql`entry.id`, now)}) last where exists (
          select from ${db.table('cron_slot')} where state in ('missed_fire', 'scheduler_down') and slot_at > ${statusCoverageFrom(now)})
      ) decided on true
      order by entry.next_slot_at nulls last, entry.name`,
  )
  const found = rows.slice(0, limit).map((row) => ({ entry: toEntry(row), last: lastOf(row) }))
  const coverage = await findStatusCoverage(scope, found.map(({ entry }) => entry))
  const seen = new Set(await visibleEntries(scope.viewer, found.map(({ entry }) => entry)))
  return {
    entries: found.filter(({ entry }) => seen.has(entry)).map(({ entry, last }) => ({ entry, status: statusOfEntry({ entry, last, coverage }, now) })),
    capped: rows.length > limit,
  }
}

export interface LastSlot {
  last_slot_at: string | null
  last_state: NonNullable<StatusFacts['last']>['state'] | null
}

export function lastOf({ last_slot_at: at, last_state: state }: LastSlot): StatusFacts['last'] {
  return at !== null && state !== null ? { slotAt: new Date(at), state } : undefined
}

/** Loads coverage only if a status depends on it. */
export async function findStatusCoverage({ kit, em, now }: Pick<Scope, 'kit' | 'em' | 'now'>, entries: Entry[]): Promise<Coverage> {
  if (!entries.some((entry) => isOverdue(entry, now))) return { scheduling: [], firstAt: null }
  return loadCoverage({ kit, em }, { from: statusCoverageFrom(now), to: now })
}
