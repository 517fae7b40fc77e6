import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import { type Executed, type OperationAction, type ProblemCode, problemCodes } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Resource } from '../host/auth.ts'
import { OpsError } from '../error.ts'
import { uuidv7 } from '../uuid.ts'
import { transactWithRetry } from './retry.ts'
import { type EventRow, showExecuted } from './event.ts'
import { canonical } from './preview.ts'
import { afterSameKey } from './same-key.ts'
import type { ActingScope } from './scope.ts'

const lifetimeHours = 24

/** The answer to the first request with a key. The event itself is the answer; the display policy is applied each time it is shown. */
interface StoredAnswer {
  request_hash: string
  event_id: string | null
  refusal: { code: ProblemCode; message: string } | null
}

/** Work that is done once per key. */
export interface Once<Done, Prepared> {
  /** Work that is slow or calls a system that may hang. Runs before the transaction, and only if the key is unused. */
  prepare?(): Promise<Prepared>
  /** Runs inside the transaction that claims the key. */
  work(inside: ActingScope, eventId: string, prepared: Prepared | undefined): Promise<Done>
  /** Called if what was prepared is not needed, e.g. because another request has claimed the key meanwhile. */
  discard?(prepared: Prepared): Promise<void>
}

/** The result of the first request with this key. For a bulk run, the response is its current progress. */
export type Repeated = { executed: Executed } | { bulkId: string }

/**
 * Runs `work` in a transaction, once per key: a repeat gets the first answer, even if that was a refusal. Without a key (on the
 * command line, which asks for confirmation) every call counts as the first.
 */
export function answerOnce<Done, Prepared = undefined>(
  scope: ActingScope,
  request: unknown,
  key: string | undefined,
  once: Once<Done, Prepared>,
): Promise<Answered<Done>> {
  if (key === undefined || !once.prepare) return claimAndWork(scope, request, key, once)
  return afterSameKey(scope.kit.db, scope.principal, key, () => claimAndWork(scope, request, key, once))
}

type Answered<Done> = { first: true; done: Done } | { first: false; again: Repeated }

async function claimAndWork<Done, Prepared>(
  scope: ActingScope,
  request: unknown,
  key: string | undefined,
  { prepare, work, discard }: Once<Done, Prepared>,
): Promise<Answered<Done>> {
  const eventId = uuidv7(scope.now.getTime())
  try {
    const prepared = prepare && (await prepareOnce(scope, request, key, prepare))
    if (prepared && 'stored' in prepared) return { first: false, again: await repeat(scope, prepared.stored) }
    const claimed = await transactWithRetry(scope.kit, async (em) => {
      const inside = { ...scope, em, locking: true }
      const stored = key === undefined ? null : await claimKey(inside, key, request, { eventId })
      return stored ? { first: false as const, stored } : { first: true as const, done: await work(inside, eventId, prepared?.ready) }
    }).catch(async (error: unknown) => {
      if (prepared) await discard?.(prepared.ready)
      throw error
    })
    if (claimed.first) return claimed
    if (prepared) await discard?.(prepared.ready)
    return { first: false, again: await repeat(scope, claimed.stored) }
  } catch (error) {
    if (key !== undefined && isFinal(error)) await storeRefusal(scope, request, key, error)
    throw error
  }
}

/** If `prepare` fails, the cause may be the first request with this key, which has changed the subject meanwhile. */
async function prepareOnce<Prepared>(scope: ActingScope, request: unknown, key: string | undefined, prepare: () => Promise<Prepared>): Promise<{ stored: StoredAnswer } | { ready: Prepared }> {
  const stored = key === undefined ? null : await findAnswer(scope, key, request)
  if (stored) return { stored }
  try {
    return { ready: await prepare() }
  } catch (error) {
    const storedSince = key === undefined ? null : await findAnswer(scope, key, request)
    if (storedSince) return { stored: storedSince }
    throw error
  }
}

/** Permissions may be granted later and databases recover; any other refusal is final for its key. */
function isFinal(error: unknown): error is OpsError {
  return error instanceof OpsError && error.status < 500 && error.status !== 403 && error.code !== 'rate_limited' && error.code !== 'idempotency_key_reused' && !error.details.repeated
}

