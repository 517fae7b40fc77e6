import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import { type Executed, type ProblemCode, problemCodes } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import { uuidv7 } from '../uuid.ts'
import { transactAgain } from './deadlock.ts'
import { type EventRow, showExecuted } from './event.ts'
import { canonical } from './preview.ts'
import type { ActingScope } from './scope.ts'

const lifetimeHours = 24

/** How a key was answered the first time. The event itself is the answer; what it shows is up to the policy each time. */
interface KeptAnswer {
  request_hash: string
  event_id: string | null
  refusal: { code: ProblemCode; message: string } | null
}

type Work<Done> = (locked: ActingScope, eventId: string) => Promise<Done>

/** What the first request with this key came to; a bulk run answers for itself, as far as it has come. */
export type Repeated = { executed: Executed } | { bulkId: string }

/**
 * Does `work` in a transaction, once for each key: a repeat gets the first answer, also when that was a refusal.
 * Without a key (the command line, which asks a person) every call is the first.
 */
export async function answerOnce<Done>(
  scope: ActingScope,
  request: unknown,
  key: string | undefined,
  work: Work<Done>,
): Promise<{ first: true; done: Done } | { first: false; again: Repeated }> {
  const eventId = uuidv7(scope.now.getTime())
  try {
    const claimed = await transactAgain(scope.kit, async (em) => {
      const locked = { ...scope, em, locking: true }
      const kept = key === undefined ? null : await claimKey(locked, key, request, { eventId })
      return kept ? { first: false as const, kept } : { first: true as const, done: await work(locked, eventId) }
    })
    return claimed.first ? claimed : { first: false, again: await repeat(scope, claimed.kept) }
  } catch (error) {
    if (key !== undefined && isFinal(error)) await keepRefusal(scope, request, key, error)
    throw error
  }
}

/** Permissions may be granted and databases come back; what else was refused stays refused for this key. */
function isFinal(error: unknown): error is OpsError {
  return error instanceof OpsError && error.status < 500 && error.status !== 403 && error.code !== 'idempotency_key_reused' && !error.details.repeated
}

async function keepRefusal(scope: ActingScope, request: unknown, key: string, { code, message }: OpsError): Promise<void> {
  await scope.kit.db.transact((em) => claimKey({ ...scope, em }, key, request, { refusal: { code, message } }))
}

/** An engine outside our transaction is asked after the key is claimed; a repeat waits so long for what it says. */
const timeoutMs = 20_000

async function repeat({ kit, viewer }: ActingScope, { event_id, refusal }: KeptAnswer): Promise<Repeated> {
  if (refusal) throw new OpsError(refusal.code, refusal.message, { repeated: true })
  for (const until = Date.now() + timeoutMs; ; await wait(50)) {
    const em = kit.db.em()
    const [facts] = await query(
      em,
      sql<{ bulk_id: string | null; open: boolean }>`
        select (select id::text from ${kit.db.table('bulk_run')} where event_id = ${event_id}) as bulk_id,
          exists (select 1 from ${kit.db.table('open_request')} where final_event_id = ${event_id}) as open`,
    )
    if (facts!.bulk_id !== null) return { bulkId: facts!.bulk_id }
    // Looked for after the request was seen closed: whoever closes it writes the event in the same transaction.
    const [row] = await query(em, sql<EventRow>`select * from ${kit.db.table('audit_event')} where id = ${event_id}`)
    if (row?.outcome === 'failed') throw new OpsError(knownCode(row.code), 'The first request with this key failed; its audit event says how.', { repeated: true })
    if (row) return { executed: showExecuted(row, viewer) }
    if (!facts!.open || Date.now() > until) {
      throw new OpsError('mutation_conflict', 'The first request with this key is still being carried out; ask again in a moment.', { repeated: true })
    }
  }
}

/** A key stands for one request, and a request about one subject makes no bulk run. */
export function executedAgain(again: Repeated): Executed {
  if ('executed' in again) return again.executed
  throw new Error(`A request about one subject was answered by bulk run ${again.bulkId}.`)
}

/** How an engine outside our transaction failed is told by the code of its second event. */
function knownCode(code: string | null): ProblemCode {
  return code !== null && Object.hasOwn(problemCodes, code) ? (code as ProblemCode) : 'mutation_conflict'
}

/**
 * Claims a key inside the transaction that answers it, or gives back the first answer. A second request with the same
 * key waits here until the first has ended, because the unique index makes it wait.
 */
async function claimKey(
  { kit, em, now, principal }: ActingScope,
  key: string,
  request: unknown,
  { eventId, refusal }: { eventId?: string; refusal?: KeptAnswer['refusal'] },
): Promise<KeptAnswer | null> {
  const { hash, expiresAt, table } = keyFacts({ kit, now }, request)
  const claimed = await query(
    em,
    sql`
      insert into ${table} as kept (actor_type, actor_id, key, request_hash, event_id, refusal, expires_at)
      values (${principal.type}, ${principal.id}, ${key}, ${hash}, ${eventId ?? null}, ${refusal ? JSON.stringify(refusal) : null}, ${expiresAt})
      on conflict (actor_type, actor_id, key) do update
        set request_hash = excluded.request_hash, expires_at = excluded.expires_at, event_id = excluded.event_id, refusal = excluded.refusal
        where kept.expires_at <= ${now}
      returning key`,
  )
  if (claimed.length) return null
  const [kept] = await query(
    em,
    sql<KeptAnswer>`select request_hash, event_id, refusal from ${table} where actor_type = ${principal.type} and actor_id = ${principal.id} and key = ${key}`,
  )
  if (kept?.request_hash === hash) return kept
  throw new OpsError('idempotency_key_reused', 'This Idempotency-Key was used with another request; expected a new key for a new request.')
}

function keyFacts({ kit, now }: Pick<ActingScope, 'kit' | 'now'>, request: unknown) {
  return {
    hash: createHash('sha256').update(canonical(request)).digest('hex'),
    expiresAt: new Date(now.getTime() + lifetimeHours * 3_600_000),
    table: kit.db.table('idempotency_key'),
  }
}
