import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { queueHints } from '../db/hint.ts'
import { describeFailure } from '../describe-failure.ts'
import type { JobAction, JobOutcome, JobRef, SecondLook, SelectedJob } from '../engines/engine.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { correctBatch } from './bulk/correct-batch.ts'
import { publishRun } from './bulk/rights.ts'
import type { BulkRunRow } from './bulk/rows.ts'
import { type EventRow, hintOfEvent, type NewEvent, writeEvent } from './event.ts'
import type { Operation, Target } from './operation.ts'
import type { ActingScope } from './scope.ts'

/**
 * An engine whose own processes change jobs without looking may overtake a change of ours that has committed. So whatever was
 * reported `done` there is looked at again: what was undone is done again, and what cannot be is corrected in a further event.
 */

/** A job whose worker was told to stop may still say that it ended. */
const watchedMs = 6_000
/** Who has not ended by then, e.g. a transaction that somebody forgot, is not waited for. */
const longestWatchMs = 120_000
const maxLooks = 50
/** A process that dies while it looks leaves the row to the next one. */
const leaseMs = 30_000

export interface DoneJobs {
  eventId: string
  action: JobAction
  jobs: JobRef[]
  /** The batch of a bulk run. */
  batch?: { bulkId: string; number: number }
}

interface Watched {
  id: string
  event_id: string
  action: JobAction
  bulk_id: string | null
  batch: number | null
  jobs: JobRef[]
  changed_at: string
  tries: number
  unsettled: string | null
}

/** Notes, inside the transaction of the change, that these jobs are to be looked at again. Nothing where the engine cannot be overtaken. */
export async function watchDone({ db, engine, now }: Pick<Kit, 'db' | 'engine' | 'now'>, em: Em, { eventId, action, jobs, batch }: DoneJobs): Promise<void> {
  if (!engine.recheck || !jobs.length) return
  const refs = jobs.map(({ id, queue }) => ({ id, queue }))
  await query(
    em,
    sql`insert into ${db.table('second_look')} (event_id, action, bulk_id, batch, jobs, changed_at, due_at)
        values (${eventId}, ${action}, ${batch?.bulkId ?? null}, ${batch?.number ?? null}, ${JSON.stringify(refs)}, ${now()}, ${now()})`,
  )
}

/** The one job that an operation was about. */
export async function watchJob({ jobAction }: Operation, { found }: Target, { kit, em }: ActingScope, eventId: string): Promise<void> {
  if (jobAction && isJob(found)) await watchDone(kit, em, { eventId, action: jobAction, jobs: [found] })
}

function isJob(found: unknown): found is JobRef {
  return typeof found === 'object' && found !== null && 'id' in found && 'queue' in found
}

const looking = new WeakSet<Kit>()

/** Right after the commit: whoever waited for our lock has overtaken us by now. The loop does the rest. */
export function lookSoon(kit: Kit): void {
  if (!kit.engine.recheck || looking.has(kit)) return
  looking.add(kit)
  const looked = lookAgain(kit)
    .catch((error: unknown) => kit.log.warn('a second look failed, trying again', describeFailure(error)))
    .finally(() => looking.delete(kit))
  kit.runInBackground(looked)
}

/** Looks at all that is due, one change at a time. Any number of processes may. */
export async function lookAgain(kit: Kit, stopping: () => boolean = () => false): Promise<void> {
  for (let watched = await take(kit); watched && !stopping(); watched = await take(kit)) {
    const { action, jobs, unsettled } = watched
    const look = (await kit.engine.recheck?.(action, jobs, unsettled ?? undefined)) ?? { overtaken: [], gone: [] }
    const acted = kit.engine.transactional ? undefined : await actAgain(kit, kit.db.em(), watched, look)
    const changed = await kit.db.transact(async (em) => settle(kit, em, watched!, look, acted ?? (await actAgain(kit, em, watched!, look))))
    if (changed) publishLook(kit, changed, [...look.overtaken, ...look.gone])
  }
}

async function take({ db, now }: Kit): Promise<Watched | undefined> {
  const table = db.table('second_look')
  const [watched] = await query(
    db.em(),
    sql<Watched>`
      update ${table} set due_at = ${now()}::timestamptz + make_interval(secs => ${leaseMs / 1000}), tries = tries + 1 where id = (
        select id from ${table} where due_at <= ${now()} order by due_at limit 1 for update skip locked)
      returning id, event_id, action, bulk_id, batch, jobs, changed_at::text, tries, unsettled`,
  )
  return watched
}

/** What can still be done to those that were put back; the engine refuses the rest. */
async function actAgain(kit: Kit, em: Em, { action }: Watched, { overtaken }: SecondLook): Promise<JobOutcome[]> {
  const unfinished = overtaken.filter(isUnfinished)
  const operation = Object.values(kit.operations).find(({ jobAction }) => jobAction === action)
  return unfinished.length && operation?.many ? operation.many.apply(unfinished, {}, { kit, em }) : []
}

