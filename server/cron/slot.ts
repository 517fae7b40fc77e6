import { sql } from 'kysely'
import { type Database, type Em, executorOf, query } from '../db/database.ts'
import { type FoundJob, type JobRef, unfinishedStates } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { decide, type Decision, maxMissedRows } from './decide.ts'
import { enqueueSlot } from './enqueue.ts'
import { newestBetween, nextAfter } from './expression.ts'
import { absenceAt, graceMs, type Interval } from './history.ts'
import { type Entry, hintEntries, querySlots, type RawSlot, type SlotRow } from './rows.ts'

const maxRefs = 1_000

interface Work {
  kit: Kit
  em: Em
  now: Date
  /** Slots whose jobs are made when the transaction has committed. */
  later: ClaimedSlot[]
}

/** One entry with what it takes to decide about it. */
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
 * Decides the due instants of locked entries and makes their jobs, all in the transaction that holds the locks: a slot
 * row without its job, or a job without its row, cannot be committed.
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
  await hintEntries(work.kit.db, work.em, changed.map(({ entry }) => entry.name))
}

async function load(work: Work, entries: Entry[]): Promise<Loaded[]> {
  const slots = Map.groupBy(await loadSlots(work, entries), ({ entryId }) => entryId)
  const unfinished = await findUnfinished(work, [...slots.values()].flat())
  return entries.map((entry) => {
    const of = slots.get(entry.id) ?? []
    const decided = new Set(of.filter(({ kind }) => kind === 'scheduled').map(({ slotAt }) => slotAt.getTime()))
    return {
      entry,
      due: dueOf(entry, work.now).filter((at) => !decided.has(at.getTime())),
      unfinished: of.flatMap((slot) => (unfinished.has(slot.id) ? [jobOf(slot)!] : [])),
      waiting: of.find(({ state, jobId, claimedAt }) => state === 'queued_follow_up' && jobId === null && claimedAt === null),
    }
  })
}

/** Enough of the newest to run what may run and to record what is recorded. */
function dueOf(entry: Entry, now: Date): Date[] {
  if (!entry.nextSlotAt || entry.nextSlotAt > now) return []
  return newestBetween(entry, new Date(entry.nextSlotAt.getTime() - 1), now, maxMissedRows + entry.maxCatchUp)
}

/** Slots whose job may be unfinished, the follow-up that waits, and what an operator decided ahead of time. */
function loadSlots({ kit: { db }, em, now }: Work, entries: Entry[]): Promise<SlotRow[]> {
  const slot = db.table('cron_slot')
  const ids = entries.map(({ id }) => id)
  const from = entries.map(({ nextSlotAt }) => (nextSlotAt ?? now).toISOString())
  // Whoever allows overlap may have any number of open jobs, and nobody asks how many.
  const counted = entries.map(({ overlap }) => overlap !== 'allow')
  return querySlots(
    em,
    sql<RawSlot>`
      select found.* from unnest(${ids}::uuid[], ${from}::timestamptz[], ${counted}::boolean[]) as entry (id, due_from, counted)
      cross join lateral (
        (select * from ${slot} where entry.counted and entry_id = entry.id and job_id is not null and finished_at is null
         order by id desc limit ${maxRefs})
        union
        (select * from ${slot} where entry_id = entry.id and state = 'queued_follow_up' and job_id is null and claimed_at is null)
        union
        (select * from ${slot} where entry_id = entry.id and kind = 'scheduled' and slot_at between entry.due_from and ${now})
      ) found`,
  )
}

/** Ids of the slots whose job has not ended, as the engine says now. */
async function findUnfinished(work: Work, slots: SlotRow[]): Promise<Set<string>> {
  const open = slots.filter(({ jobId, finishedAt }) => jobId !== null && finishedAt === null)
  const states = await findStates(work, open)
  const isUnfinished = (slot: SlotRow) => {
    const state = states.get(jobKey(jobOf(slot)!))
    return state ? unfinishedStates.includes(state.state) : work.now.getTime() - slot.claimedAt!.getTime() < graceMs
  }
  return new Set(open.filter(isUnfinished).map(({ id }) => id))
}

