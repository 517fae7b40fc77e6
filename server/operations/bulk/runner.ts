import { sql } from 'kysely'
import { type Em, executorOf, query } from '../../db/database.ts'
import { codeOf, describeFailure } from '../../describe-failure.ts'
import type { JobAction, JobOutcome, SeenJob } from '../../engines/engine.ts'
import { systemPrincipal } from '../../host/viewer.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import { type NewEvent, showEvent, writeEvent } from '../event.ts'
import { followUp } from '../follow-up.ts'
import { closeRequest, openRequest } from '../outside.ts'
import { orphanSeconds } from '../orphans.ts'
import { systemScope } from '../scope.ts'
import { addCounts, type BatchJob, type BulkRunRow, countBy, inBackground, type PlacedOutcome } from './rows.ts'

/** So often a batch may fail before its jobs are given up. */
const mostTries = 5

interface BatchRow {
  bulk_id: string
  number: number
  jobs: BatchJob[]
  eligible: number
  status: 'waiting' | 'requested'
  tries: number
}

/**
 * Does what waits, until nothing does. Any number of processes may: a batch is taken by locking its row, changed in one
 * transaction with its outcomes and its event, and so done once or, after a crash, not yet. Locks are held for one batch.
 */
export async function runBatches(kit: Kit): Promise<void> {
  while (await runBatch(kit));
}

/** One batch of any run, or of one; false when there is none that nobody else is at. */
export async function runBatch(kit: Kit, bulkId?: string): Promise<boolean> {
  const work = kit.engine.transactional ? runInside : runOutside
  const taken: { batch?: BatchRow } = {}
  try {
    const ended = await work(kit, bulkId, taken)
    if (ended) announce(kit, ended)
    return taken.batch !== undefined
  } catch (error) {
    if (!taken.batch || isOutage(error)) throw error
    kit.log.warn('a batch of a bulk run failed', { bulk: taken.batch.bulk_id, batch: taken.batch.number, ...describeFailure(error) })
    await noteFailure(kit, taken.batch)
    return true
  }
}

/** The whole batch in one transaction. */
function runInside(kit: Kit, bulkId: string | undefined, taken: { batch?: BatchRow }): Promise<Told | undefined> {
  return kit.db.transact(async (em) => {
    const found = await takeBatch(kit, em, bulkId, [])
    if (!found) return undefined
    taken.batch = found.batch
    const { batch, run } = found
    const outcomes = await act(kit, em, run, batch)
    return tell(kit, em, run, batch, placed(batch, outcomes), {})
  })
}

/** First the evidence that it will be asked, then the engine, then what came of it; each survives a crash of the next. */
async function runOutside(kit: Kit, bulkId: string | undefined, taken: { batch?: BatchRow }): Promise<Told | undefined> {
  const found = await kit.db.transact(async (em) => {
    const next = await takeBatch(kit, em, bulkId, ['requested'])
    return next && { ...next, request: await requestBatch(kit, em, next) }
  })
  if (!found) return undefined
  taken.batch = found.batch
  const { batch, run, request } = found
  const outcomes = await act(kit, kit.db.em(), run, batch)
  return kit.db.transact(async (em) => {
    const again = await lockBatch(kit, em, batch)
    if (!again) return undefined
    await closeRequest(kit, em, request)
    const late = batch.status === 'requested'
    return tell(kit, em, run, batch, placed(batch, outcomes.map((outcome) => (late ? asUnconfirmed(outcome) : outcome))), { requested: request })
  })
}

interface Taken {
  batch: BatchRow
  run: BulkRunRow
}

/** The oldest batch that waits, or whose asking ended without an answer. Rows that others hold are passed over. */
async function takeBatch({ db, now }: Kit, em: Em, bulkId: string | undefined, also: 'requested'[]): Promise<Taken | undefined> {
  const abandoned = also.length
    ? sql`or (batch.status = 'requested' and batch.requested_at < ${now()}::timestamptz - make_interval(secs => ${orphanSeconds}))`
    : sql``
  const [batch] = await query(
    em,
    sql<BatchRow>`
      select batch.bulk_id, batch.number, batch.jobs, batch.eligible, batch.status, batch.tries
      from ${db.table('bulk_run')} run join ${db.table('bulk_batch')} batch on batch.bulk_id = run.id
      where run.status in ('queued', 'running') and (batch.status = 'waiting' ${abandoned}) ${bulkId === undefined ? sql`` : sql`and run.id = ${bulkId}`}
      order by run.created_at, run.id, batch.number limit 1 for update of batch skip locked`,
  )
  if (!batch) return undefined
  const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${batch.bulk_id}`)
  return { batch, run: run! }
}

async function lockBatch({ db }: Kit, em: Em, { bulk_id, number }: BatchRow): Promise<boolean> {
  const rows = await query(
    em,
    sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${bulk_id} and number = ${number} and status = 'requested' for update`,
  )
  return rows.length > 0
}

