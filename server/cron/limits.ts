import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { sqlState } from '../db/sqlstate.ts'
import { codeOf } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'

/** How long a queue may keep a claim waiting. */
export interface Limits {
  lockMs: number
  statementMs: number
}

/** Where many entries share one transaction. What takes longer is tried again apart from the others, so nothing is lost by being strict. */
export const quickLimits: Limits = { lockMs: 200, statementMs: 500 }
/** For one entry alone. An operator who changes that entry meanwhile still has an answer within five seconds. */
export const patientLimits: Limits = { lockMs: 3_000, statementMs: 4_000 }

/** A queue that made a claim fail. */
export class QueueFailure extends Error {
  readonly queue: string

  constructor(queue: string, cause: unknown) {
    super(`queue ${queue} did not answer as expected`, { cause })
    this.name = 'QueueFailure'
    this.queue = queue
  }
}

/** Did this come too late, or not at all, rather than being refused? */
export function isTimeout(error: unknown): boolean {
  const cause = error instanceof QueueFailure ? error.cause : error
  const code = codeOf(cause)
  return code === sqlState.lockNotAvailable || code === sqlState.queryCanceled || (cause instanceof OpsError && cause.code === 'unavailable')
}

/** Runs what an engine does in our transaction under limits of its own. When it fails the transaction is lost, and the limits with it. */
export async function withLimits<Answer>(em: Em, { lockMs, statementMs }: Limits, work: () => Promise<Answer>): Promise<Answer> {
  const [before] = await query(
    em,
    sql<{ lock: string; statement: string }>`
      with earlier as materialized (select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement)
      select *, set_config('lock_timeout', ${String(lockMs)}, true), set_config('statement_timeout', ${String(statementMs)}, true) from earlier`,
  )
  const answer = await work()
  await query(em, sql`select set_config('lock_timeout', ${before!.lock}, true), set_config('statement_timeout', ${before!.statement}, true)`)
  return answer
}

/** One call of an engine about one queue. An engine may also wait for something that is not our connection. */
export async function askQueue<Answer>(queue: string, { statementMs }: Limits, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await withTimeout(work(), statementMs + 1_000, () => new OpsError('unavailable', `The engine did not answer for queue ${queue}.`))
  } catch (cause) {
    throw new QueueFailure(queue, cause)
  }
}
