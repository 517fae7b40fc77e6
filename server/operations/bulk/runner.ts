import { sql } from 'kysely'
import { type Em, query } from '../../db/database.ts'
import { sqlState } from '../../db/sqlstate.ts'
import { codeOf, describeFailure, isUnavailable } from '../../describe-failure.ts'
import type { JobOutcome, SeenJob } from '../../engines/engine.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import { isCollision, transactWithRetry } from '../retry.ts'
import { closeRequest, openRequest } from '../outside.ts'
import { answerMs, recordLater, Unanswered, waitOrLeave, withoutTimeouts } from '../pending.ts'
import { settleAbandoned } from './abandoned.ts'
import { requireMany } from './freeze.ts'
import { type BulkRunRow, inBackground, type PlacedOutcome } from './rows.ts'
import { type BatchRow, claimBatch, type ClaimedBatch } from './claim.ts'
import { publishChange, eligibleOf, eventOf, placeOutcomes, recordBatch, recordLate, type RecordedBatch } from './record.ts'

/** How often a batch may fail before its jobs are given up; including the back-off, that takes a minute and a half. */
const maxTries = 8
const maxBackOffSeconds = 30
/** What each job adds to the timeout of an engine outside our transaction. */
const perJobMs = 15

/** When this many batches of this process are waiting for an engine that does not answer, no further ones are started. */
const maxUnanswered = 2
const unansweredBatches = new WeakMap<Kit, Set<BatchRow>>()

function unanswered(kit: Kit): Set<BatchRow> {
  const batches = unansweredBatches.get(kit) ?? new Set()
  unansweredBatches.set(kit, batches)
  return batches
}

/**
 * Processes batches until none is due or the process is to stop. Any number of processes may run it concurrently: a batch is
 * claimed by locking its row, and changed in one transaction with its outcomes and its event, so after a crash it is either done
 * or not started. No lock is held for longer than one batch, and none while the next one is chosen.
 */
export async function runBatches(kit: Kit, stopping: () => boolean = () => false): Promise<void> {
  for (let result = 'recorded'; !stopping() && (result === 'recorded' || result === 'failed'); ) result = await runBatch(kit)
  if (!kit.engine.transactional && !stopping()) while (await settleAbandoned(kit));
}

/** Processes one batch of any run, or of the given one. `idle`: no unclaimed batch is due. `away`: the engine does not answer. */
export async function runBatch(kit: Kit, bulkId?: string): Promise<'recorded' | 'failed' | 'away' | 'idle'> {
  if (unanswered(kit).size >= maxUnanswered) return 'away'
  const work = kit.engine.transactional ? runInside : runOutside
  const claimed: { batch?: BatchRow } = {}
  try {
    const recorded = await work(kit, bulkId, claimed)
    if (recorded) publishChange(kit, recorded)
    return claimed.batch ? 'recorded' : 'idle'
  } catch (error) {
    if (!claimed.batch) throw error
    if (error instanceof Unanswered) return 'away'
    kit.log.warn('a batch of a bulk run failed', { bulk: claimed.batch.bulk_id, batch: claimed.batch.number, ...describeFailure(error) })
    // A canceled statement does not mean that the engine is away: the same batch would be too slow again. Nor does a job locked by its worker.
    const away = isUnavailable(error) && codeOf(error) !== sqlState.queryCanceled && !isLocked(error)
    await recordFailure(kit, claimed.batch, away || isCollision(error) || isLocked(error))
    return away ? 'away' : 'failed'
  }
}

/** Processes the whole batch in one transaction. */
function runInside(kit: Kit, bulkId: string | undefined, claimed: { batch?: BatchRow }): Promise<RecordedBatch | undefined> {
  return transactWithRetry(kit, async (em) => {
    const next = await claimBatch(kit, em, bulkId)
    claimed.batch = next?.batch
    if (!next) return undefined
    const outcomes = await act(kit, em, next)
    return recordBatch(kit, em, next, placeOutcomes(next.batch, outcomes), { eventId: finalEventId(next.run) })
  })
}

/** Records the request as evidence, then calls the engine, then records the result; each step survives a crash of the next. */
async function runOutside(kit: Kit, bulkId: string | undefined, claimed: { batch?: BatchRow }): Promise<RecordedBatch | undefined> {
  const requested = await transactWithRetry(kit, async (em) => {
    const next = await claimBatch(kit, em, bulkId)
    return next && { ...next, request: await requestBatch(kit, em, next) }
  })
  if (!requested) return undefined
  claimed.batch = requested.batch
  const acting = act(withoutTimeouts({ kit }).kit, kit.db.em(), requested)
  const limitMs = answerMs + requested.batch.jobs.length * perJobMs
  const outcomes = await waitOrLeave(acting, limitMs, () => {
    unanswered(kit).add(requested.batch)
    recordLater(kit, requested.request.event_id, () => recordWhenAnswered(kit, requested, acting))
  })
  return recordAnswer(kit, requested, outcomes)
}