/** One request for a batch, however often it has to be begun. */
async function requestBatch(kit: Kit, em: Em, { batch, run }: Taken): Promise<string> {
  await query(
    em,
    sql`update ${kit.db.table('bulk_batch')} set status = 'requested', requested_at = ${kit.now()} where bulk_id = ${batch.bulk_id} and number = ${batch.number}`,
  )
  const [open] = await query(
    em,
    sql<{ event_id: string }>`
      update ${kit.db.table('open_request')} set requested_at = ${kit.now()}
      where bulk_id = ${batch.bulk_id} and (detail ->> 'batch')::int = ${batch.number} returning event_id`,
  )
  if (open) return open.event_id
  const event = { ...eventOf(run, batch), id: uuidv7(kit.now().getTime()), jobs: eligibleOf(batch).map(({ id }) => id) }
  const finalEventId = inBackground(run) ? uuidv7() : run.event_id!
  await openRequest(kit, em, event, finalEventId, { batch: batch.number })
  return event.id
}

async function act({ engine }: Kit, em: Em, run: BulkRunRow, batch: BatchRow): Promise<JobOutcome[]> {
  const jobs = eligibleOf(batch).map(({ id, queue, version }): SeenJob => ({ id, queue, version }))
  return jobs.length ? engine.act(actionOf(run), jobs, executorOf(em)) : []
}

function actionOf({ action }: BulkRunRow): JobAction {
  return action.replace(/_job$/, '') as JobAction
}

function eligibleOf({ jobs }: BatchRow): BatchJob[] {
  return jobs.filter(({ notEligible }) => notEligible === undefined)
}

/** Outcomes come in the order of the eligible jobs; kept, they stand at the place of their job. */
function placed({ jobs }: BatchRow, outcomes: JobOutcome[]): PlacedOutcome[] {
  let next = 0
  return jobs.map(({ notEligible }) => {
    if (notEligible !== undefined) return null
    const told = outcomes[next++]
    if (!told) return ['failed', 'The engine said nothing of it.']
    return told.detail === undefined ? [told.outcome] : [told.outcome, told.detail]
  })
}

/** Asked before by a process that died: a job that is not as it was seen may well be our own doing, and nobody can tell. */
function asUnconfirmed(outcome: JobOutcome): JobOutcome {
  if (outcome.outcome !== 'changed' && outcome.outcome !== 'missing') return outcome
  return { ...outcome, outcome: 'unconfirmed' as never, detail: 'It was asked before a crash and is not as it was; whether that is this run’s doing is not known.' }
}

interface Told {
  run: BulkRunRow
  ended: boolean
  event: Parameters<typeof showEvent>[0]
}

/** Outcomes, counters and the event of one batch. The run's row is locked last and briefly, so that batches can be done side by side. */
async function tell(kit: Kit, em: Em, run: BulkRunRow, batch: BatchRow, outcomes: PlacedOutcome[], metadata: Record<string, unknown>): Promise<Told> {
  const { db } = kit
  const now = kit.now()
  const counts = countBy(outcomes, (outcome) => outcome?.[0])
  const done = batch.jobs.filter((_job, place) => outcomes[place]?.[0] === 'done').map(({ id }) => id)
  await query(
    em,
    sql`update ${db.table('bulk_batch')} set status = 'done', outcomes = ${JSON.stringify(outcomes)}, finished_at = ${now}
        where bulk_id = ${batch.bulk_id} and number = ${batch.number}`,
  )
  const event = await writeEvent(db, em, {
    ...eventOf(run, batch),
    id: inBackground(run) ? uuidv7(now.getTime()) : run.event_id!,
    outcome: done.length ? 'succeeded' : 'failed',
    code: done.length ? undefined : 'mutation_conflict',
    after: { outcomes: counts },
    jobs: done,
    metadata: { ...eventOf(run, batch).metadata, ...metadata, result: { bulkId: run.id, outcomes: counts } },
  })
  return { run, event, ended: await countIn(kit, em, run, batch, counts) }
}

