import type { Context } from 'koa'
import type { EventSource } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { maxHostMs, viewerOf } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import { withTimeout } from '../timeout.ts'

/** Who asks, as the host sees it. Null when nobody is signed in. */
export async function openScope(kit: Kit, ctx: Context): Promise<Scope | null> {
  const actor = await currentActor(kit, ctx)
  if (actor === null || actor === undefined) return null
  return {
    kit,
    em: kit.db.em(),
    viewer: viewerOf(kit.auth, kit.displayPolicy, actor, kit.log),
    source: sourceOf(ctx),
    requestId: requestIdOf(ctx),
    now: kit.now(),
  }
}

async function currentActor({ auth }: Kit, ctx: Context): Promise<unknown> {
  try {
    return await withTimeout(Promise.resolve(auth.currentActor(ctx.req)), maxHostMs, () => new Error(`no answer within ${maxHostMs} ms`))
  } catch (cause) {
    throw new OpsError('unavailable', 'The host could not say who is signed in; try again.', { cause })
  }
}

/**
 * Ours, and unique: what a client sends in `X-Request-Id` stands in front, so that its log and ours can be read together,
 * but no request can pass for another one in evidence.
 */
export function requestIdOf(ctx: Context): string {
  if (typeof ctx.state.opsRequestId === 'string') return ctx.state.opsRequestId
  const given = ctx.get('x-request-id')
  const own = crypto.randomUUID()
  const id = /^[\w.:-]{1,100}$/.test(given) ? `${given}.${own.slice(-12)}` : own
  ctx.state.opsRequestId = id
  return id
}

/** Browsers say where a request comes from, and scripts do not. */
function sourceOf(ctx: Context): EventSource {
  return ctx.get('sec-fetch-site') || ctx.get('origin') ? 'page' : 'api'
}
