import type { Context } from 'koa'
import type { EventSource } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { maxHostMs, viewerOf } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import { withTimeout } from '../timeout.ts'
import { parseTraceParent } from './trace.ts'

/** A scope for the actor of this request; null if no one is signed in. */
export async function openScope(kit: Kit, ctx: Context): Promise<Scope | null> {
  const actor = await currentActor(kit, ctx)
  if (actor === null || actor === undefined) return null
  return {
    kit,
    em: kit.db.em(),
    viewer: viewerOf(kit.auth, kit.displayPolicy, actor, kit.log),
    source: sourceOf(ctx),
    requestId: requestIdOf(ctx),
    traceParent: parseTraceParent(ctx.req.headers.traceparent as string | undefined),
    now: kit.now(),
  }
}

async function currentActor({ auth }: Kit, ctx: Context): Promise<unknown> {
  try {
    return await withTimeout(Promise.resolve(auth.currentActor(ctx.req)), maxHostMs, () => new Error(`no answer within ${maxHostMs} ms`))
  } catch (cause) {
    throw new OpsError('unavailable', 'The host could not determine who is signed in; try again.', { cause })
  }
}

/**
 * A unique id of our own, prefixed with the client's `X-Request-Id` if there is one, so that its log and ours can be correlated
 * but no request can pass for another in evidence.
 */
export function requestIdOf(ctx: Context): string {
  if (typeof ctx.state.opsRequestId === 'string') return ctx.state.opsRequestId
  const clientId = ctx.get('x-request-id')
  const own = crypto.randomUUID()
  const id = /^[\w.:-]{1,100}$/.test(clientId) ? `${clientId}.${own.slice(-12)}` : own
  ctx.state.opsRequestId = id
  return id
}

/** Browsers send these headers with requests from pages; scripts normally do not. */
function sourceOf(ctx: Context): EventSource {
  return ctx.get('sec-fetch-site') || ctx.get('origin') ? 'page' : 'api'
}
