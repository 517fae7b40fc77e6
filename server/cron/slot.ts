import { sql } from 'kysely'
import { type Em, executorOf, query } from '../db/database.ts'
import type { JobRef } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { decide, type DecidedSlot, type Decision, maxMissedRows } from './decide.ts'
import { newestBetween, nextAfter } from './expression.ts'
import { absenceAt, graceMs, type Interval } from './history.ts'
import { type ClaimedSlot, enqueueSlot, type MadeJob, recordJobs } from './enqueue.ts'
import { askQueue, type Limits, withLimits } from './limits.ts'
import { type Entry, hintEntries, type SlotRow } from './rows.ts'
import { findStatesInside, isOpen, isUnfinished, jobOf, loadSlots, type SeenStates } from './states.ts'
import { yieldToEventLoop } from './yield.ts'

/** The maximum number of rows written by one statement. */
const maxRows = 2_000

export interface Work {
  kit: Kit
  em: Em
  now: Date
  limits: Limits
  /** For an engine that does not share our transaction: the states it reported before the transaction began. */
  seen?: SeenStates
  /** Query the states of jobs for one queue after the other. */
  queueByQueue?: boolean
  /** Slots whose jobs are created after the transaction has committed. */
  later: ClaimedSlot[]
}

/** One entry with everything needed to decide its due slots. */
interface Loaded {
  entry: Entry
  due: Date[]
  unfinished: JobRef[]
  waiting?: SlotRow
}

interface Decided extends Loaded {
  decision: Decision
}

/**
 * Decides the due instants of locked entries and creates their jobs, all in the transaction that holds the locks: a slot row
 * without its job, or a job without its row, cannot be committed.
 */
export async function takeSlots(work: Work, entries: Entry[]): Promise<void> {
  if (!entries.length) return
  const loaded = await load(work, entries)
  const absence = await loadAbsence(work, loaded)
  const decided = loaded.map((each): Decided => {
    const { entry, due, unfinished, waiting } = each
    const { overlap, catchUp, maxCatchUp } = entry
    const situation = { overlap, catchUp, maxCatchUp, now: work.now, due, absence }
    return { ...each, decision: decide({ ...situation, unfinishedJobs: unfinished.length, waiting: waiting !== undefined }) }
  })
  await startWaiting(work, decided)
  await claimSlots(work, decided, await writeSlots(work, decided))
  await advance(work, entries)
  const changed = decided.filter(({ decision }) => decision.startWaiting || decision.slots.length)
  await hintEntries(work.kit.db, work.em, changed.map(({ entry }) => entry))
}

async function load(work: Work, entries: Entry[]): Promise<Loaded[]> {
  const { kit, em, now, limits, queueByQueue } = work
  const rows = await loadSlots(work, entries)
  const open = rows.filter(isOpen)
  const seen = work.seen ?? (await findStatesInside({ kit, em, limits, queueByQueue }, open))
  const unfinished = new Set(open.filter((slot) => isUnfinished(slot, seen, now)).map(({ id }) => id))
  const slots = Map.groupBy(rows, ({ entryId }) => entryId)
  const loaded: Loaded[] = []
  for (const entry of entries) {
    const of = slots.get(entry.id) ?? []
    const decided = new Set(of.filter(({ kind }) => kind === 'scheduled').map(({ slotAt }) => slotAt.getTime()))
    loaded.push({
      entry,
      due: dueOf(entry, now).filter((at) => !decided.has(at.getTime())),
      unfinished: of.flatMap((slot) => (unfinished.has(slot.id) ? [jobOf(slot)!] : [])),
      waiting: of.find(({ state, jobId, claimedAt }) => state === 'queued_follow_up' && jobId === null && claimedAt === null),
    })
    // After an outage of days, each entry has hundreds of instants.
    if (loaded.at(-1)!.due.length > 1) await yieldToEventLoop()
  }
  return loaded
}

/** The newest due instants, enough for every slot that may run or gets a row. */
function dueOf(entry: Entry, now: Date): Date[] {
  if (!entry.nextSlotAt || entry.nextSlotAt > now) return []
  return newestBetween(entry, new Date(entry.nextSlotAt.getTime() - 1), now, maxMissedRows + entry.maxCatchUp)
}

/** Queries coverage only if something was missed. */
async function loadAbsence({ kit: { db }, em, now }: Work, loaded: Loaded[]): Promise<(at: Date) => 'missed_fire' | 'scheduler_down'> {
  const oldest = Math.min(...loaded.flatMap(({ due }) => due.slice(0, 1).map((at) => at.getTime())))
  if (now.getTime() - oldest < graceMs || oldest === Infinity) return () => 'missed_fire'
  const rows = await query(
    em,
    sql<{ from_at: string; to_at: string }>`
      select from_at, to_at from ${db.table('cron_coverage')}
      where kind = 'scheduling' and to_at >= ${new Date(oldest)} and from_at <= ${now}`,
  )
  const scheduling: Interval[] = rows.map((row) => ({ from: new Date(row.from_at), to: new Date(row.to_at) }))
  return (at) => absenceAt({ scheduling }, at)
}

