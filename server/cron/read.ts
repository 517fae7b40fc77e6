import { type RawBuilder, sql } from 'kysely'
import { type CronEntry, type CronHistory, maxRecentSlots } from '../../schemas/index.ts'
import type { CronGroup, CronSort, CronSource } from '../../schemas/vocabulary.ts'
import { query } from '../db/database.ts'
import { fieldError, OpsError } from '../error.ts'
import { fillPage } from '../host/full-page.ts'
import type { Scope } from '../operations/scope.ts'
import { loadCronFacts } from './facts.ts'
import { loadGlances } from './glances.ts'
import { type ClassifiedSlot, classifyWindow, type Coverage, assessCompleteness, listCoverageGaps, type Window } from './history.ts'
import { findStatusCoverage } from './list-status.ts'
import { type Order, orderOf, parsePlace, writePlace } from './order.ts'
import { type Entry, findEntry, type RawEntry, toEntry, visibleEntries } from './rows.ts'
import { showEntry, showSlot } from './show.ts'
import { statusOfEntry } from './status.ts'

const maxHistory = 1_000
const dayMs = 86_400_000

export interface CronFilters {
  q?: string
  source?: CronSource
  state?: 'active' | 'paused' | 'retired'
  queue?: string
  /** Exact names, separated by commas. */
  names?: string
}

export interface CronPage {
  items: CronEntry[]
  nextCursor?: string
  asOf: string
}

export interface CronPageWanted {
  limit: number
  cursor?: string
  /** So many of its last slots with each entry. */
  recent?: number
  /** Default: by name. */
  sort?: CronSort
  group?: CronGroup
}

/** One page. The cursor is the place of the last entry read, so entries created or deleted elsewhere do not affect it. */
export async function listCronEntries(scope: Scope, filters: CronFilters, { limit, cursor, recent = 0, sort = 'name', group }: CronPageWanted): Promise<CronPage> {
  const { db } = scope.kit
  const order = orderOf(db, { sort, group }, scope.now)
  const { items, next } = await fillPage({
    limit,
    after: await parsePlace(db, cursor, { sort, group }),
    read: (after, most) => listEntries(scope, filters, order, after, most),
    show: async (rows) => {
      const seen = new Set(await visibleEntries(scope.viewer, rows.map(({ entry }) => entry)))
      return rows.filter(({ entry }) => seen.has(entry)).map((row) => ({ row, shown: row.entry }))
    },
    placeOf: ({ place }) => place,
  })
  return {
    items: await showEntries(scope, items, { recent, coming: recent > 0 }),
    nextCursor: await writePlace(db, next && { sort, group, keys: next }),
    asOf: scope.now.toISOString(),
  }
}

async function listEntries({ kit: { db }, em }: Scope, filters: CronFilters, order: Order, after: string[] | undefined, most: number): Promise<{ entry: Entry; place: string[] }[]> {
  const conditions = filterConditions(filters)
  if (after !== undefined) conditions.push(order.after(after))
  const where = conditions.length ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
  const rows = await query(
    em,
    sql<RawEntry & { place: string[] }>`select entry.*, ${order.place} as place from ${db.table('cron_entry')} entry ${order.join} ${where} order by ${order.by} limit ${most}`,
  )
  return rows.map((row) => ({ entry: toEntry(row), place: row.place }))
}

/** One entry with the strip of its last slots. */
export async function getCronEntry(scope: Scope, name: string): Promise<CronEntry> {
  const [shown] = await showEntries(scope, [await getVisibleEntry(scope, name)], { recent: maxRecentSlots, coming: true })
  return shown!
}

/** Every slot of the window, classified. The default window is the last day. */
export async function getCronHistory(scope: Scope, name: string, asked: { from?: string; to?: string }): Promise<CronHistory> {
  const { slots, gaps: _gaps, ...history } = await classifyHistory(scope, await getVisibleEntry(scope, name), parseWindow(asked, scope.now))
  return { ...history, slots: slots.map(showSlot) }
}

/** A history whose slots are not written out yet: who needs a few of a thousand writes those. */
export type ClassifiedHistory = Omit<CronHistory, 'slots'> & {
  slots: ClassifiedSlot[]
  /** The stretches of the window in which no scheduler is on record. */
  gaps: { from: Date; to: Date }[]
}

export interface CronEvidence {
  entry: CronEntry
  history: ClassifiedHistory
  /** The newest slots before the window, newest first. */
  older: ClassifiedSlot[]
}

interface EvidenceAsked {
  windowOf(entry: Entry): Window
  /** How many slots are wanted, with those before the window if it holds fewer. */
  slots: number
}

