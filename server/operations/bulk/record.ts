import { sql } from 'kysely'
import { topicOf } from '../../../schemas/index.ts'
import { type Em, query } from '../../db/database.ts'
import { queueHints } from '../../db/hint.ts'
import type { JobOutcome } from '../../engines/engine.ts'
import { systemPrincipal } from '../../host/viewer.ts'
import type { Kit } from '../../kit.ts'
import { recordNotice } from '../../notices/outbox.ts'
import { type EventRow, type NewEvent, writeEvent } from '../event.ts'
import { recheckSoon, scheduleRecheck } from '../second-look.ts'
import { addCounts, type BatchJob, type BulkRunRow, countBy, inBackground, originOf, type PlacedOutcome } from './rows.ts'
import { isFollowed } from './fate.ts'
import { publishRun, resourceOfRun } from './rights.ts'
import type { BatchRow, ClaimedBatch } from './claim.ts'

/** Records the result of a batch: its outcomes, the counters of its run and its event, in one transaction. */

export interface RecordedBatch {
  run: BulkRunRow
  /** The event of the batch, or of the whole run if this was its last batch. */
  event: EventRow
  ended: boolean
}

export interface BatchEventOptions {
  /** Id of the event that will be written. */
  eventId: string
  code?: NewEvent['code']
  metadata?: Record<string, unknown>
}

/**
 * The run's row is locked last and briefly, so that batches can run concurrently, and the transaction that locks it last sees
 * that no batch is left. The event lists every changed job, so that the evidence for a job can be found by its id.
 */
export async function recordBatch(kit: Kit, em: Em, { batch, run }: ClaimedBatch, outcomes: PlacedOutcome[], options: BatchEventOptions): Promise<RecordedBatch> {
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
    id: options.eventId,
    outcome: done.length ? 'succeeded' : 'failed',
    code: done.length ? undefined : (options.code ?? 'mutation_conflict'),
    after: { outcomes: counts },
    jobs: done,
    metadata: { ...planned.metadata, ...options.metadata, result: { bulkId: run.id, outcomes: counts } },
  })
  const { jobAction, many } = kit.operations[run.action]
  if (jobAction) {
    const jobs = batch.jobs.filter((_job, place) => outcomes[place]?.[0] === 'done')
    await scheduleRecheck(kit, em, { eventId: event.id, action: jobAction, jobs, batch: { bulkId: batch.bulk_id, number: batch.number } })
  }
  const end = await addToRun(kit, em, run, batch, counts)
  const told = typeof end === 'object' ? end : event
  if (end !== false && many?.repairs) await recordNotice(kit, em, told)
  return { run, event: told, ended: end !== false }
}

/**
 * A process that was presumed dead has received its answer after all: jobs that the engine reports as done are corrected,
 * whatever has been recorded for them meanwhile, and get their evidence.
 */
export async function recordLate(kit: Kit, em: Em, { batch, run }: ClaimedBatch, outcomes: PlacedOutcome[], metadata: Record<string, unknown>): Promise<RecordedBatch | undefined> {
  const { db } = kit
  const where = sql`bulk_id = ${batch.bulk_id} and number = ${batch.number}`
  const [recorded] = await query(em, sql<{ outcomes: PlacedOutcome[] | null }>`select outcomes from ${db.table('bulk_batch')} where ${where} for update`)
  const [locked] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${run.id} for update`)
  const before = recorded?.outcomes
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
  const lateCounts = { done: places.length }
  const note = 'Recorded late: the process that called the engine had been presumed dead.'
  const event = await writeEvent(db, em, {
    ...planned,
    after: { outcomes: lateCounts },
    jobs: places.map((place) => batch.jobs[place]!.id),
    metadata: { ...planned.metadata, ...metadata, note, result: { bulkId: run.id, outcomes: lateCounts } },
  })
  return { run, event, ended: false }
}

/** Adds a batch to its run. After the last one the run has ended; a run in the background then gets an event of its own. */
async function addToRun(kit: Kit, em: Em, { id }: BulkRunRow, batch: BatchRow, counts: Record<string, number>): Promise<boolean | EventRow> {
  const { db } = kit
  const table = db.table('bulk_run')
  const [run] = await query(em, sql<BulkRunRow>`select * from ${table} where id = ${id} for update`)
  const outcomes: Record<string, number> = { ...run!.outcomes }
  // The abort counted this batch as not reached, but it was in progress and is now done.
  if (run!.status === 'aborted') addCounts(outcomes, { aborted: -batch.eligible })
  addCounts(outcomes, counts)
  if (!outcomes.aborted) delete outcomes.aborted
  const [open] = await query(em, sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${id} and status <> 'done' limit 1`)
  const ended = !open && run!.status !== 'aborted'
  await query(
    em,
    sql`update ${table} set outcomes = ${JSON.stringify(outcomes)}, served_at = ${kit.now()},
          fate_due_at = case when ${(ended || run!.status === 'aborted') && isFollowed(kit, run!)} then ${kit.now()}::timestamptz else fate_due_at end,
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
    metadata: { total: run.total, eligible: run.eligible, outcomes, ...originOf(run), resource: resourceOfRun(run) },
  })
}

/** The part of a batch's event that is known before the engine is called. */
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
    metadata: { ...(run.trace_parent !== null && { traceparent: run.trace_parent }), batch: batch.number + 1, ...originOf(run), resource: resourceOfRun(run) },
  }
}

export function eligibleOf({ jobs }: Pick<BatchRow, 'jobs'>): BatchJob[] {
  return jobs.filter(({ notEligible }) => notEligible === undefined)
}

/** Engines return outcomes in the order of the eligible jobs; this aligns them with all jobs of the batch. */
export function placeOutcomes({ jobs, status }: BatchRow, outcomes: JobOutcome[]): PlacedOutcome[] {
  let next = 0
  return jobs.map((job) => {
    if (job.notEligible !== undefined) return null
    const reported = outcomes[next++]
    if (!reported) return ['failed', 'The engine reported no outcome for it.']
    if (status === 'requested' && mayBeOurs(job, reported)) return unconfirmed
    return reported.detail === undefined ? [reported.outcome] : [reported.outcome, reported.detail]
  })
}

/** The batch was requested before by a process that died: if a job has changed since, that may have been our own change. */
function mayBeOurs({ state }: BatchJob, { outcome, state: now }: JobOutcome): boolean {
  return outcome === 'changed' || outcome === 'missing' || (outcome === 'refused' && now !== undefined && now !== state)
}

export const unconfirmed: PlacedOutcome = [
  'unconfirmed',
  'The change was requested before a crash, and the job has changed since; whether this run changed it is unknown.',
]

/** Call it after the commit: publishes hints and, at the end of a repair, notifies the host. */
export function publishChange(kit: Kit, { run, ended }: RecordedBatch): void {
  const operation = kit.operations[run.action]
  publishRun(kit, run)
  for (const hint of queueHints(topicOf(run.action), Object.keys(run.queues))) kit.publishHint(hint)
  recheckSoon(kit)
  if (ended && operation.many?.repairs) kit.tellSoon()
}