interface Won {
  id: string
  entryId: string
  at: Date
}

/** Writes the rows. Returns the claimed ones that did not exist before. */
async function writeSlots(work: Work, decided: Decided[]): Promise<Won[]> {
  const rows = decided.flatMap(({ entry, decision }) => decision.slots.map((slot) => ({ entryId: entry.id, ...slot })))
  const won: Won[] = []
  for (let start = 0; start < rows.length; start += maxRows) won.push(...(await writeRows(work, rows.slice(start, start + maxRows))))
  return won
}

async function writeRows({ kit: { db }, em, now }: Work, rows: (DecidedSlot & { entryId: string })[]): Promise<Won[]> {
  const won = await query(
    em,
    sql<{ id: string; entry_id: string; slot_at: string; state: string }>`
      insert into ${db.table('cron_slot')} (entry_id, kind, slot_at, state, decided_at, note)
      select entry_id, 'scheduled', slot_at, state, ${now}, note from unnest(
        ${rows.map(({ entryId }) => entryId)}::uuid[], ${rows.map(({ at }) => at.toISOString())}::timestamptz[],
        ${rows.map(({ state }) => state)}::text[], ${rows.map(({ note }) => note ?? null)}::text[]
      ) as decided (entry_id, slot_at, state, note)
      on conflict (entry_id, kind, slot_at) do nothing returning id, entry_id, slot_at, state`,
  )
  return won
    .filter(({ state }) => state === 'claimed')
    .map((row) => ({ id: row.id, entryId: row.entry_id, at: new Date(row.slot_at) }))
}

/** Must precede the writing of new slots, because one of them may become the next waiting follow-up. */
function startWaiting(work: Work, decided: Decided[]): Promise<void> {
  const starting = decided.flatMap(({ entry, decision, waiting }) =>
    waiting && decision.startWaiting ? [{ id: waiting.id, entry, at: waiting.slotAt, cancelFirst: [] }] : [],
  )
  return makeJobs(work, starting)
}

async function claimSlots(work: Work, decided: Decided[], won: Won[]): Promise<void> {
  const of = new Map(decided.map((each) => [each.entry.id, each]))
  const cancelled = new Set<string>()
  const claimed = won.map(({ id, entryId, at }): ClaimedSlot => {
    const { entry, decision, unfinished } = of.get(entryId)!
    // Cancel once per entry, before the first of its new jobs.
    const cancelFirst: JobRef[] = decision.cancelUnfinished && !cancelled.has(entryId) ? unfinished : []
    cancelled.add(entryId)
    return { id, entry, at, cancelFirst }
  })
  await makeJobs(work, claimed)
}

/** If the engine cannot join the transaction, jobs are created after it: a claimed slot may lack its job, but never has two. */
async function makeJobs(work: Work, claimed: ClaimedSlot[]): Promise<void> {
  const { kit, em, now, limits } = work
  if (!claimed.length) return
  if (kit.engine.transactional) return recordJobs(kit.db, em, await withLimits(em, limits, () => makeInside(work, claimed)), now)
  await query(em, sql`update ${kit.db.table('cron_slot')} set claimed_at = ${now} where id = any(${claimed.map(({ id }) => id)}::bigint[])`)
  work.later.push(...claimed)
}

async function makeInside({ kit, em, limits }: Work, claimed: ClaimedSlot[]): Promise<MadeJob[]> {
  const made: MadeJob[] = []
  for (const { id, entry, at, cancelFirst } of claimed) {
    const job = await askQueue(entry.queue, limits, async () => {
      if (cancelFirst.length) await kit.engine.cancel(cancelFirst, executorOf(em))
      return enqueueSlot(kit, em, entry, at)
    })
    made.push({ id, job })
  }
  return made
}

async function advance({ kit: { db }, em, now }: Work, all: Entry[]): Promise<void> {
  const isDue = ({ nextSlotAt }: Entry) => nextSlotAt !== null && nextSlotAt <= now
  const entries = all.filter((entry) => isDue(entry) || entry.lastError !== null)
  if (!entries.length) return
  const next = entries.map((entry) => (isDue(entry) ? nextAfter(entry, now) : entry.nextSlotAt))
  await query(
    em,
    sql`
      update ${db.table('cron_entry')} entry set next_slot_at = advanced.next, last_error = null, retry_at = null
      from unnest(${entries.map(({ id }) => id)}::uuid[], ${next.map((at) => at?.toISOString() ?? null)}::timestamptz[]) as advanced (id, next)
      where entry.id = advanced.id`,
  )
}
