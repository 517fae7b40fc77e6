import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Executed, ProblemCode } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import { canonical } from './preview.ts'
import type { ActingScope } from './scope.ts'

const lifetimeHours = 24

type KeptAnswer = { status: 200; answer: Executed } | { status: number; answer: { code: ProblemCode; message: string } }

/**
 * Does `work` in a transaction, once for each key: a repeat gets the first answer, also when that was a refusal.
 * Without a key (the command line, which asks a person) every call is the first.
 */
export async function answerOnce(
  scope: ActingScope,
  request: unknown,
  key: string | undefined,
  work: (locked: ActingScope) => Promise<Executed>,
): Promise<{ done: Executed; first: boolean }> {
  const { db } = scope.kit
  if (key === undefined) return { done: await db.transact((em) => work({ ...scope, em, locking: true })), first: true }
  try {
    return await db.transact(async (em) => {
      const locked = { ...scope, em, locking: true }
      const kept = await claimKey(locked, key, request)
      if (kept) return { done: repeat(kept), first: false }
      const done = await work(locked)
      await keepAnswer(locked, key, { status: 200, answer: done })
      return { done, first: true }
    })
  } catch (error) {
    if (isFinal(error)) await keepRefusal(scope, request, key, error)
    throw error
  }
}

/** Permissions may be granted and databases come back; what else was refused stays refused for this key. */
function isFinal(error: unknown): error is OpsError {
  return error instanceof OpsError && error.status < 500 && error.status !== 403 && error.code !== 'idempotency_key_reused' && !error.details.repeated
}

async function keepRefusal(scope: ActingScope, request: unknown, key: string, { code, status, message }: OpsError): Promise<void> {
  await scope.kit.db.transact(async (em) => {
    const locked = { ...scope, em }
    if (!(await claimKey(locked, key, request))) await keepAnswer(locked, key, { status, answer: { code, message } })
  })
}

function repeat(kept: KeptAnswer): Executed {
  if ('event' in kept.answer) return kept.answer
  throw new OpsError(kept.answer.code, kept.answer.message, { repeated: true })
}

/**
 * Claims a key inside the transaction that will answer it, or gives back the first answer. A second request with the
 * same key waits here until the first has ended, because the unique index makes it wait.
 */
async function claimKey({ kit, em, now, principal }: ActingScope, key: string, request: unknown): Promise<KeptAnswer | null> {
  const hash = createHash('sha256').update(canonical(request)).digest('hex')
  const expiresAt = new Date(now.getTime() + lifetimeHours * 3_600_000)
  const table = kit.db.table('idempotency_key')
  const claimed = await query(
    em,
    sql`
      insert into ${table} as kept (actor_id, key, request_hash, expires_at)
      values (${principal.id}, ${key}, ${hash}, ${expiresAt})
      on conflict (actor_id, key) do update
        set request_hash = excluded.request_hash, expires_at = excluded.expires_at, status = null, answer = null
        where kept.expires_at <= ${now}
      returning key`,
  )
  if (claimed.length) return null
  const [kept] = await query(
    em,
    sql<KeptAnswer & { request_hash: string }>`
      select request_hash, status, answer from ${table} where actor_id = ${principal.id} and key = ${key}`,
  )
  if (!kept || kept.request_hash !== hash) {
    throw new OpsError('idempotency_key_reused', 'This Idempotency-Key was used with another request; expected a new key for a new request.')
  }
  return kept
}

/** Keeps the answer with the key, in the transaction that earned it. */
async function keepAnswer({ kit, em, principal }: ActingScope, key: string, { status, answer }: KeptAnswer): Promise<void> {
  await query(
    em,
    sql`update ${kit.db.table('idempotency_key')} set status = ${status}, answer = ${JSON.stringify(answer)}
        where actor_id = ${principal.id} and key = ${key}`,
  )
}