/** What the engine knows of the jobs of these slots, in portions it accepts. */
export async function findStates({ kit: { engine }, em }: Pick<Work, 'kit' | 'em'>, slots: SlotRow[]) {
  const refs = slots.flatMap((slot) => jobOf(slot) ?? [])
  const found = new Map<string, FoundJob>()
  for (let start = 0; start < refs.length; start += maxRefs) {
    for (const job of await engine.find(refs.slice(start, start + maxRefs), executorOf(em))) found.set(jobKey(job), job)
  }
  return found
}

export function jobOf({ jobQueue, jobId }: SlotRow): JobRef | undefined {
  return jobQueue !== null && jobId !== null ? { queue: jobQueue, id: jobId } : undefined
}

export function jobKey({ queue, id }: JobRef): string {
  return JSON.stringify([queue, id])
}

/** Coverage is only asked for when something was missed. */
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

/** The rows, and of those that make a job the ones that were not there before. */
async function writeSlots({ kit: { db }, em, now }: Work, decided: Decided[]): Promise<Won[]> {
  const rows = decided.flatMap(({ entry, decision }) => decision.slots.map((slot) => ({ entryId: entry.id, ...slot })))
  if (!rows.length) return []
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

/** Before new slots are written, because one of them may be the next that waits. */
function startWaiting(work: Work, decided: Decided[]): Promise<void> {
  const starting = decided.flatMap(({ entry, decision, waiting }) =>
    waiting && decision.startWaiting ? [{ id: waiting.id, entry, at: waiting.slotAt }] : [],
  )
  return makeJobs(work, starting)
}

async function claimSlots(work: Work, decided: Decided[], won: Won[]): Promise<void> {
  for (const { decision, unfinished } of decided) {
    if (decision.cancelUnfinished) await work.kit.engine.cancel(unfinished, executorOf(work.em))
  }
  const entries = new Map(decided.map(({ entry }) => [entry.id, entry]))
  await makeJobs(work, won.map(({ id, entryId, at }) => ({ id, entry: entries.get(entryId)!, at })))
}

/** An engine that cannot join the transaction makes its jobs after it: a claimed slot may then lack its job, never have two. */
async function makeJobs(work: Work, claimed: ClaimedSlot[]): Promise<void> {
  const { kit, em, now } = work
  if (kit.engine.transactional) {
    const made: MadeJob[] = []
    for (const { id, entry, at } of claimed) made.push({ id, job: await enqueueSlot(kit, em, entry, at) })
    return noteJobs(kit.db, em, made, now)
  }
  if (!claimed.length) return
  await query(em, sql`update ${kit.db.table('cron_slot')} set claimed_at = ${now} where id = any(${claimed.map(({ id }) => id)}::bigint[])`)
  work.later.push(...claimed)
}

/** A slot that is taken and gets a job. */
export interface ClaimedSlot {
  id: string
  entry: Entry
  at: Date
}

export interface MadeJob {
  id: string
  job: JobRef
}

export async function noteJobs(db: Database, em: Em, made: MadeJob[], claimedAt: Date): Promise<void> {
  if (!made.length) return
  await query(
    em,
    sql`
      update ${db.table('cron_slot')} slot set claimed_at = coalesce(claimed_at, ${claimedAt}), job_queue = made.queue, job_id = made.job_id,
        note = case when slot.state = 'queued_follow_up' then 'Ran when the job before had ended.' else slot.note end
      from unnest(${made.map(({ id }) => id)}::bigint[], ${made.map(({ job }) => job.queue)}::text[], ${made.map(({ job }) => job.id)}::text[])
        as made (id, queue, job_id)
      where slot.id = made.id`,
  )
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
