import { type RawBuilder, sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import { CronEntry, type CronEntryRow, CronSlot, type CronSlotRow } from '../db/entities.ts'
import { hintChannel, payloadOf } from '../db/hint.ts'
import { toRow } from '../db/row.ts'
import type { Resource } from '../host/auth.ts'
import type { Viewer } from '../host/viewer.ts'
import { visible } from '../host/visible.ts'

/** A cron entry as stored. */
export type Entry = CronEntryRow

/** A slot as stored. */
export type SlotRow = CronSlotRow

/** Raw rows of statements that select all columns; `toRow` converts them to entries and slots. */
export type RawEntry = { name: string }
export type RawSlot = { slot_at: string }

export async function queryEntries(em: Em, statement: RawBuilder<RawEntry>): Promise<Entry[]> {
  return (await query(em, statement)).map(toEntry)
}

export async function querySlots(em: Em, statement: RawBuilder<RawSlot>): Promise<SlotRow[]> {
  return (await query(em, statement)).map(toSlot)
}

/** Every entry that is not retired, by name. */
export function listActiveEntries({ db }: { db: Database }): Promise<Entry[]> {
  return queryEntries(db.em(), sql<RawEntry>`select * from ${db.table('cron_entry')} where retired_at is null order by name`)
}

/** One entry by name; with `locking`, locked until the transaction ends. */
export async function findEntry(db: Database, em: Em, name: string, locking = false): Promise<Entry | null> {
  const lock = locking ? sql`for update` : sql``
  const [entry] = await queryEntries(em, sql<RawEntry>`select * from ${db.table('cron_entry')} where name = ${name} ${lock}`)
  return entry ?? null
}

/** The resource that the host's `authorize` receives. */
export function resourceOf({ name, queue, worker }: Pick<Entry, 'name' | 'queue' | 'worker'>): Resource {
  return { type: 'cron_entry', id: name, queue, worker: worker ?? undefined }
}

export function visibleEntries(viewer: Viewer, entries: readonly Entry[]): Promise<Entry[]> {
  return visible(viewer, entries, 'view_cron', resourceOf)
}

/** Publishes one hint for each entry and topic when the transaction commits, to viewers who may see the entry. */
export async function hintEntries(db: Database, em: Em, entries: Pick<Entry, 'name' | 'queue' | 'worker'>[], topics: string[] = ['cron']): Promise<void> {
  if (!entries.length) return
  const hints = entries.flatMap((entry) => {
    const { type, id, queue, worker } = resourceOf(entry)
    return topics.map((topic) => payloadOf({ topic, [topic === 'cron' ? 'subject' : 'about']: { type, id }, resource: { queue, worker } }))
  })
  await query(em, sql`select pg_notify(${hintChannel(db.schema)}, hint) from unnest(${[...new Set(hints)]}::text[]) as hint`)
}

/** Parses a timestamp in PostgreSQL's text format. */
export function dateOf(timestamp: string): Date
export function dateOf(timestamp: string | null): Date | null
export function dateOf(timestamp: string | null): Date | null {
  return timestamp === null ? null : new Date(timestamp)
}

export function toEntry(row: RawEntry): Entry {
  return toRow(CronEntry, row)
}

function toSlot(row: RawSlot): SlotRow {
  return toRow(CronSlot, row)
}