/** Records the result of a batch whose engine hung, whenever it answers. */
async function recordWhenAnswered(kit: Kit, requested: RequestedBatch, acting: Promise<JobOutcome[]>): Promise<void> {
  try {
    const recorded = await recordAnswer(kit, requested, await acting)
    if (recorded) publishChange(kit, recorded)
  } catch (error) {
    await recordFailure(kit, requested.batch, isUnavailable(error))
    throw error
  } finally {
    unanswered(kit).delete(requested.batch)
  }
}

function recordAnswer(kit: Kit, requested: RequestedBatch, outcomes: JobOutcome[]): Promise<RecordedBatch | undefined> {
  const { batch, request } = requested
  return transactWithRetry(kit, async (em) => {
    if (!(await isStillRequested(kit, em, batch))) return recordLate(kit, em, requested, placeOutcomes(batch, outcomes), { requested: request.event_id })
    await closeRequest(em, request.event_id)
    return recordBatch(kit, em, requested, placeOutcomes(batch, outcomes), { eventId: request.final_event_id, metadata: { requested: request.event_id } })
  })
}

/** For a run of one batch, the batch's event is the run's event and the response to its request. */
function finalEventId(run: BulkRunRow): string {
  return inBackground(run) ? uuidv7() : run.event_id!
}

async function act(kit: Kit, em: Em, { batch, run }: ClaimedBatch): Promise<JobOutcome[]> {
  const jobs = eligibleOf(batch).map(({ id, queue, version }): SeenJob => ({ id, queue, version }))
  return jobs.length ? requireMany(kit.operations[run.action]).apply(jobs, run.input, { kit, em }) : []
}

/** False if another process has presumed this one dead and recorded the batch's result. */
async function isStillRequested({ db }: Kit, em: Em, { bulk_id, number }: BatchRow): Promise<boolean> {
  const rows = await query(
    em,
    sql`select 1 from ${db.table('bulk_batch')} where bulk_id = ${bulk_id} and number = ${number} and status = 'requested' for update`,
  )
  return rows.length > 0
}

type RequestedBatch = ClaimedBatch & { request: Request }

interface Request {
  event_id: string
  final_event_id: string
}

/** A batch has one open request, however often it is retried. */
async function requestBatch(kit: Kit, em: Em, { batch, run }: ClaimedBatch): Promise<Request> {
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
  const final_event_id = finalEventId(run)
  await openRequest(kit, em, event, final_event_id, { batch: batch.number })
  return { event_id: event.id, final_event_id }
}

/**
 * A failed batch is retried after a back-off. If it keeps recordingFailure, it is given up with an outcome for each job, so that the run
 * ends. `blameless`: the engine is away or the batch collided with another transaction, which does not count as a failure of
 * the batch.
 */
async function recordFailure(kit: Kit, batch: BatchRow, blameless: boolean): Promise<void> {
  const { db } = kit
  const tries = batch.tries + (blameless ? 0 : 1)
  const backOff = blameless ? 1 : Math.min(2 ** (tries - 1), maxBackOffSeconds)
  const recorded = await kit.db.transact(async (em) => {
    const [row] = await query(
      em,
      sql<BatchRow>`
        update ${db.table('bulk_batch')} set tries = ${tries}, not_before = ${kit.now()}::timestamptz + make_interval(secs => ${backOff})
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
    return recordBatch(kit, em, { batch: row, run: run! }, givenUpOutcomes(row), { eventId: open?.final_event_id ?? finalEventId(run!), code: 'unavailable', metadata })
  })
  if (recorded) publishChange(kit, recorded)
}

function isLocked(error: unknown): boolean {
  return codeOf(error) === sqlState.lockNotAvailable
}

function givenUpOutcomes({ jobs, status }: BatchRow): PlacedOutcome[] {
  const detail = status === 'requested' ? 'The engine failed on every attempt; whether the job was changed is unknown.' : 'The engine failed on every attempt.'
  return jobs.map(({ notEligible }) => (notEligible === undefined ? [status === 'requested' ? 'unconfirmed' : 'failed', detail] : null))
}
