import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'

/**
 * Changes in an engine outside our transaction. A call to the engine cannot be withdrawn, so the request gets its response in
 * time, and the outcome is recorded whenever it is known.
 */

/** Timeout of one change. Together with the preceding read from the engine, the response comes within five seconds. */
export const answerMs = 4_000
/** Well below the age at which a request counts as orphaned. */
const renewalMs = 5_000

/** The engine was called and has not answered yet; the request stays open. */
export class Unanswered extends OpsError {
  constructor() {
    super('unavailable', 'The engine has not answered yet. The request is recorded, and its outcome will be recorded as soon as it is known.', { recorded: true })
  }
}

/** Waits for `pending` at most `ms` milliseconds, then throws `Unanswered` and leaves the rest to `later`. */
export async function waitOrLeave<Answer>(pending: Promise<Answer>, ms: number, later: (pending: Promise<Answer>) => void): Promise<Answer> {
  try {
    return await withTimeout(pending, ms, () => new Unanswered())
  } catch (error) {
    if (error instanceof Unanswered) later(pending)
    throw error
  }
}

/** The engine without timeouts, for a change whose outcome is recorded whenever it comes. */
export function withoutTimeouts<Holder extends { kit: Kit }>(holder: Holder): Holder {
  return { ...holder, kit: { ...holder.kit, engine: holder.kit.patientEngine } }
}

/**
 * Runs `record`, which waits for the engine's answer. Until then the request is renewed, so that no other process presumes this
 * one dead; it keeps its original time, which shows since when it has been open. If this process does die, or our database is
 * unavailable at that moment, the request is settled as an orphan.
 */
export function recordLater(kit: Kit, requestId: string, record: () => Promise<void>): void {
  const renewal = setInterval(() => void renew(kit, requestId), renewalMs)
  renewal.unref()
  void record()
    .catch((error: unknown) => kit.log.error('the outcome of a request could not be recorded', { event: requestId, ...describeFailure(error) }))
    .finally(() => clearInterval(renewal))
}

async function renew({ db, now }: Kit, requestId: string): Promise<void> {
  try {
    const request = sql`select bulk_id, (detail ->> 'batch')::int as number from renewed where bulk_id is not null`
    await query(
      db.em(),
      sql`
        with renewed as (
          update ${db.table('open_request')} set detail = detail || jsonb_build_object('renewedAt', ${now()}::timestamptz) where event_id = ${requestId} returning bulk_id, detail
        )
        update ${db.table('bulk_batch')} batch set requested_at = ${now()} from (${request}) request
        where batch.bulk_id = request.bulk_id and batch.number = request.number and batch.status = 'requested'`,
    )
  } catch {
    // The next renewal tries the database again; until then we keep waiting for the engine all the same.
  }
}

