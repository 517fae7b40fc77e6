import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { CronEntry, CronHistory } from '../../schemas/index.ts'
import type { CronSource } from '../../schemas/vocabulary.ts'
import { cursorCodec } from '../cursor.ts'
import { query } from '../db/database.ts'
import { fieldError, OpsError } from '../error.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { loadCronFacts } from './facts.ts'
import { classifyWindow, judgeCompleteness, type Window } from './history.ts'
import { type Entry, findEntry, queryEntries, type RawEntry, type RawSlot, querySlots, type SlotRow, visibleEntries } from './rows.ts'
import { recentSlots, showEntry, showSlot } from './show.ts'
import { lastDecidedSlot, statusOfEntry } from './status.ts'

const maxHistory = 1_000
const dayMs = 86_400_000

export interface CronFilters {
  q?: string
  source?: CronSource
  state?: 'active' | 'paused' | 'retired'
}

export interface CronPage {
  items: CronEntry[]
  nextCursor?: string
  asOf: string
}

/** One page by name. The cursor is the last name read, so entries that come and go elsewhere change nothing. */
export async function listCronEntries(scope: Scope, filters: CronFilters, limit: number, cursor?: string): Promise<CronPage> {
  const { items, next } = await fillPage({
    limit,
    after: await cursors.parse(scope.kit.db, cursor),
    read: (after, most) => listEntries(scope, filters, after?.name, most),
    show: async (entries) => (await visibleEntries(scope.viewer, entries)).map((row) => ({ row, shown: row })),
    placeOf: ({ name }) => ({ name }),
  })
  return { items: await showEntries(scope, items), nextCursor: await cursors.write(scope.kit.db, next), asOf: scope.now.toISOString() }
}

function listEntries({ kit: { db }, em }: Scope, filters: CronFilters, after: string | undefined, most: number): Promise<Entry[]> {
  const conditions = filterConditions(filters)
  if (after !== undefined) conditions.push(sql`name > ${after}`)
  const where = conditions.length ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
  return queryEntries(em, sql<RawEntry>`select * from ${db.table('cron_entry')} ${where} order by name limit ${most}`)
}

export async function getCronEntry(scope: Scope, name: string): Promise<CronEntry> {
  const [shown] = await showEntries(scope, [await getVisibleEntry(scope, name)])
  return shown!
}

/** Every slot of the window, classified. Without a window: the last day. */
export async function getCronHistory(scope: Scope, name: string, asked: { from?: string; to?: string }): Promise<CronHistory> {
  const entry = await getVisibleEntry(scope, name)
  const window = parseWindow(asked, scope.now)
  const facts = await loadCronFacts(scope, [entry], window, maxHistory + 1)
  const { slots, truncated } = classifyWindow(facts.of(entry), facts.coverage, window, scope.now, maxHistory)
  const reached = truncated ? { ...window, from: slots.at(-1)!.at } : window
  return {
    entry: name,
    from: reached.from.toISOString(),
    to: reached.to.toISOString(),
    slots: slots.map(showSlot),
    counts: Object.fromEntries([...Map.groupBy(slots, ({ outcome }) => outcome)].map(([outcome, of]) => [outcome, of.length])),
    completeness: judgeCompleteness(facts.of(entry), facts.coverage, reached, scope.now),
    truncated,
    asOf: scope.now.toISOString(),
  }
}

async function showEntries(scope: Scope, entries: Entry[]): Promise<CronEntry[]> {
  if (!entries.length) return []
  const window = { from: new Date(Math.min(...entries.map(({ createdAt }) => createdAt.getTime()))), to: scope.now }
  const [facts, glances] = [await loadCronFacts(scope, entries, window, recentSlots + 1), await loadGlances(scope, entries)]
  const { coverage } = facts
  return Promise.all(
    entries.map((entry) => {
      const { slots } = classifyWindow(facts.of(entry), coverage, { ...window, from: entry.createdAt }, scope.now, recentSlots)
      const { last, ...glance } = glances(entry)
      return showEntry(scope, entry, { recent: slots, status: statusOfEntry({ entry, last, coverage }, scope.now), ...glance })
    }),
  )
}

/** Skips to come, the last run however long ago, the slot that the status depends on, and how many jobs have not ended. */
async function loadGlances({ kit: { db }, em, now }: Scope, entries: Entry[]) {
  const ids = entries.map(({ id }) => id)
  const slots = await querySlots(
    em,
    sql<RawSlot>`
      select slot.* from unnest(${ids}::uuid[]) as entry (id) cross join lateral (
        (select * from ${db.table('cron_slot')} where entry_id = entry.id and slot_at > ${now} order by slot_at limit 12)
        union all
        (select * from ${db.table('cron_slot')}
         where entry_id = entry.id and slot_at <= ${now} and claimed_at is not null order by slot_at desc limit 1)
        union all
        (${lastDecidedSlot(db, sql`entry.id`, now)})
      ) slot`,
  )
  const counts = await query(
    em,
    sql<{ id: string; unfinished: number }>`
      select entry.id, (select count(*)::int from (
        select 1 from ${db.table('cron_slot')} where entry_id = entry.id and job_id is not null and finished_at is null limit 1000
      ) open) as unfinished
      from unnest(${ids}::uuid[]) as entry (id)`,
  )
  const slotsOf = Map.groupBy(slots, ({ entryId }) => entryId)
  const unfinished = new Map(counts.map((row) => [row.id, row.unfinished]))
  return ({ id }: Entry): { skipped: SlotRow[]; lastRun?: SlotRow; last?: SlotRow; unfinishedJobs: number } => {
    const of = slotsOf.get(id) ?? []
    return {
      skipped: of.filter(({ slotAt, state }) => slotAt > now && state === 'skipped_by_operator'),
      lastRun: of.find(({ slotAt, claimedAt }) => slotAt <= now && claimedAt !== null),
      last: of.filter(({ slotAt }) => slotAt <= now).toSorted((a, b) => b.slotAt.getTime() - a.slotAt.getTime())[0],
      unfinishedJobs: unfinished.get(id) ?? 0,
    }
  }
}

/** For somebody who may not see it, it does not exist. */
async function getVisibleEntry(scope: Scope, name: string): Promise<Entry> {
  const found = await findEntry(scope.kit.db, scope.em, name)
  const [entry] = found ? await visibleEntries(scope.viewer, [found]) : []
  if (!entry) throw new OpsError('not_found', `No cron entry '${name}' that you may see.`)
  return entry
}

function filterConditions({ q, source, state }: CronFilters): RawBuilder<unknown>[] {
  return [
    q !== undefined && sql`position(lower(${q}) in lower(name)) > 0`,
    source !== undefined && sql`source = ${source}`,
    state === 'active' && sql`paused_at is null and retired_at is null`,
    state === 'paused' && sql`paused_at is not null and retired_at is null`,
    state === 'retired' && sql`retired_at is not null`,
  ].filter((condition) => condition !== false)
}

function parseWindow({ from, to }: { from?: string; to?: string }, now: Date): Window {
  const end = to === undefined ? now : new Date(to)
  const start = from === undefined ? new Date(end.getTime() - dayMs) : new Date(from)
  if (start < end) return { from: start, to: end }
  throw fieldError('query.from', `got ${start.toISOString()}; expected an instant before 'to', ${end.toISOString()}`)
}

const cursors = cursorCodec('cron entries', z.strictObject({ name: z.string().max(100) }))
