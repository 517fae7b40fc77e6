import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { sqlState } from '../db/sqlstate.ts'
import { codeOf } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'

/** How long a queue may delay a claim. */
export interface Limits {
  lockMs: number
  statementMs: number
}

/** For transactions shared by many entries. Slower entries are retried separately, so strict limits lose nothing. */
export const quickLimits: Limits = { lockMs: 200, statementMs: 500 }
/** For a single entry. An operator who changes that entry meanwhile still gets an answer within five seconds. */
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

/** Whether this is a timeout or no answer at all, rather than a refusal. */
export function isTimeout(error: unknown): boolean {
  const cause = error instanceof QueueFailure ? error.cause : error
  return isStatementTimeout(error) || (cause instanceof OpsError && cause.code === 'unavailable')
}

/** Whether PostgreSQL itself ended the statement, so that nothing of it is still on its way. */
export function isStatementTimeout(error: unknown): boolean {
  const code = codeOf(error instanceof QueueFailure ? error.cause : error)
  return code === sqlState.lockNotAvailable || code === sqlState.queryCanceled
}

/** Runs an engine's work in our transaction under separate limits. On failure the transaction is lost, and the limits with it. */
export async function withLimits<Answer>(em: Em, { lockMs, statementMs }: Limits, work: () => Promise<Answer>): Promise<Answer> {
  const [before] = await query(
    em,
    sql<{ lock: string; statement: string }>`
      with previous as materialized (select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement)
      select *, set_config('lock_timeout', ${String(lockMs)}, true), set_config('statement_timeout', ${String(statementMs)}, true) from previous`,
  )
  const answer = await work()
  await query(em, sql`select set_config('lock_timeout', ${before!.lock}, true), set_config('statement_timeout', ${before!.statement}, true)`)
  return answer
}

/** One engine call for one queue, with a timeout of its own, because an engine may also wait on something other than our connection. */
export async function askQueue<Answer>(queue: string, { statementMs }: Limits, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await withTimeout(work(), statementMs + 1_000, () => new OpsError('unavailable', `The engine did not answer for queue ${queue}.`))
  } catch (cause) {
    throw new QueueFailure(queue, cause)
  }
}