/** An entry without its strip, with its history of a window. */
export async function getCronEvidence(scope: Scope, name: string, { windowOf, slots }: EvidenceAsked): Promise<CronEvidence> {
  const found = await getVisibleEntry(scope, name)
  const [entry] = await showEntries(scope, [found], { recent: 0, coming: true })
  const window = windowOf(found)
  const history = await classifyHistory(scope, found, window)
  const before = { from: found.createdAt, to: new Date(window.from.getTime() - 1) }
  const missing = slots - history.slots.length
  const older = history.truncated || missing <= 0 || before.from > before.to ? [] : (await classifyHistory(scope, found, before, missing)).slots
  return { entry: entry!, history, older }
}

async function classifyHistory(scope: Scope, entry: Entry, window: Window, most = maxHistory): Promise<ClassifiedHistory> {
  const loaded = await loadCronFacts(scope, [entry], window, { maxSlots: most + 1, withJobs: true })
  const { coverage } = loaded
  const facts = loaded.of(entry)
  const { slots, truncated } = classifyWindow(facts, coverage, window, scope.now, most)
  const reached = truncated ? { ...window, from: slots.at(-1)!.at } : window
  return {
    entry: entry.name,
    from: reached.from.toISOString(),
    to: reached.to.toISOString(),
    slots,
    counts: Object.fromEntries([...Map.groupBy(slots, ({ outcome }) => outcome)].map(([outcome, of]) => [outcome, of.length])),
    completeness: assessCompleteness(facts, coverage, reached, scope.now),
    gaps: listCoverageGaps(facts, coverage, reached, scope.now),
    truncated,
    asOf: scope.now.toISOString(),
  }
}

/** `recent`: how many past slots; `coming`: with the upcoming ones too, which a list without a strip does not need. */
async function showEntries(scope: Scope, entries: Entry[], { recent, coming }: { recent: number; coming: boolean }): Promise<CronEntry[]> {
  if (!entries.length) return []
  const strips = recent > 0 ? await loadStrips(scope, entries, recent) : undefined
  const glanceOf = await loadGlances(scope, entries)
  const coverage = strips?.coverage ?? (await findStatusCoverage(scope, entries))
  return Promise.all(
    entries.map((entry) => {
      const glance = glanceOf(entry)
      const status = statusOfEntry({ entry, last: glance.last, coverage }, scope.now)
      return showEntry(scope, entry, { ...glance, recent: strips?.of(entry) ?? [], coming, status })
    }),
  )
}

/** The last slots of each entry, newest first. */
async function loadStrips(scope: Scope, entries: Entry[], recent: number): Promise<{ coverage: Coverage; of(entry: Entry): ClassifiedSlot[] }> {
  const window = { from: new Date(Math.min(...entries.map(({ createdAt }) => createdAt.getTime()))), to: scope.now }
  const { coverage, of } = await loadCronFacts(scope, entries, window, { maxSlots: recent + 1, withJobs: false })
  return { coverage, of: (entry) => classifyWindow(of(entry), coverage, { ...window, from: entry.createdAt }, scope.now, recent).slots }
}

/** Throws `not_found` as well if the viewer may not see the entry. */
async function getVisibleEntry(scope: Scope, name: string): Promise<Entry> {
  const found = await findEntry(scope.kit.db, scope.em, name)
  const [entry] = found ? await visibleEntries(scope.viewer, [found]) : []
  if (!entry) throw new OpsError('not_found', `No cron entry '${name}' that you may see.`, { values: { type: 'cron_entry', id: name } })
  return entry
}

function filterConditions({ q, source, state, queue, names }: CronFilters): RawBuilder<unknown>[] {
  return [
    q !== undefined && sql`position(lower(${q}) in lower(entry.name)) > 0`,
    source !== undefined && sql`entry.source = ${source}`,
    queue !== undefined && sql`entry.queue = ${queue}`,
    names !== undefined && sql`entry.name = any(${names.split(',')}::text[])`,
    state === 'active' && sql`entry.paused_at is null and entry.retired_at is null`,
    state === 'paused' && sql`entry.paused_at is not null and entry.retired_at is null`,
    state === 'retired' && sql`entry.retired_at is not null`,
  ].filter((condition) => condition !== false)
}

function parseWindow({ from, to }: { from?: string; to?: string }, now: Date): Window {
  const end = to === undefined ? now : new Date(to)
  const start = from === undefined ? new Date(end.getTime() - dayMs) : new Date(from)
  if (start < end) return { from: start, to: end }
  throw fieldError('query.from', `got ${start.toISOString()}; expected an instant before 'to', ${end.toISOString()}`)
}
