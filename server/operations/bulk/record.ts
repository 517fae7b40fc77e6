import { sql } from 'kysely'
import { topicOf } from '../../../schemas/index.ts'
import { type Em, query } from '../../db/database.ts'
import { queueHints } from '../../db/hint.ts'
import type { JobOutcome } from '../../engines/engine.ts'
import { systemPrincipal } from '../../host/viewer.ts'
import type { Kit } from '../../kit.ts'
import { type EventRow, type NewEvent, writeEvent } from '../event.ts'
import { followUp } from '../follow-up.ts'
import { lookSoon, watchDone } from '../second-look.ts'
import { addCounts, type BatchJob, type BulkRunRow, countBy, inBackground, type PlacedOutcome } from './rows.ts'
import { publishRun, resourceOfRun } from './rights.ts'
import type { BatchRow, Taken } from './take.ts'

/** What came of a batch: its outcomes, the counters of its run and its event, in one transaction. */

export interface RecordedBatch {
  run: BulkRunRow
  /** Of the batch, or of the whole run when this was its last. */
  event: EventRow
  ended: boolean
}

export interface RecordHow {
  /** Of the event that tells it. */
  eventId: string
  code?: NewEvent['code']
  metadata?: Record<string, unknown>
}

/**
 * The run's row is locked last and briefly, so that batches are done side by side, and whoever locks it last sees that no
 * batch is left. The event names every job that was changed, so that the evidence of a job is found by its id.
 */
export async function recordBatch(kit: Kit, em: Em, { batch, run }: Taken, outcomes: PlacedOutcome[], how: RecordHow): Promise<RecordedBatch> {
  const { db } = kit
  const counts = countBy(outcomes, (outcome) => outcome?.[0])
  const done = batch.jobs.filter((_job, place) => outcomes[place]?.[0] === 'done').map(({ id }) => id)
  await query(
    em,
    sql`update ${db.table('bulk_batch')} set status = 'done', outcomes = ${JSON.stringify(outcomes)}, finished_at = ${kit.now()}
        where bulk_id = ${batch.bulk_id} and number = ${batch.number}`,
  )
  const planned = eventOf(kit, run, batch)
  const event = await writeEvent(db, em, {
    ...planned,
    id: how.eventId,
    outcome: done.length ? 'succeeded' : 'failed',
    code: done.length ? undefined : (how.code ?? 'mutation_conflict'),
    after: { outcomes: counts },
    jobs: done,
    metadata: { ...planned.metadata, ...how.metadata, result: { bulkId: run.id, outcomes: counts } },
  })
  const { jobAction } = kit.operations[run.action]
  if (jobAction) {
    const jobs = batch.jobs.filter((_job, place) => outcomes[place]?.[0] === 'done')
    await watchDone(kit, em, { eventId: event.id, action: jobAction, jobs, batch: { bulkId: batch.bulk_id, number: batch.number } })
  }
  const end = await countIn(kit, em, run, batch, counts)
  return { run, event: typeof end === 'object' ? end : event, ended: end !== false }
}

/**
 * A process that was taken for dead has its answer after all: what the engine told it was done is so, whatever was noted
 * meanwhile, and has its evidence.
 */
