import { type RawBuilder, sql } from 'kysely'
import type { Principal } from '../../schemas/index.ts'
import type { CatchUpPolicy, CronSource, OverlapPolicy } from '../../schemas/vocabulary.ts'
import { type Database, type Em, query } from '../db/database.ts'
import type { SlotState } from '../db/entities.ts'
import { hintChannel } from '../db/hint.ts'
import type { Resource } from '../host/auth.ts'

/** A cron entry as stored. */
export interface Entry {
  id: string
  name: string
  source: CronSource
  queue: string
  worker: string | null
  args: Record<string, unknown>
  expression: string
  timezone: string
  overlap: OverlapPolicy
  catchUp: CatchUpPolicy
  maxCatchUp: number
  version: number
  pausedAt: Date | null
  pausedBy: Principal | null
  pauseReason: string | null
  pauseEventId: string | null
  resumeAt: Date | null
  retiredAt: Date | null
  nextSlotAt: Date | null
  lastError: string | null
  retryAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** A slot as stored. */
export interface SlotRow {
  id: string
  entryId: string
  kind: 'scheduled' | 'manual'
  slotAt: Date
  state: SlotState
  decidedAt: Date
  claimedAt: Date | null
  jobQueue: string | null
  jobId: string | null
  jobState: string | null
  finishedAt: Date | null
  note: string | null
}

export interface RawEntry {
  id: string
  name: string
  source: CronSource
  queue: string
  worker: string | null
  args: Record<string, unknown>
  expression: string
  timezone: string
  overlap: OverlapPolicy
  catch_up: CatchUpPolicy
  max_catch_up: number
  version: number
  paused_at: string | null
  paused_by: Principal | null
  pause_reason: string | null
  pause_event_id: string | null
  resume_at: string | null
  retired_at: string | null
  next_slot_at: string | null
  last_error: string | null
  retry_at: string | null
  created_at: string
  updated_at: string
}

export interface RawSlot {
  id: string
  entry_id: string
  kind: 'scheduled' | 'manual'
  slot_at: string
  state: SlotState
  decided_at: string
  claimed_at: string | null
  job_queue: string | null
  job_id: string | null
  job_state: string | null
  finished_at: string | null
  note: string | null
}

export async function queryEntries(em: Em, statement: RawBuilder<RawEntry>): Promise<Entry[]> {
  return (await query(em, statement)).map(readEntry)
}

export async function querySlots(em: Em, statement: RawBuilder<RawSlot>): Promise<SlotRow[]> {
  return (await query(em, statement)).map(readSlot)
}

/** One entry by its name, locked until the transaction ends when it is about to be changed. */
export async function findEntry(db: Database, em: Em, name: string, locking = false): Promise<Entry | null> {
  const lock = locking ? sql`for update` : sql``
  const [entry] = await queryEntries(em, sql<RawEntry>`select * from ${db.table('cron_entry')} where name = ${name} ${lock}`)
  return entry ?? null
}

/** What the host is asked about. */
export function resourceOf({ name, queue, worker }: Pick<Entry, 'name' | 'queue' | 'worker'>): Resource {
  return { type: 'cron_entry', id: name, queue, worker: worker ?? undefined }
}

/** One `cron` hint for each entry, sent when the transaction commits. */
export async function hintEntries(db: Database, em: Em, names: string[]): Promise<void> {
  if (!names.length) return
  const hints = [...new Set(names)].map((id) => JSON.stringify({ topic: 'cron', subject: { type: 'cron_entry', id } }))
  await query(em, sql`select pg_notify(${hintChannel(db.schema)}, hint) from unnest(${hints}::text[]) as hint`)
}

/** Timestamps reach us as PostgreSQL writes them. */
export function dateOf(timestamp: string): Date
export function dateOf(timestamp: string | null): Date | null
export function dateOf(timestamp: string | null): Date | null {
  return timestamp === null ? null : new Date(timestamp)
}

export function readEntry(row: RawEntry): Entry {
  const { id, name, source, queue, worker, args, expression, timezone, overlap, version } = row
  return {
    id, name, source, queue, worker, args, expression, timezone, overlap, version,
    catchUp: row.catch_up,
    maxCatchUp: row.max_catch_up,
    pausedAt: dateOf(row.paused_at),
    pausedBy: row.paused_by,
    pauseReason: row.pause_reason,
    pauseEventId: row.pause_event_id,
    resumeAt: dateOf(row.resume_at),
    retiredAt: dateOf(row.retired_at),
    nextSlotAt: dateOf(row.next_slot_at),
    lastError: row.last_error,
    retryAt: dateOf(row.retry_at),
    createdAt: dateOf(row.created_at),
    updatedAt: dateOf(row.updated_at),
  }
}

function readSlot(row: RawSlot): SlotRow {
  return {
    id: row.id,
    entryId: row.entry_id,
    kind: row.kind,
    slotAt: dateOf(row.slot_at),
    state: row.state,
    decidedAt: dateOf(row.decided_at),
    claimedAt: dateOf(row.claimed_at),
    jobQueue: row.job_queue,
    jobId: row.job_id,
    jobState: row.job_state,
    finishedAt: dateOf(row.finished_at),
    note: row.note,
  }
}
