import { type RawBuilder, sql } from 'kysely'
import type { ComingEntry, ComingRuns } from '../../schemas/index.ts'
import type { CronSource } from '../../schemas/vocabulary.ts'
import { query } from '../db/database.ts'
import { fieldError } from '../error.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { between, describe } from './expression.ts'
import type { Window } from './history.ts'
import { stretchesOf } from './rhythm.ts'
import { type Entry, queryEntries, type RawEntry, visibleEntries } from './rows.ts'
import { permissionsOn, showPause } from './show.ts'
import { findUsualLengths } from './usual-length.ts'
import { yieldToEventLoop } from './yield.ts'

const dayMs = 86_400_000
const maxSpanMs = 8 * dayMs
const maxAheadMs = 366 * dayMs
const maxEntries = 500
/** An entry with more runs than this in the window is described by its rhythm. */
const maxRuns = 48
const maxStretches = 200
/** Instants computed for one request. Nobody reads more than this, and computing them must not keep others waiting. */
const maxInstants = 200_000
const maxSkipped = 100

export interface ComingFilters {
  q?: string
  queue?: string
  /** Exact names, separated by commas. */
  names?: string
  source?: CronSource
}

/** The runs of a window ahead, by entry, soonest first. Reads entries and skipped slots; the instants are computed. */
export async function listComingRuns(scope: Scope, { from, to, ...filters }: ComingFilters & { from?: string; to?: string }): Promise<ComingRuns> {
  const window = parseWindow({ from, to }, scope.now)
  const { items, next } = await fillPage({
    limit: maxEntries,
    read: (after: Place | undefined, limit) => listEntries(scope, filters, window, after, limit),
    show: async (entries) => (await visibleEntries(scope.viewer, entries)).map((row) => ({ row, shown: row })),
    placeOf: ({ name, nextSlotAt }) => ({ name, next: nextSlotAt?.toISOString() ?? null }),
  })
  return {
    from: window.from.toISOString(),
    to: window.to.toISOString(),
    entries: items.length ? await showComing(scope, items, window) : [],
    capped: next !== undefined,
    asOf: scope.now.toISOString(),
  }
}

interface Place {
  name: string
  next: string | null
}

/** An entry that is paused may be resumed before the window ends, however long ago its next slot was. */
function listEntries({ kit: { db }, em }: Scope, { q, queue, names, source }: ComingFilters, { to }: Window, after: Place | undefined, limit: number): Promise<Entry[]> {
  const conditions: (RawBuilder<unknown> | false)[] = [
    sql`retired_at is null and next_slot_at is not null and (paused_at is not null or next_slot_at <= ${to})`,
    q !== undefined && sql`position(lower(${q}) in lower(name)) > 0`,
    queue !== undefined && sql`queue = ${queue}`,
    names !== undefined && sql`name = any(${names.split(',')}::text[])`,
    source !== undefined && sql`source = ${source}`,
    after !== undefined && sql`(next_slot_at, name) > (${after.next}::timestamptz, ${after.name})`,
  ]
  const where = sql.join(conditions.filter((each) => each !== false), sql` and `)
  return queryEntries(em, sql<RawEntry>`select * from ${db.table('cron_entry')} where ${where} order by next_slot_at, name limit ${limit}`)
}

async function showComing(scope: Scope, entries: Entry[], window: Window): Promise<ComingEntry[]> {
  const skippedOf = await findSkipped(scope, entries, window)
  const usualOf = await findUsualLengths(scope, entries)
  const shown: { soonest: number; item: ComingEntry }[] = []
  const compute = memoized(window)
  for (const entry of entries) {
    const { instants, computedUntil } = await compute(entry)
    if (!instants.length) continue
    const pause = showPause(scope, entry)
    const { name, source, queue, expression, timezone } = entry
    const runs = describeRuns(entry, instants, skippedOf(entry))
    const item: ComingEntry = {
      name, source, queue, expression, timezone,
      description: describe(expression),
      usual: usualOf(entry),
      pause: pause && { reason: pause.reason, resumeAt: pause.resumeAt },
      ...runs,
      computedUntil: computedUntil === undefined ? runs.computedUntil : new Date(computedUntil).toISOString(),
      permissions: await permissionsOn(scope, entry, ['skip_cron_slot', 'unskip_cron_slot', 'resume_cron_entry']),
    }
    shown.push({ soonest: instants[0]!, item })
  }
  return shown.sort((a, b) => a.soonest - b.soonest || (a.item.name < b.item.name ? -1 : 1)).map(({ item }) => item)
}