/** True when this was the run's last batch. */
async function countIn(kit: Kit, em: Em, { id }: BulkRunRow, batch: BatchRow, counts: Record<string, number>): Promise<boolean> {
  const { db } = kit
  const table = db.table('bulk_run')
  const [run] = await query(em, sql<BulkRunRow>`select * from ${table} where id = ${id} for update`)
  const outcomes: Record<string, number> = { ...run!.outcomes }
  addCounts(outcomes, counts)
  // An abort counted this batch among those that were not reached; it was at hand and is done.
  if (run!.status === 'aborted') addCounts(outcomes, { aborted: -batch.eligible })
  if (!outcomes.aborted) delete outcomes.aborted
  const [open] = await query(em, sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${id} and status <> 'done' limit 1`)
  const ended = !open && run!.status !== 'aborted'
  await query(
    em,
    sql`update ${table} set outcomes = ${JSON.stringify(outcomes)}, status = case when status = 'aborted' then status when ${ended} then 'finished' else 'running' end,
          finished_at = case when ${ended} then ${kit.now()} else finished_at end where id = ${id}`,
  )
  if (ended && inBackground(run!)) await writeEnd(kit, em, run!, outcomes)
  return ended
}

async function writeEnd(kit: Kit, em: Em, run: BulkRunRow, outcomes: Record<string, number>): Promise<void> {
  await writeEvent(kit.db, em, {
    action: run.action,
    eventType: 'bulk.finished',
    outcome: 'succeeded',
    actor: systemPrincipal,
    subject: { type: 'bulk', id: run.id },
    source: 'system',
    requestId: run.request_id,
    bulkId: run.id,
    metadata: { total: run.total, eligible: run.eligible, outcomes, resource: { type: 'bulk', id: run.id } },
  })
}

function eventOf(run: BulkRunRow, batch: BatchRow): NewEvent {
  return {
    action: run.action,
    eventType: eventTypes[actionOf(run)],
    outcome: 'succeeded',
    actor: run.actor,
    subject: { type: 'bulk', id: run.id },
    reason: run.reason ?? undefined,
    before: { states: countBy(eligibleOf(batch), ({ state }) => state) },
    source: run.source,
    requestId: run.request_id,
    previewId: run.preview_id ?? undefined,
    bulkId: run.id,
    metadata: { batch: batch.number + 1, resource: { type: 'bulk', id: run.id } },
  }
}

const eventTypes: Record<JobAction, string> = {
  retry: 'job.retried',
  cancel: 'job.cancelled',
  discard: 'job.discarded',
  restore: 'job.restored',
  rescue: 'job.rescued',
}
const repairs: readonly JobAction[] = ['retry', 'rescue']

/** A batch that fails again and again is given up, job by job named, so that the run ends. */
async function noteFailure(kit: Kit, batch: BatchRow): Promise<void> {
  const { db } = kit
  const ended = await kit.db.transact(async (em) => {
    const [row] = await query(
      em,
      sql<BatchRow>`
        update ${db.table('bulk_batch')} set tries = tries + 1
        where bulk_id = ${batch.bulk_id} and number = ${batch.number} and status <> 'done' returning bulk_id, number, jobs, eligible, status, tries`,
    )
    if (!row || row.tries < mostTries) return undefined
    const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${batch.bulk_id}`)
    await query(em, sql`delete from ${db.table('open_request')} where bulk_id = ${row.bulk_id} and (detail ->> 'batch')::int = ${row.number}`)
    const outcomes = row.jobs.map(({ notEligible }): PlacedOutcome => (notEligible === undefined ? ['failed', 'The engine failed each time it was asked.'] : null))
    return tell(kit, em, run!, row, outcomes, {})
  })
  if (ended) announce(kit, ended)
}

function announce(kit: Kit, { run, ended, event }: Told): void {
  const subject = { type: 'bulk', id: run.id }
  kit.tell({ topic: 'audit' })
  kit.tell({ topic: 'jobs' })
  kit.tell({ topic: 'bulk', subject })
  if (ended && repairs.includes(actionOf(run))) followUp(kit, showEvent(event, systemScope(kit, kit.db.em()).viewer))
}

/** A database that is away says nothing about the batch. */
function isOutage(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined ? false : /^(08|57P|53|E[A-Z])/.test(code)
}