async function storeRefusal(scope: ActingScope, request: unknown, key: string, { code, message }: OpsError): Promise<void> {
  await scope.kit.db.transact((em) => claimKey({ ...scope, em }, key, request, { refusal: { code, message } }))
}

/** An engine outside our transaction is called after the key has been claimed; a repeat waits this long for its answer. */
const timeoutMs = 4_000

async function repeat(scope: ActingScope, { event_id, refusal }: StoredAnswer): Promise<Repeated> {
  const { kit, viewer } = scope
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
    // Queried after `open`, because the event is written in the same transaction that closes the request.
    const [row] = await query(em, sql<EventRow>`select * from ${kit.db.table('audit_event')} where id = ${event_id}`)
    if (row?.outcome === 'failed') throw new OpsError(knownCode(row.code), 'The first request with this key failed; its audit event has the details. Expected a new key for a new attempt.', { repeated: true, final: true })
    if (row) {
      await requireStillAllowed(scope, row)
      return { executed: showExecuted(row, viewer) }
    }
    if (Date.now() > until && facts!.open) throw new OpsError('unavailable', 'The engine has not answered the first request with this key yet; try again in a moment.', { repeated: true })
    if (!facts!.open) {
      throw new OpsError('mutation_conflict', 'The first request with this key is still in progress; try again in a moment.', { repeated: true })
    }
  }
}

/** Rights may have been revoked: the host is asked again about the changed resource. Its decision is not part of the stored answer. */
async function requireStillAllowed({ viewer }: ActingScope, { action, subject_type: type, subject_id: id, metadata }: EventRow): Promise<void> {
  const { allowed, reason } = await viewer.can(action as OperationAction, { ...(metadata.resource as Partial<Resource> | undefined), type, id })
  if (!allowed) throw new OpsError('forbidden', reason ?? `${action} on ${type}:${id} is not allowed.`)
}

/** A key belongs to one request, and a request about a single subject never creates a bulk run. */
export function requireExecuted(again: Repeated): Executed {
  if ('executed' in again) return again.executed
  throw new Error(`A request about one subject was answered by bulk run ${again.bulkId}.`)
}

/** The code of the second event records how an engine outside our transaction failed. */
function knownCode(code: string | null): ProblemCode {
  return code !== null && Object.hasOwn(problemCodes, code) ? (code as ProblemCode) : 'mutation_conflict'
}

/**
 * Claims a key inside the transaction that answers it, or returns the first answer. The unique index makes a second request
 * with the same key wait here until the transaction of the first has ended.
 */
async function claimKey(
  { kit, em, now, principal }: ActingScope,
  key: string,
  request: unknown,
  { eventId, refusal }: { eventId?: string; refusal?: StoredAnswer['refusal'] },
): Promise<StoredAnswer | null> {
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
  return claimed.length ? null : findAnswer({ kit, em, now, principal }, key, request)
}

/** The first answer to this key; null if the key is unused. A different request with the same key is refused. */
async function findAnswer({ kit, em, now, principal }: Pick<ActingScope, 'kit' | 'em' | 'now' | 'principal'>, key: string, request: unknown): Promise<StoredAnswer | null> {
  const { hash, table } = keyFacts({ kit, now }, request)
  const [stored] = await query(
    em,
    sql<StoredAnswer>`
      select request_hash, event_id, refusal from ${table}
      where actor_type = ${principal.type} and actor_id = ${principal.id} and key = ${key} and expires_at > ${now}`,
  )
  if (!stored || stored.request_hash === hash) return stored ?? null
  throw new OpsError('idempotency_key_reused', 'This Idempotency-Key was used for a different request; expected a new key for a new request.')
}

function keyFacts({ kit, now }: Pick<ActingScope, 'kit' | 'now'>, request: unknown) {
  return {
    hash: createHash('sha256').update(canonical(request)).digest('hex'),
    expiresAt: new Date(now.getTime() + lifetimeHours * 3_600_000),
    table: kit.db.table('idempotency_key'),
  }
}
