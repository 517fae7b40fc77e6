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
 * An engine whose own processes update jobs blindly may overwrite a change of ours after its commit. So changes reported as
 * `done` are rechecked: a change that was overwritten is made again, and if that is impossible, a further event corrects the
 * outcome.
 */

/** A worker that was told to stop may still report the end of its job within this time. */
const minWatchMs = 6_000
/** Transactions that are still open after this long, e.g. because they were forgotten, are no longer waited for. */
const maxWatchMs = 120_000
const maxRechecks = 50
/** If a process dies during a recheck, another one takes over after this time. */
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

/** Schedules a recheck of these jobs, inside the transaction of the change. Does nothing if the engine needs no rechecks. */
export async function scheduleRecheck({ db, engine, now }: Pick<Kit, 'db' | 'engine' | 'now'>, em: Em, { eventId, action, jobs, batch }: DoneJobs): Promise<void> {
  if (!engine.recheck || !jobs.length) return
  const refs = jobs.map(({ id, queue }) => ({ id, queue }))
  await query(
    em,
    sql`insert into ${db.table('second_look')} (event_id, action, bulk_id, batch, jobs, changed_at, due_at)
        values (${eventId}, ${action}, ${batch?.bulkId ?? null}, ${batch?.number ?? null}, ${JSON.stringify(refs)}, ${now()}, ${now()})`,
  )
}

/** Schedules a recheck of the one job that an operation was about. */
export async function scheduleJobRecheck({ jobAction }: Operation, { found }: Target, { kit, em }: ActingScope, eventId: string): Promise<void> {
  if (jobAction && isJob(found)) await scheduleRecheck(kit, em, { eventId, action: jobAction, jobs: [found] })
}

function isJob(found: unknown): found is JobRef {
  return typeof found === 'object' && found !== null && 'id' in found && 'queue' in found
}

const rechecking = new WeakSet<Kit>()

/** Call it right after the commit: a process that waited for our lock has overwritten our change by now. The background loop does the later rechecks. */
export function recheckSoon(kit: Kit): void {
  if (!kit.engine.recheck || rechecking.has(kit)) return
  rechecking.add(kit)
  const recheck = recheckChanges(kit)
    .catch((error: unknown) => kit.log.warn('rechecking changes failed and will be retried', describeFailure(error)))
    .finally(() => rechecking.delete(kit))
  kit.runInBackground(recheck)
}

/** Does all rechecks that are due, one change at a time. Any number of processes may run it concurrently. */
export async function recheckChanges(kit: Kit, stopping: () => boolean = () => false): Promise<void> {
  for (let watched = await claim(kit); watched && !stopping(); watched = await claim(kit)) {
    const { action, jobs, unsettled } = watched
    const look = (await kit.engine.recheck?.(action, jobs, unsettled ?? undefined)) ?? { overtaken: [], gone: [] }
    const outcomes = kit.engine.transactional ? undefined : await repeatChange(kit, kit.db.em(), watched, look)
    const recorded = await kit.db.transact(async (em) => settle(kit, em, watched!, look, outcomes ?? (await repeatChange(kit, em, watched!, look))))
    if (recorded) publishRecheck(kit, recorded, [...look.overtaken, ...look.gone])
  }
}

