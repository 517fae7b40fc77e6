import { type RawBuilder, sql } from 'kysely'
import { type Database, query } from '../db/database.ts'
import type { Resource } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'

/** Queries for other features: which jobs an entry created, which entry created a job, and which queues entries use. */

type Reading = Pick<Scope, 'kit' | 'em' | 'viewer'>

/** A job created by a slot. */
export interface MadeJob {
  jobId: string
  /** The slot's position among its entry's slots; a value for `after`. */
  place: string
}

export interface MadeJobsAsked {
  entry: string
  order: 'newest' | 'oldest'
  /** Only jobs after this position. */
  after?: string
  limit: number
}

/** In the order of the entry's slots. Does not check whether the viewer may see the entry. */
export async function listMadeJobs({ kit: { db }, em }: Reading, { entry, order, after, limit }: MadeJobsAsked): Promise<MadeJob[]> {
  const [at, id] = after?.split('|') ?? []
  const side = order === 'newest' ? sql`<` : sql`>`
  const direction = order === 'newest' ? sql`desc` : sql`asc`
  const behind = at === undefined ? sql`` : sql`and (slot.slot_at, slot.id) ${side} (${at}::timestamptz, ${id}::bigint)`
  const rows = await query(
    em,
    sql<{ slot_id: string; slot_at: string; job_id: string }>`
      select slot.id::text as slot_id, slot.slot_at::text, slot.job_id from ${db.table('cron_slot')} slot
      where slot.entry_id = (select id from ${db.table('cron_entry')} where name = ${entry}) and slot.job_id is not null ${behind}
      order by slot.slot_at ${direction}, slot.id ${direction} limit ${limit}`,
  )
  return rows.map(({ slot_id, slot_at, job_id }) => ({ jobId: job_id, place: `${slot_at}|${slot_id}` }))
}

/** Also false if there is no such entry. */
export async function maySeeEntry({ kit: { db }, em, viewer }: Reading, name: string): Promise<boolean> {
  const [entry] = await query(em, sql<Named>`select name, queue, worker from ${db.table('cron_entry')} where name = ${name}`)
  return entry !== undefined && (await viewer.can('view_cron', resourceOf(entry))).allowed
}

/** The slot that created a job, if the viewer may see its entry. */
export async function findSlotOfJob({ kit: { db }, em, viewer }: Reading, jobId: string): Promise<{ entry: string; slotAt: Date } | null> {
  const [slot] = await query(
    em,
    sql<Named & { slot_at: string }>`
      select entry.name, entry.queue, entry.worker, slot.slot_at::text
      from ${db.table('cron_slot')} slot join ${db.table('cron_entry')} entry on entry.id = slot.entry_id
      where slot.job_id = ${jobId} limit 1`,
  )
  if (!slot || !(await viewer.can('view_cron', resourceOf(slot))).allowed) return null
  return { entry: slot.name, slotAt: new Date(slot.slot_at) }
}

/** An entry that makes jobs for a queue. */
export interface FeedingEntry extends Named {
  nextSlotAt: Date | null
  paused: boolean
  /** How many of the given jobs it made. */
  made: number
}

/** Entries that enqueue into a queue or made one of these jobs, and which entry made which job; only those that the viewer may see. */
export async function listFeedingEntries({ kit: { db }, em, viewer }: Reading, queue: string, jobIds: string[]): Promise<{ entries: FeedingEntry[]; madeBy: Map<string, string> }> {
  const rows = await query(
    em,
    sql<Named & { next: string | null; paused: boolean; retired: boolean; jobs: string[] | null }>`
      with made as (
        select slot.entry_id, slot.job_id from ${db.table('cron_slot')} slot where slot.job_id = any(${jobIds}::text[]) and slot.finished_at is null
      )
      select entry.name, entry.queue, entry.worker, entry.next_slot_at::text as next, entry.paused_at is not null as paused, entry.retired_at is not null as retired,
        (select array_agg(made.job_id) from made where made.entry_id = entry.id) as jobs
      from ${db.table('cron_entry')} entry
      where (entry.queue = ${queue} and entry.retired_at is null) or entry.id in (select entry_id from made) order by entry.name limit 200`,
  )
  const seen = await visible(viewer, rows, 'view_cron', resourceOf)
  return {
    entries: seen.map(({ name, queue: into, worker, next, paused, retired, jobs }) => ({ name, queue: into, worker, paused, nextSlotAt: next === null || retired || paused ? null : new Date(next), made: jobs?.length ?? 0 })),
    madeBy: new Map(seen.flatMap(({ name, jobs }) => (jobs ?? []).map((id) => [id, name] as const))),
  }
}

/** SQL for the queues that entries use, with one column `queue`. */
export function scheduledQueues(db: Database): RawBuilder<unknown> {
  return sql`select queue from ${db.table('cron_entry')} where retired_at is null`
}

/** Entries that enqueue into one of these queues, including retired ones; visibility is not checked. */
export function listEntriesInto({ kit: { db }, em }: Pick<Reading, 'kit' | 'em'>, queues: string[]): Promise<Named[]> {
  return query(em, sql<Named>`select name, queue, worker from ${db.table('cron_entry')} where queue = any(${queues}::text[])`)
}

interface Named {
  name: string
  queue: string
  worker: string | null
}

/** What the host is asked about an entry. */
export function resourceOf({ name, queue, worker }: Named): Resource {
  return { type: 'cron_entry', id: name, queue, worker: worker ?? undefined }
}
