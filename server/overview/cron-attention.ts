import { sql } from 'kysely'
import type { Principal } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'

/** An entry as the overview needs it. */
export interface EntryGlance {
  name: string
  status: 'needs_review' | 'waiting' | 'runnable'
  attention: string
  /** What `attention` speaks of. */
  at?: string
  /** Lower is worse. */
  rank: number
  partial: boolean
}

interface Row {
  name: string
  queue: string
  worker: string | null
  paused_at: string | null
  paused_by: Principal | null
  pause_reason: string | null
  resume_at: string | null
  last_error: string | null
  next_slot_at: string | null
  missed_at: string | null
  missed_state: string | null
}

/** Beyond this many entries the figures say so. */
export const maxEntries = 2_000

/** Every entry this viewer may see, with the reason it deserves attention. */
export async function glanceAtEntries(scope: Scope): Promise<{ glances: EntryGlance[]; capped: boolean }> {
  const rows = await readRows(scope)
  const seen = await Promise.all(
    rows.slice(0, maxEntries).map(async (row) => {
      const resource = { type: 'cron_entry', id: row.name, queue: row.queue, worker: row.worker ?? undefined }
      return (await scope.viewer.can('view_cron', resource)).allowed ? glance(scope, row) : null
    }),
  )
  return { glances: seen.filter((each) => each !== null), capped: rows.length > maxEntries }
}

/** A missed slot counts for a day, or until the entry has run again. */
function readRows({ kit: { db }, em, now }: Scope): Promise<Row[]> {
  return query(
    em,
    sql<Row>`
      with missed as (
        select distinct on (entry_id) entry_id, slot_at, state from ${db.table('cron_slot')}
        where state in ('missed_fire', 'scheduler_down') and slot_at > ${now}::timestamptz - interval '1 day'
        order by entry_id, slot_at desc
      )
      select entry.name, entry.queue, entry.worker, entry.paused_at::text, entry.paused_by, entry.pause_reason,
        entry.resume_at::text, entry.last_error, entry.next_slot_at::text, missed.slot_at::text as missed_at, missed.state as missed_state
      from ${db.table('cron_entry')} entry
      left join missed on missed.entry_id = entry.id and not exists (
        select 1 from ${db.table('cron_slot')} later
        where later.entry_id = entry.id and later.slot_at > missed.slot_at and later.claimed_at is not null)
      where entry.retired_at is null
      order by entry.next_slot_at nulls last, entry.name
      limit ${maxEntries + 1}`,
  )
}

function glance(scope: Scope, row: Row): EntryGlance {
  const subject = { type: 'cron_entry', id: row.name }
  if (row.paused_at) return { ...pausedGlance(scope, row), name: row.name }
  if (row.last_error) {
    const error = showText('job_error', row.last_error, scope.viewer, 'view_overview', subject)
    return { name: row.name, status: 'needs_review', attention: `its job could not be made: ${error}`, rank: 10, partial: false }
  }
  if (row.missed_at) {
    const cause = row.missed_state === 'scheduler_down' ? 'no scheduler was recorded' : 'although a scheduler was alive'
    return { name: row.name, status: 'needs_review', attention: `missed a run, ${cause}`, at: iso(row.missed_at), rank: 20, partial: row.missed_state === 'scheduler_down' }
  }
  if (!row.next_slot_at) return { name: row.name, status: 'runnable', attention: 'has no next run', rank: 60, partial: false }
  return { name: row.name, status: 'runnable', attention: 'next run', at: iso(row.next_slot_at), rank: 70, partial: false }
}

function pausedGlance(scope: Scope, row: Row): Omit<EntryGlance, 'name'> {
  const subject = { type: 'cron_entry', id: row.name }
  const by = row.paused_by ? ` by ${showPrincipal(row.paused_by, scope.viewer, 'view_overview', subject).label}` : ''
  const reason = showText('reason', row.pause_reason, scope.viewer, 'view_overview', subject)
  const until = row.resume_at ? `, resumes ${iso(row.resume_at)}` : ''
  return { status: 'waiting', attention: `paused${by}${until}${reason ? `: “${reason}”` : ''}`, at: iso(row.paused_at!), rank: 40, partial: false }
}

function iso(timestamp: string): string {
  return new Date(timestamp).toISOString()
}