async function claim({ db, now }: Kit): Promise<Watched | undefined> {
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

/** Repeats the change for jobs that can still be changed; the engine refuses the others. */
async function repeatChange(kit: Kit, em: Em, { action }: Watched, { overtaken }: SecondLook): Promise<JobOutcome[]> {
  const unfinished = overtaken.filter(isUnfinished)
  const operation = Object.values(kit.operations).find(({ jobAction }) => jobAction === action)
  return unfinished.length && operation?.many ? operation.many.apply(unfinished, {}, { kit, em }) : []
}

const isUnfinished = ({ state }: SelectedJob) => state !== 'completed' && state !== 'discarded' && state !== 'cancelled'

/** The final outcome of a job that differs from the reported one. */
export interface Correction {
  id: string
  outcome: 'changed' | 'missing'
  detail: string
}

/** Returns what was recorded; undefined if all changes are still in place. */
async function settle(kit: Kit, em: Em, watched: Watched, look: SecondLook, outcomes: JobOutcome[]): Promise<Recorded | undefined> {
  const now = kit.now()
  const age = now.getTime() - Date.parse(watched.changed_at)
  const done = outcomes.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)
  const givenUp = age > maxWatchMs || watched.tries >= maxRechecks
  const refused = new Set(outcomes.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed' || givenUp).map(({ id }) => id))
  const corrections: Correction[] = [
    ...look.overtaken
      .filter((job) => (!isUnfinished(job) || refused.has(job.id)) && !done.includes(job.id))
      .map(({ id, state }): Correction => ({ id, outcome: 'changed', detail: `The engine overwrote the change at the same moment: the job is ${state}.` })),
    ...look.gone.map(({ id }): Correction => ({ id, outcome: 'missing', detail: 'The engine removed the job at the same moment.' })),
  ]
  const recorded = done.length || corrections.length ? await recordRecheck(kit, em, watched, done, corrections) : undefined
  const final = new Set(corrections.map(({ id }) => id))
  const jobs = watched.jobs.filter(({ id }) => !final.has(id))
  const pending = look.overtaken.some(({ id }) => !final.has(id) && !done.includes(id))
  const settled = !done.length && !pending && look.unsettled === undefined && age >= minWatchMs
  if (!jobs.length || settled || givenUp) {
    await query(em, sql`delete from ${kit.db.table('second_look')} where id = ${watched.id}`)
  } else {
    // The second change can be overwritten like the first, so the open transactions are determined anew.
    const unsettled = done.length ? null : (look.unsettled ?? '[]')
    const due = new Date(now.getTime() + delayMs(age, look.unsettled !== undefined || done.length > 0 || pending))
    await query(
      em,
      sql`update ${kit.db.table('second_look')} set jobs = ${JSON.stringify(jobs)}, unsettled = ${unsettled}, due_at = ${due}
          ${done.length ? sql`, changed_at = ${now}` : sql``} where id = ${watched.id}`,
    )
  }
  return recorded
}

/** The parts of the event that its hint needs, and the run whose counts have changed. */
interface Recorded extends Pick<NewEvent, 'subject' | 'metadata'> {
  run?: BulkRunRow
}

function publishRecheck(kit: Kit, recorded: Recorded, jobs: JobRef[]): void {
  kit.publishHint(hintOfEvent(recorded))
  for (const hint of queueHints('jobs', [...new Set(jobs.map(({ queue }) => queue))])) kit.publishHint(hint)
  if (recorded.run) publishRun(kit, recorded.run)
}

/** Soon while anything is still open; otherwise once more, after workers have had time to report the end of their jobs. */
function delayMs(age: number, open: boolean): number {
  return open ? Math.min(Math.max(100, age / 2), 5_000) : Math.max(minWatchMs - age, 100)
}

/** Writes evidence for the repeated change, and for the changes that could not be repeated. */
async function recordRecheck(kit: Kit, em: Em, watched: Watched, done: string[], corrections: Correction[]): Promise<Recorded | undefined> {
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
    const note = 'The engine overwrote the change of these jobs at the same moment, so it was made again.'
    await writeEvent(db, em, { ...base, outcome: 'succeeded', jobs: jobs(done), after: { outcomes: { done: done.length } }, metadata: { ...metadata, note } })
  }
  const recorded = { subject: base.subject, metadata }
  if (!corrections.length) return recorded
  const counts = Object.fromEntries([...Map.groupBy(corrections, ({ outcome }) => outcome)].map(([outcome, some]) => [outcome, some.length]))
  const note = watched.bulk_id === null ? corrections[0]!.detail : 'The engine overwrote the change of these jobs, so their outcomes are not as reported.'
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
