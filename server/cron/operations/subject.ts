import { type RawBuilder, sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { type Entry, findEntry, type RawEntry, toEntry, resourceOf } from '../rows.ts'

/** The entry an operation is about; one that does not exist is still a resource the host is asked about. */
export async function findSubject({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Entry | null>> {
  const found = await findEntry(scope.kit.db, scope.em, subject.id, scope.locking)
  const absent = { resource: { type: 'cron_entry', id: subject.id }, found: null }
  return found ? { resource: resourceOf(found), found, absent } : absent
}

/** With the jobs of the entry that have not ended, as of the last look. */
export interface Busy {
  entry: Entry | null
  unfinishedJobs: number
}

export function findBusySubject(request: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Busy>> {
  return findWith(request, scope, sql`false`)
}

/** With whether it needs a person: it missed a slot in the last day and has not run since, or its job could not be made. */
export interface Troubled extends Busy {
  troubled: boolean
}

export function findTroubledSubject(request: Pick<OperationRequest, 'subject'>, scope: ActingScope): Promise<Target<Troubled>> {
  const slots = scope.kit.db.table('cron_slot')
  return findWith(
    request,
    scope,
    sql`entry.last_error is not null or exists (
      select from ${slots} missed where missed.entry_id = entry.id and missed.state in ('missed_fire', 'scheduler_down')
        and missed.slot_at > ${scope.now}::timestamptz - interval '1 day' and not exists (
          select from ${slots} later where later.entry_id = entry.id and later.slot_at > missed.slot_at and later.claimed_at is not null))`,
  )
}

async function findWith({ subject }: Pick<OperationRequest, 'subject'>, scope: ActingScope, troubled: RawBuilder<unknown>): Promise<Target<Troubled>> {
  const { db } = scope.kit
  const lock = scope.locking ? sql`for update` : sql``
  const [row] = await query(
    scope.em,
    sql<RawEntry & { unfinished: number; troubled: boolean }>`
      select *, (${troubled}) as troubled,
        (select count(*)::int from ${db.table('cron_slot')} slot
         where slot.entry_id = entry.id and job_id is not null and finished_at is null) as unfinished
      from ${db.table('cron_entry')} entry where name = ${subject.id} ${lock}`,
  )
  const absent = { resource: { type: 'cron_entry', id: subject.id }, found: { entry: null, unfinishedJobs: 0, troubled: false } }
  if (!row) return absent
  const entry = toEntry(row)
  return { resource: resourceOf(entry), found: { entry, unfinishedJobs: row.unfinished, troubled: row.troubled }, absent }
}

/** e.g. `2 jobs of it have not ended`; nothing when all have. */
export function cautionOfJobs({ unfinishedJobs }: Busy, consequence: string): string[] {
  if (!unfinishedJobs) return []
  return [`${unfinishedJobs === 1 ? '1 job of it has' : `${unfinishedJobs} jobs of it have`} not ended; ${consequence}.`]
}

export function requireEntry(found: Entry | null, name: string): Entry {
  if (found) return found
  throw new OpsError('not_found', `No cron entry '${name}'; expected the name of one that exists.`)
}

/** An entry that the code still declares, or that lives at runtime. */
export function requireLive(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (!entry.retiredAt) return entry
  throw new OpsError('illegal_transition', `${name} was retired at ${entry.retiredAt.toISOString()}, when it left the code; it runs no more.`)
}

/** Entries of the code are changed in the code, or the next start would undo it. */
export function requireRuntime(found: Entry | null, name: string): Entry {
  const entry = requireEntry(found, name)
  if (entry.source === 'runtime') return entry
  throw new OpsError('code_managed_entry', `${name} is declared in code (source ${entry.source}); change it there.`)
}