/** Each run, or the rhythm of many; skipped ones by themselves too, because they can be taken back. */
export function describeRuns({ pausedAt, resumeAt }: Pick<Entry, 'pausedAt' | 'resumeAt'>, instants: number[], skipped: Set<number>): Pick<ComingEntry, 'runs' | 'rhythms' | 'computedUntil'> {
  const run = (at: number) => ({ at: new Date(at).toISOString(), skipped: skipped.has(at), paused: pausedAt !== null && (resumeAt === null || at < resumeAt.getTime()) })
  if (instants.length <= maxRuns) return { runs: instants.map(run), rhythms: [] }
  const { stretches, rest } = stretchesOf(instants, maxStretches)
  return {
    runs: instants.filter((at) => skipped.has(at)).slice(0, maxRuns).map(run),
    rhythms: stretches.map(({ from, to, every, runs }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), everySeconds: every / 1000, runs })),
    computedUntil: rest < instants.length ? new Date(instants[rest - 1]!).toISOString() : undefined,
  }
}

/** Entries with the same schedule share its instants. When the budget is spent, the others get as many as are drawn one by one. */
function memoized({ from, to }: Window): (entry: Entry) => Promise<{ instants: number[]; computedUntil?: number }> {
  const known = new Map<string, { instants: number[]; computedUntil?: number }>()
  let left = maxInstants
  return async ({ expression, timezone }) => {
    const key = `${expression} ${timezone}`
    const cached = known.get(key)
    if (cached) return cached
    const cap = Math.max(left, maxRuns + 1)
    const instants = between({ expression, timezone }, new Date(from.getTime() - 1), to, cap + 1).map((at) => at.getTime())
    left -= instants.length
    const computed = instants.length > cap ? { instants: instants.slice(0, cap), computedUntil: instants[cap - 1]! } : { instants }
    known.set(key, computed)
    if (instants.length > 1_000) await yieldToEventLoop()
    return computed
  }
}

async function findSkipped({ kit: { db }, em }: Scope, entries: Entry[], { from, to }: Window): Promise<(entry: Entry) => Set<number>> {
  const rows = await query(
    em,
    sql<{ id: string; at: string }>`
      select entry.id, slot.slot_at::text as at from unnest(${entries.map(({ id }) => id)}::uuid[]) as entry (id)
      cross join lateral (
        select slot_at from ${db.table('cron_slot')}
        where entry_id = entry.id and slot_at >= ${from} and slot_at <= ${to} and state = 'skipped_by_operator' order by slot_at limit ${maxSkipped}
      ) slot`,
  )
  const byId = Map.groupBy(rows, ({ id }) => id)
  return ({ id }) => new Set((byId.get(id) ?? []).map(({ at }) => Date.parse(at)))
}

function parseWindow(asked: { from?: string; to?: string }, now: Date): Window {
  const from = asked.from === undefined ? now : new Date(Math.max(Date.parse(asked.from), now.getTime()))
  const to = asked.to === undefined ? new Date(from.getTime() + dayMs) : new Date(asked.to)
  if (to <= from) throw fieldError('query.to', `got ${to.toISOString()}; expected an instant after ${from.toISOString()}`)
  if (to.getTime() - from.getTime() > maxSpanMs) throw fieldError('query.to', `got ${to.toISOString()}, more than 8 days after ${from.toISOString()}; expected a shorter window`)
  if (to.getTime() - now.getTime() > maxAheadMs) throw fieldError('query.to', `got ${to.toISOString()}; expected an instant within the next year`)
  return { from, to }
}
