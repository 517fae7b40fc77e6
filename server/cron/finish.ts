import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { type FoundJob, unfinishedStates } from '../engines/engine.ts'
import { hintChannel } from '../db/hint.ts'
import type { Kit } from '../kit.ts'
import { graceMs } from './history.ts'
import { querySlots, type RawSlot, type SlotRow } from './rows.ts'
import { findStates, jobKey, jobOf } from './slot.ts'

const batch = 500

/**
 * Asks the engine how the jobs of open slots ended, from `after` on, one portion a tick. Answers where to go on, from
 * the start when undefined.
 */
export async function noteFinishedJobs(kit: Kit, after = '0'): Promise<string | undefined> {
  const { db } = kit
  const em = db.em()
  const open = await querySlots(
    em,
    sql<RawSlot>`
      select * from ${db.table('cron_slot')} where job_id is not null and finished_at is null and id > ${after}
      order by id limit ${batch}`,
  )
  const now = kit.now()
  const states = await findStates({ kit, em }, open)
  const ended = open.flatMap((slot) => endOf(slot, states.get(jobKey(jobOf(slot)!)), now) ?? [])
  if (ended.length) await writeEnds(kit, ended)
  return open.length < batch ? undefined : open.at(-1)!.id
}

interface End {
  id: string
  state: string
  at: Date
}

/** A job the engine forgot has ended, nobody knows how. */
function endOf({ id, claimedAt }: SlotRow, found: FoundJob | undefined, now: Date): End | undefined {
  if (!found) return now.getTime() - claimedAt!.getTime() < graceMs ? undefined : { id, state: 'unknown', at: now }
  return unfinishedStates.includes(found.state) ? undefined : { id, state: found.state, at: found.finishedAt ?? now }
}

async function writeEnds({ db }: Kit, ended: End[]): Promise<void> {
  const topic = (name: ReturnType<typeof sql.ref>) =>
    sql`json_build_object('topic', 'cron', 'subject', json_build_object('type', 'cron_entry', 'id', ${name}))::text`
  await query(
    db.em(),
    sql`
      with ended as (
        update ${db.table('cron_slot')} slot set job_state = seen.state, finished_at = seen.at
        from unnest(${ended.map(({ id }) => id)}::bigint[], ${ended.map(({ state }) => state)}::text[],
          ${ended.map(({ at }) => at.toISOString())}::timestamptz[]) as seen (id, state, at)
        where slot.id = seen.id and slot.finished_at is null returning slot.entry_id
      )
      select pg_notify(${hintChannel(db.schema)}, ${topic(sql.ref('entry.name'))})
      from ${db.table('cron_entry')} entry where entry.id in (select entry_id from ended)`,
  )
}
