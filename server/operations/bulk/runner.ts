import { sql } from 'kysely'
import { type Em, query } from '../../db/database.ts'
import { sqlState } from '../../db/sqlstate.ts'
import { codeOf, describeFailure, isUnavailable } from '../../describe-failure.ts'
import type { JobOutcome, SeenJob } from '../../engines/engine.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import { isCollision, transactAgain } from '../deadlock.ts'
import { closeRequest, openRequest } from '../outside.ts'
import { answerMs, recordLater, Unanswered, waitOrLeave, withoutTimeouts } from '../pending.ts'
import { settleAbandoned } from './abandoned.ts'
import { requireMany } from './freeze.ts'
import { type BulkRunRow, inBackground, type PlacedOutcome } from './rows.ts'
import { type BatchRow, takeBatch, type Taken } from './take.ts'
import { publishChange, eligibleOf, eventOf, placed, recordBatch, recordLate, type RecordedBatch } from './record.ts'

/** So often a batch may fail before its jobs are given up; with the pauses between that is a minute and a half. */
const maxTries = 8
const maxPauseSeconds = 30
/** What each job adds to the time in which an engine outside our transaction is to answer. */
const perJobMs = 15

/** Batches of this process that an engine was asked for and has not answered. With a few of them no more is asked. */
const maxUnanswered = 2
const unansweredBatches = new WeakMap<Kit, Set<BatchRow>>()

function unanswered(kit: Kit): Set<BatchRow> {
  const batches = unansweredBatches.get(kit) ?? new Set()
  unansweredBatches.set(kit, batches)
  return batches
}

/**
 * Does what waits, until nothing does or the process is to stop. Any number of processes may: a batch is taken by locking its
 * row, changed in one transaction with its outcomes and its event, and so done once or, after a crash, not yet. No lock is
 * held for longer than one batch, and none while another is chosen.
 */
export async function runBatches(kit: Kit, stopping: () => boolean = () => false): Promise<void> {
  for (let how = 'recorded'; !stopping() && (how === 'recorded' || how === 'failed'); ) how = await runBatch(kit)
  if (!kit.engine.transactional && !stopping()) while (await settleAbandoned(kit));
}

/** One batch of any run, or of one. `idle`: there is none that is due and that nobody else is at. `away`: so is the engine. */
export async function runBatch(kit: Kit, bulkId?: string): Promise<'recorded' | 'failed' | 'away' | 'idle'> {
  if (unanswered(kit).size >= maxUnanswered) return 'away'
  const work = kit.engine.transactional ? runInside : runOutside
  const taken: { batch?: BatchRow } = {}
  try {
    const recorded = await work(kit, bulkId, taken)
    if (recorded) publishChange(kit, recorded)
    return taken.batch ? 'recorded' : 'idle'
  } catch (error) {
    if (!taken.batch) throw error
    if (error instanceof Unanswered) return 'away'
    kit.log.warn('a batch of a bulk run failed', { bulk: taken.batch.bulk_id, batch: taken.batch.number, ...describeFailure(error) })
    // Too slow is not away: the same batch would be too slow again. Nor is a job that its worker holds.
    const away = isUnavailable(error) && codeOf(error) !== sqlState.queryCanceled && !isLocked(error)
    await noteFailure(kit, taken.batch, away || isCollision(error) || isLocked(error))
    return away ? 'away' : 'failed'
  }
}

/** The whole batch in one transaction. */
function runInside(kit: Kit, bulkId: string | undefined, taken: { batch?: BatchRow }): Promise<RecordedBatch | undefined> {
  return transactAgain(kit, async (em) => {
    const found = await takeBatch(kit, em, bulkId)
    taken.batch = found?.batch
    if (!found) return undefined
    const outcomes = await act(kit, em, found)
    return recordBatch(kit, em, found, placed(found.batch, outcomes), { eventId: answerId(found.run) })
  })
}

/** First the evidence that it will be asked, then the engine, then what came of it; each survives a crash of the next. */
async function runOutside(kit: Kit, bulkId: string | undefined, taken: { batch?: BatchRow }): Promise<RecordedBatch | undefined> {
  const found = await transactAgain(kit, async (em) => {
    const next = await takeBatch(kit, em, bulkId)
    return next && { ...next, request: await requestBatch(kit, em, next) }
  })
  if (!found) return undefined
  taken.batch = found.batch
  const asked = act(withoutTimeouts({ kit }).kit, kit.db.em(), found)
  const limitMs = answerMs + found.batch.jobs.length * perJobMs
  const outcomes = await waitOrLeave(asked, limitMs, () => {
    unanswered(kit).add(found.batch)
    recordLater(kit, found.request.event_id, () => recordWhenAnswered(kit, found, asked))
  })
  return recordAnswer(kit, found, outcomes)
}