const isUnfinished = ({ state }: SelectedJob) => state !== 'completed' && state !== 'discarded' && state !== 'cancelled'

/** A job that is not as it was reported, for good. */
export interface Correction {
  id: string
  outcome: 'changed' | 'missing'
  detail: string
}

/** What was recorded; undefined when everything stands. */
async function settle(kit: Kit, em: Em, watched: Watched, look: SecondLook, outcomes: JobOutcome[]): Promise<Recorded | undefined> {
  const now = kit.now()
  const age = now.getTime() - Date.parse(watched.changed_at)
  const done = outcomes.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)
  const givenUp = age > longestWatchMs || watched.tries >= maxLooks
  const refused = new Set(outcomes.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed' || givenUp).map(({ id }) => id))
  const corrections: Correction[] = [
    ...look.overtaken
      .filter((job) => (!isUnfinished(job) || refused.has(job.id)) && !done.includes(job.id))
      .map(({ id, state }): Correction => ({ id, outcome: 'changed', detail: `The engine overtook the change at the same moment: it is ${state}.` })),
    ...look.gone.map(({ id }): Correction => ({ id, outcome: 'missing', detail: 'The engine removed it at the same moment.' })),
  ]
  const recorded = done.length || corrections.length ? await recordLook(kit, em, watched, done, corrections) : undefined
  const final = new Set(corrections.map(({ id }) => id))
  const jobs = watched.jobs.filter(({ id }) => !final.has(id))
  const pending = look.overtaken.some(({ id }) => !final.has(id) && !done.includes(id))
  const settled = !done.length && !pending && look.unsettled === undefined && age >= watchedMs
  if (!jobs.length || settled || givenUp) {
    await query(em, sql`delete from ${kit.db.table('second_look')} where id = ${watched.id}`)
  } else {
    // Who overtook the first change may overtake the second one, so it is asked anew who is at work.
    const unsettled = done.length ? null : (look.unsettled ?? '[]')
    const due = new Date(now.getTime() + pauseMs(age, look.unsettled !== undefined || done.length > 0 || pending))
    await query(
      em,
      sql`update ${kit.db.table('second_look')} set jobs = ${JSON.stringify(jobs)}, unsettled = ${unsettled}, due_at = ${due}
          ${done.length ? sql`, changed_at = ${now}` : sql``} where id = ${watched.id}`,
    )
  }
  return recorded
}

/** The event, as far as a hint of it goes, and the run whose counts changed. */
interface Recorded extends Pick<NewEvent, 'subject' | 'metadata'> {
  run?: BulkRunRow
}

function publishLook(kit: Kit, recorded: Recorded, jobs: JobRef[]): void {
  kit.publishHint(hintOfEvent(recorded))
  for (const hint of queueHints('jobs', [...new Set(jobs.map(({ queue }) => queue))])) kit.publishHint(hint)
  if (recorded.run) publishRun(kit, recorded.run)
}

/** Soon while somebody is at it; else once more, when workers have had the time to say how their jobs ended. */
function pauseMs(age: number, open: boolean): number {
  return open ? Math.min(Math.max(100, age / 2), 5_000) : Math.max(watchedMs - age, 100)
}

/** The second change has its evidence like the first, and so has what could not be held. */
async function recordLook(kit: Kit, em: Em, watched: Watched, done: string[], corrections: Correction[]): Promise<Recorded | undefined> {
  const { db } = kit
  const [first] = await query(em, sql<EventRow>`select * from ${db.table('audit_event')} where id = ${watched.event_id}`)
  if (!first) return undefined
  const base = {
    action: first.action,
    eventType: first.event_type,
    actor: systemPrincipal,
    subject: { type: first.subject_type, id: first.subject_id },
    source: 'system' as const,
    requestId: first.request_id,
    bulkId: watched.bulk_id ?? undefined,
  }
  const metadata = { corrects: first.id, resource: first.metadata.resource }
  const jobs = (ids: string[]) => (watched.bulk_id === null ? undefined : ids)
  if (done.length) {
    const note = 'The engine had put these jobs back at the moment of the change, so it was made again.'
    await writeEvent(db, em, { ...base, outcome: 'succeeded', jobs: jobs(done), after: { outcomes: { done: done.length } }, metadata: { ...metadata, note } })
  }
  const recorded = { subject: base.subject, metadata }
  if (!corrections.length) return recorded
  const counts = Object.fromEntries([...Map.groupBy(corrections, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, some.length]))
  const note = watched.bulk_id === null ? corrections[0]!.detail : 'The engine overtook the change of these jobs, so they are not as they were reported.'
  await writeEvent(db, em, {
    ...base,
    outcome: 'failed',
    code: 'mutation_conflict',
    jobs: jobs(corrections.map(({ id }) => id)),
    after: { outcomes: counts },
    metadata: { ...metadata, note },
  })
  const run = watched.bulk_id === null ? undefined : await correctBatch(kit, em, { bulkId: watched.bulk_id, number: watched.batch! }, corrections)
  return { ...recorded, run }
}
