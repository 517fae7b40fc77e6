import { type RawBuilder, sql } from 'kysely'
import { query } from '../db/database.ts'
import { type FoundJob, unfinishedStates } from '../engines/engine.ts'
import { hintChannel } from '../db/hint.ts'
import type { Kit } from '../kit.ts'
import { graceMs } from './history.ts'
import { isTimeout, quickLimits } from './limits.ts'
import { querySlots, type RawSlot, type SlotRow } from './rows.ts'
import type { SchedulerState } from './state.ts'
import { findStatesInside, findStatesOutside, jobKey, jobOf, type SeenStates } from './states.ts'

const batch = 500

/**
 * Queries the engine for the final states of open slots' jobs, one batch per round: first for all queues that answer quickly,
 * then for each slow queue separately.
 */
export async function recordFinishedJobs(kit: Kit, state: SchedulerState): Promise<void> {
  const { db } = kit
  const now = await kit.dbNow()
  const slow = [...state.slow]
  const find = (which: RawBuilder<unknown>) =>
    querySlots(
      db.em(),
      sql<RawSlot>`select * from ${db.table('cron_slot')} where job_id is not null and finished_at is null and ${which} order by id limit ${batch}`,
    )
  const open = await find(sql`job_queue <> all(${slow}::text[]) and id > ${state.finishedFrom ?? '0'}`)
  state.finishedFrom = open.length < batch ? undefined : open.at(-1)!.id
  await recordEnds(kit, state, open, now)
  for (const queue of slow) await recordEnds(kit, state, await find(sql`job_queue = ${queue}`), now)
}

async function recordEnds(kit: Kit, state: SchedulerState, open: SlotRow[], now: Date): Promise<void> {
  if (!open.length) return
  const seen = await findJobStates(kit, state, open)
  const ended = open.flatMap((slot) => (seen.asked.has(slot.id) ? (endOf(slot, seen.found.get(jobKey(jobOf(slot)!)), now) ?? []) : []))
  if (ended.length) await writeEnds(kit, ended)
}

/** If a joint query for several queues times out, each queue is queried separately. */
async function findJobStates(kit: Kit, state: SchedulerState, open: SlotRow[]): Promise<SeenStates> {
  if (!kit.engine.transactional) {
    const { silent, ...seen } = await findStatesOutside(kit, open)
    for (const queue of silent.keys()) state.slow.add(queue)
    return seen
  }
  const inside = (slots: SlotRow[]) => kit.db.transact((em) => findStatesInside({ kit, em, limits: quickLimits }, slots))
  const seen: SeenStates = { asked: new Set(), found: new Map() }
  try {
    return await inside(open)
  } catch (error) {
    if (!isTimeout(error)) throw error
    for (const [queue, of] of Map.groupBy(open, ({ jobQueue }) => jobQueue!)) {
      try {
        const { asked, found } = await inside(of)
        for (const id of asked) seen.asked.add(id)
        for (const [key, job] of found) seen.found.set(key, job)
      } catch (alone) {
        if (!isTimeout(alone)) throw alone
        state.slow.add(queue)
      }
    }
    return seen
  }
}

interface End {
  id: string
  state: string
  at: Date
}
/** A job that the engine no longer has counts as ended, with an unknown state. */
function endOf({ id, claimedAt }: SlotRow, found: FoundJob | undefined, now: Date): End | undefined {
  if (!found) return now.getTime() - claimedAt!.getTime() < graceMs ? undefined : { id, state: 'unknown', at: now }
  return unfinishedStates.includes(found.state) ? undefined : { id, state: found.state, at: found.finishedAt ?? now }
}

async function writeEnds({ db }: Kit, ended: End[]): Promise<void> {
  const topic = (name: ReturnType<typeof sql.ref>) =>
    sql`json_build_object('topic', 'cron', 'subject', json_build_object('type', 'cron_entry', 'id', ${name}),
      'resource', json_build_object('queue', entry.queue, 'worker', entry.worker))::text`
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