export async function recordLate(kit: Kit, em: Em, { batch, run }: Taken, outcomes: PlacedOutcome[], metadata: Record<string, unknown>): Promise<RecordedBatch | undefined> {
  const { db } = kit
  const where = sql`bulk_id = ${batch.bulk_id} and number = ${batch.number}`
  const [noted] = await query(em, sql<{ outcomes: PlacedOutcome[] | null }>`select outcomes from ${db.table('bulk_batch')} where ${where} for update`)
  const [locked] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${run.id} for update`)
  const before = noted?.outcomes
  if (!locked || !before) return undefined
  const places = outcomes.flatMap((outcome, place) => (outcome?.[0] === 'done' && before[place]?.[0] !== 'done' ? [place] : []))
  if (!places.length) return undefined
  const counts: Record<string, number> = { ...locked.outcomes }
  addCounts(counts, { done: places.length })
  for (const place of places) addCounts(counts, { [before[place]![0]]: -1 })
  const after = before.map((outcome, place): PlacedOutcome => (places.includes(place) ? ['done'] : outcome))
  await query(em, sql`update ${db.table('bulk_batch')} set outcomes = ${JSON.stringify(after)} where ${where}`)
  const left = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  await query(em, sql`update ${db.table('bulk_run')} set outcomes = ${JSON.stringify(left)} where id = ${run.id}`)
  const planned = eventOf(kit, run, batch)
  const told = { done: places.length }
  const note = 'It was told late: the process that asked the engine had been taken for dead.'
  const event = await writeEvent(db, em, {
    ...planned,
    after: { outcomes: told },
    jobs: places.map((place) => batch.jobs[place]!.id),
    metadata: { ...planned.metadata, ...metadata, note, result: { bulkId: run.id, outcomes: told } },
  })
  return { run, event, ended: false }
}

/** Adds a batch to its run; when it was the last one, the run has ended, and one that went on in the background says so. */
async function countIn(kit: Kit, em: Em, { id }: BulkRunRow, batch: BatchRow, counts: Record<string, number>): Promise<boolean | EventRow> {
  const { db } = kit
  const table = db.table('bulk_run')
  const [run] = await query(em, sql<BulkRunRow>`select * from ${table} where id = ${id} for update`)
  const outcomes: Record<string, number> = { ...run!.outcomes }
  // An abort counted this batch among those that were not reached; it was at hand and is done.
  if (run!.status === 'aborted') addCounts(outcomes, { aborted: -batch.eligible })
  addCounts(outcomes, counts)
  if (!outcomes.aborted) delete outcomes.aborted
  const [open] = await query(em, sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${id} and status <> 'done' limit 1`)
  const ended = !open && run!.status !== 'aborted'
  await query(
    em,
    sql`update ${table} set outcomes = ${JSON.stringify(outcomes)}, served_at = ${kit.now()},
          status = case when status = 'aborted' then status when ${ended} then 'finished' else 'running' end,
          finished_at = case when ${ended} then ${kit.now()}::timestamptz else finished_at end where id = ${id}`,
  )
  return ended && inBackground(run!) ? writeEnd(kit, em, run!, outcomes) : ended
}

function writeEnd(kit: Kit, em: Em, run: BulkRunRow, outcomes: Record<string, number>): Promise<EventRow> {
  return writeEvent(kit.db, em, {
    action: run.action,
    eventType: 'bulk.finished',
    outcome: 'succeeded',
    actor: systemPrincipal,
    subject: { type: 'bulk', id: run.id },
    source: 'system',
    requestId: run.request_id,
    bulkId: run.id,
    metadata: { total: run.total, eligible: run.eligible, outcomes, resource: resourceOfRun(run) },
  })
}

/** What is known of a batch's event before the engine is asked. */
export function eventOf({ operations }: Kit, run: BulkRunRow, batch: BatchRow): NewEvent {
  return {
    action: run.action,
    eventType: operations[run.action].eventType,
    outcome: 'succeeded',
    actor: run.actor,
    subject: { type: 'bulk', id: run.id },
    reason: run.reason ?? undefined,
    before: { states: countBy(eligibleOf(batch), ({ state }) => state) },
    source: run.source,
    requestId: run.request_id,
    previewId: run.preview_id ?? undefined,
    bulkId: run.id,
    metadata: { batch: batch.number + 1, resource: resourceOfRun(run) },
  }
}

export function eligibleOf({ jobs }: Pick<BatchRow, 'jobs'>): BatchJob[] {
  return jobs.filter(({ notEligible }) => notEligible === undefined)
}

/** Outcomes come in the order of the eligible jobs; kept, they stand at the place of their job. */
export function placed({ jobs, status }: BatchRow, outcomes: JobOutcome[]): PlacedOutcome[] {
  let next = 0
  return jobs.map((job) => {
    if (job.notEligible !== undefined) return null
    const told = outcomes[next++]
    if (!told) return ['failed', 'The engine said nothing of it.']
    if (status === 'requested' && mayBeOurs(job, told)) return unconfirmed
    return told.detail === undefined ? [told.outcome] : [told.outcome, told.detail]
  })
}

/** Asked before, by a process that died: a job that is not as it was seen may well be our own doing, and nobody can tell. */
function mayBeOurs({ state }: BatchJob, { outcome, state: now }: JobOutcome): boolean {
  return outcome === 'changed' || outcome === 'missing' || (outcome === 'refused' && now !== undefined && now !== state)
}

export const unconfirmed: PlacedOutcome = [
  'unconfirmed',
  'It was asked before a crash and is not as it was; whether that is this run’s doing is not known.',
]

/** After the commit: everybody who listens is told, and at the end of a repair the host. */
export function publishChange(kit: Kit, { run, ended, event }: RecordedBatch): void {
  const operation = kit.operations[run.action]
  publishRun(kit, run)
  for (const hint of queueHints(topicOf(run.action), Object.keys(run.queues))) kit.publishHint(hint)
  lookSoon(kit)
  if (ended && operation.many?.repairs) followUp(kit, event)
}
