import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { describeFailure } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'

/**
 * A change asked of an engine outside our transaction. Whoever waits for it is answered in time, and what becomes of it is
 * recorded when it is known: nobody can take back what an engine was asked.
 */

/** Of one change. With a look at the engine before it, whoever waits has an answer within five seconds. */
export const answerMs = 4_000
/** Well below the age at which a request is taken for one whose process died. */
const renewalMs = 5_000

/** The engine was asked and has not answered; the request stays open. */
export class Unanswered extends OpsError {
  constructor() {
    super('unavailable', 'The engine was asked and has not answered yet. The request is on record, and its end will be as soon as it is known.', { recorded: true })
  }
}

/** Waits for `asked` at most `ms` milliseconds, then throws `Unanswered` and leaves the rest to `later`. */
export async function waitOrLeave<Answer>(asked: Promise<Answer>, ms: number, later: (asked: Promise<Answer>) => void): Promise<Answer> {
  try {
    return await withTimeout(asked, ms, () => new Unanswered())
  } catch (error) {
    if (error instanceof Unanswered) later(asked)
    throw error
  }
}

/** The engine itself, whose calls last as long as they do: for a change whose end is recorded whenever it comes. */
export function withoutTimeouts<Holder extends { kit: Kit }>(holder: Holder): Holder {
  return { ...holder, kit: { ...holder.kit, engine: holder.kit.patientEngine } }
}

/**
 * Does `record` when the engine has answered. Until then the request is renewed, so that no other process takes this one for
 * dead, and keeps its age, so that everybody sees since when it is open; when this one does die, or our database is away at that moment, the request is settled as an orphan.
 */
export function recordLater(kit: Kit, requestId: string, record: () => Promise<void>): void {
  const renewal = setInterval(() => void renew(kit, requestId), renewalMs)
  renewal.unref()
  void record()
    .catch((error: unknown) => kit.log.error('the end of a request could not be recorded', { event: requestId, ...describeFailure(error) }))
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
    // A database that is away now is asked again in a moment; an engine that answers meanwhile is waited for all the same.
  }
}

