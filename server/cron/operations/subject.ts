import { sql } from 'kysely'
import { countOf } from '../../../schemas/index.ts'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { findStatusCoverage, lastOf, type LastSlot } from '../list-status.ts'
import { type Entry, findEntry, type RawEntry, toEntry, resourceOf } from '../rows.ts'
import { lastDecidedSlot, statusOfEntry, type StatusFacts } from '../status.ts'

/** The entry of an operation. An entry that does not exist is still authorized as a resource. */
export async function findSubject({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Entry | null>> {
  const found = await findEntry(scope.kit.db, scope.em, subject.id, scope.locking)
  const absent = { resource: { type: 'cron_entry', id: subject.id }, found: null }
  return found ? { resource: resourceOf(found), found, absent } : absent
}

/** An entry with its number of unfinished jobs, as last observed. */
export interface Busy {
  entry: Entry | null
  unfinishedJobs: number
}

export async function findBusySubject({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Busy>> {
  const { entry, unfinishedJobs } = await findWithJobs(subject.id, scope)
  const absent = { resource: { type: 'cron_entry', id: subject.id }, found: { entry: null, unfinishedJobs: 0 } }
  return entry ? { resource: resourceOf(entry), found: { entry, unfinishedJobs }, absent } : absent
}

/** Also says whether the entry needs review. */
export interface Troubled extends Busy {
  troubled: boolean
}

export async function findTroubledSubject({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Troubled>> {
  const { entry, unfinishedJobs, last } = await findWithJobs(subject.id, scope)
  const absent = { resource: { type: 'cron_entry', id: subject.id }, found: { entry: null, unfinishedJobs: 0, troubled: false } }
  if (!entry) return absent
  const { status } = statusOfEntry({ entry, last, coverage: await findStatusCoverage(scope, [entry]) }, scope.now)
  return { resource: resourceOf(entry), found: { entry, unfinishedJobs, troubled: status === 'needs_review' }, absent }
}

async function findWithJobs(name: string, { kit: { db }, em, now, locking }: ActingScope): Promise<Busy & Pick<StatusFacts, 'last'>> {
  const lock = locking ? sql`for update of entry` : sql``
  const [row] = await query(
    em,
    sql<RawEntry & LastSlot & { unfinished: number }>`
      select entry.*, decided.slot_at as last_slot_at, decided.state as last_state,
        (select count(*)::int from ${db.table('cron_slot')} slot
         where slot.entry_id = entry.id and job_id is not null and finished_at is null) as unfinished
      from ${db.table('cron_entry')} entry left join lateral (${lastDecidedSlot(db, sql`entry.id`, now)}) decided on true
      where name = ${name} ${lock}`,
  )
  return { entry: row ? toEntry(row) : null, unfinishedJobs: row?.unfinished ?? 0, last: row && lastOf(row) }
}

/** e.g. `2 jobs of this entry have not ended; …`; empty if all have ended. */
export function cautionOfJobs({ unfinishedJobs }: Busy, consequence: string): string[] {
  if (!unfinishedJobs) return []
  return [`${countOf(unfinishedJobs, 'job of this entry has', 'jobs of this entry have')} not ended; ${consequence}.`]
}

export function requireEntry(found: Entry | null, name: string): Entry {
  if (found) return found
  throw new OpsError('not_found', `No cron entry '${name}'; expected the name of one that exists.`, { values: { type: 'cron_entry', id: name } })
}

/** Refuses a retired entry. */
export function requireLive(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (!entry.retiredAt) return entry
  throw new OpsError('illegal_transition', `${name} was retired at ${entry.retiredAt.toISOString()}, when it was removed from the code; it no longer runs.`)
}

/** Entries declared in code must be changed in the code, because the next start would undo any other change. */
export function requireRuntime(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (entry.source === 'runtime') return entry
  throw new OpsError('code_managed_entry', `${name} is declared in code (source ${entry.source}); change it there.`, { values: { id: name, source: entry.source } })
}