/** The end of a batch whose engine hung, whenever it answers. */
async function recordWhenAnswered(kit: Kit, found: RequestedBatch, asked: Promise<JobOutcome[]>): Promise<void> {
  try {
    const recorded = await recordAnswer(kit, found, await asked)
    if (recorded) publishChange(kit, recorded)
  } catch (error) {
    await noteFailure(kit, found.batch, isUnavailable(error))
    throw error
  } finally {
    unanswered(kit).delete(found.batch)
  }
}

function recordAnswer(kit: Kit, found: RequestedBatch, outcomes: JobOutcome[]): Promise<RecordedBatch | undefined> {
  const { batch, request } = found
  return transactAgain(kit, async (em) => {
    if (!(await holdsRequested(kit, em, batch))) return recordLate(kit, em, found, placed(batch, outcomes), { requested: request.event_id })
    await closeRequest(em, request.event_id)
    return recordBatch(kit, em, found, placed(batch, outcomes), { eventId: request.final_event_id, metadata: { requested: request.event_id } })
  })
}

/** The one batch of a small run is the answer to its request. */
function answerId(run: BulkRunRow): string {
  return inBackground(run) ? uuidv7() : run.event_id!
}

async function act(kit: Kit, em: Em, { batch, run }: Taken): Promise<JobOutcome[]> {
  const jobs = eligibleOf(batch).map(({ id, queue, version }): SeenJob => ({ id, queue, version }))
  return jobs.length ? requireMany(kit.operations[run.action]).apply(jobs, run.input, { kit, em }) : []
}

/** False when somebody who took this process for dead has told the batch's end. */
async function holdsRequested({ db }: Kit, em: Em, { bulk_id, number }: BatchRow): Promise<boolean> {
  const rows = await query(
    em,
    sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${bulk_id} and number = ${number} and status = 'requested' for update`,
  )
  return rows.length > 0
}

type RequestedBatch = Taken & { request: Request }

interface Request {
  event_id: string
  final_event_id: string
}

/** One request for a batch, however often it has to be begun. */
async function requestBatch(kit: Kit, em: Em, { batch, run }: Taken): Promise<Request> {
  const now = kit.now()
  await query(
    em,
    sql`update ${kit.db.table('bulk_batch')} set status = 'requested', requested_at = ${now}, not_before = null
        where bulk_id = ${batch.bulk_id} and number = ${batch.number}`,
  )
  const [open] = await query(
    em,
    sql<Request>`
      update ${kit.db.table('open_request')} set requested_at = ${now}
      where bulk_id = ${batch.bulk_id} and (detail ->> 'batch')::int = ${batch.number} returning event_id, final_event_id`,
  )
  if (open) return open
  const event = { ...eventOf(kit, run, batch), id: uuidv7(now.getTime()), jobs: eligibleOf(batch).map(({ id }) => id) }
  const final_event_id = answerId(run)
  await openRequest(kit, em, event, final_event_id, { batch: batch.number })
  return { event_id: event.id, final_event_id }
}

/**
 * A batch that failed is tried again after a pause; one that fails again and again is given up, job by job named, so that
 * the run ends. An engine that is away and a collision with another transaction say nothing about the batch.
 */
async function noteFailure(kit: Kit, batch: BatchRow, blameless: boolean): Promise<void> {
  const { db } = kit
  const tries = batch.tries + (blameless ? 0 : 1)
  const pause = blameless ? 1 : Math.min(2 ** (tries - 1), maxPauseSeconds)
  const recorded = await kit.db.transact(async (em) => {
    const [row] = await query(
      em,
      sql<BatchRow>`
        update ${db.table('bulk_batch')} set tries = ${tries}, not_before = ${kit.now()}::timestamptz + make_interval(secs => ${pause})
        where bulk_id = ${batch.bulk_id} and number = ${batch.number} and status <> 'done' returning bulk_id, number, jobs, eligible, status, tries`,
    )
    if (!row || row.tries < maxTries) return undefined
    const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${batch.bulk_id}`)
    const [open] = await query(
      em,
      sql<Request>`
        delete from ${db.table('open_request')} where bulk_id = ${row.bulk_id} and (detail ->> 'batch')::int = ${row.number}
        returning event_id, final_event_id`,
    )
    const metadata = open && { requested: open.event_id }
    return recordBatch(kit, em, { batch: row, run: run! }, givenUp(row), { eventId: open?.final_event_id ?? answerId(run!), code: 'unavailable', metadata })
  })
  if (recorded) publishChange(kit, recorded)
}

function isLocked(error: unknown): boolean {
  return codeOf(error) === sqlState.lockNotAvailable
}

function givenUp({ jobs, status }: BatchRow): PlacedOutcome[] {
  const detail = status === 'requested' ? 'The engine failed each time it was asked; whether it was changed is not known.' : 'The engine failed each time it was asked.'
  return jobs.map(({ notEligible }) => (notEligible === undefined ? [status === 'requested' ? 'unconfirmed' : 'failed', detail] : null))
}
