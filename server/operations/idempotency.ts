import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import { type Executed, type OperationAction, type ProblemCode, problemCodes } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Resource } from '../host/auth.ts'
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

/** What is done once for each key. */
export interface Once<Done, Prepared> {
  /** What takes long, or asks somebody who may hang: done before the transaction, and only while the key is free. */
  prepare?(): Promise<Prepared>
  /** Inside the transaction that claims the key. */
  work(inside: ActingScope, eventId: string, prepared: Prepared | undefined): Promise<Done>
  /** Somebody else has claimed the key meanwhile: what was prepared is not needed. */
  discard?(prepared: Prepared): Promise<void>
}

/** What the first request with this key came to; a bulk run answers for itself, as far as it has come. */
export type Repeated = { executed: Executed } | { bulkId: string }

/**
 * Does `work` in a transaction, once for each key: a repeat gets the first answer, also when that was a refusal.
 * Without a key (the command line, which asks a person) every call is the first.
 */
export async function answerOnce<Done, Prepared = undefined>(
  scope: ActingScope,
  request: unknown,
  key: string | undefined,
  { prepare, work, discard }: Once<Done, Prepared>,
): Promise<{ first: true; done: Done } | { first: false; again: Repeated }> {
  const eventId = uuidv7(scope.now.getTime())
  try {
    const prepared = prepare && (await prepareOnce(scope, request, key, prepare))
    if (prepared && 'kept' in prepared) return { first: false, again: await repeat(scope, prepared.kept) }
    const claimed = await transactAgain(scope.kit, async (em) => {
      const inside = { ...scope, em, locking: true }
      const kept = key === undefined ? null : await claimKey(inside, key, request, { eventId })
      return kept ? { first: false as const, kept } : { first: true as const, done: await work(inside, eventId, prepared?.ready) }
    }).catch(async (error: unknown) => {
      if (prepared) await discard?.(prepared.ready)
      throw error
    })
    if (claimed.first) return claimed
    if (prepared) await discard?.(prepared.ready)
    return { first: false, again: await repeat(scope, claimed.kept) }
  } catch (error) {
    if (key !== undefined && isFinal(error)) await keepRefusal(scope, request, key, error)
    throw error
  }
}

/** A refusal may be the doing of the first request with this key, which has changed what this one looked at. */
async function prepareOnce<Prepared>(scope: ActingScope, request: unknown, key: string | undefined, prepare: () => Promise<Prepared>): Promise<{ kept: KeptAnswer } | { ready: Prepared }> {
  const kept = key === undefined ? null : await findKey(scope, key, request)
  if (kept) return { kept }
  try {
    return { ready: await prepare() }
  } catch (error) {
    const since = key === undefined ? null : await findKey(scope, key, request)
    if (since) return { kept: since }
    throw error
  }
}

/** Permissions may be granted and databases come back; what else was refused stays refused for this key. */
function isFinal(error: unknown): error is OpsError {
  return error instanceof OpsError && error.status < 500 && error.status !== 403 && error.code !== 'rate_limited' && error.code !== 'idempotency_key_reused' && !error.details.repeated
}

async function keepRefusal(scope: ActingScope, request: unknown, key: string, { code, message }: OpsError): Promise<void> {
  await scope.kit.db.transact((em) => claimKey({ ...scope, em }, key, request, { refusal: { code, message } }))
}

/** An engine outside our transaction is asked after the key is claimed; a repeat waits so long for what it says. */
const timeoutMs = 4_000

async function repeat(scope: ActingScope, { event_id, refusal }: KeptAnswer): Promise<Repeated> {
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
    // Looked for after the request was seen closed: whoever closes it writes the event in the same transaction.
    const [row] = await query(em, sql<EventRow>`select * from ${kit.db.table('audit_event')} where id = ${event_id}`)
    if (row?.outcome === 'failed') throw new OpsError(knownCode(row.code), 'The first request with this key failed; its audit event says how.', { repeated: true })
    if (row) {
      await requireStillAllowed(scope, row)
      return { executed: showExecuted(row, viewer) }
    }
    if (Date.now() > until && facts!.open) throw new OpsError('unavailable', 'The engine has not answered the first request with this key yet; ask again in a moment.', { repeated: true })
    if (!facts!.open) {
      throw new OpsError('mutation_conflict', 'The first request with this key is still being carried out; ask again in a moment.', { repeated: true })
    }
  }
}

/** Rights are taken away: the host is asked again with the resource that was changed, and what it says is not part of the first answer. */
async function requireStillAllowed({ viewer }: ActingScope, { action, subject_type: type, subject_id: id, metadata }: EventRow): Promise<void> {
  const { allowed, reason } = await viewer.can(action as OperationAction, { ...(metadata.resource as Partial<Resource> | undefined), type, id })
  if (!allowed) throw new OpsError('forbidden', reason ?? `${action} on ${type}:${id} is not allowed.`)
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
  return claimed.length ? null : findKey({ kit, em, now, principal }, key, request)
}

/** The first answer to this key; null while it is free. Another request with it is refused. */
async function findKey({ kit, em, now, principal }: Pick<ActingScope, 'kit' | 'em' | 'now' | 'principal'>, key: string, request: unknown): Promise<KeptAnswer | null> {
  const { hash, table } = keyFacts({ kit, now }, request)
  const [kept] = await query(
    em,
    sql<KeptAnswer>`
      select request_hash, event_id, refusal from ${table}
      where actor_type = ${principal.type} and actor_id = ${principal.id} and key = ${key} and expires_at > ${now}`,
  )
  if (!kept || kept.request_hash === hash) return kept ?? null
  throw new OpsError('idempotency_key_reused', 'This Idempotency-Key was used with another request; expected a new key for a new request.')
}

function keyFacts({ kit, now }: Pick<ActingScope, 'kit' | 'now'>, request: unknown) {
  return {
    hash: createHash('sha256').update(canonical(request)).digest('hex'),
    expiresAt: new Date(now.getTime() + lifetimeHours * 3_600_000),
    table: kit.db.table('idempotency_key'),
  }
}
