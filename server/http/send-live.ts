import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Hub } from '../live/hub.ts'
import { followHints, hearingOf } from '../live/stream.ts'
import type { Scope } from '../operations/scope.ts'
import { openScope } from './scope.ts'
import { takeOver } from './take-over.ts'

const maxStreams = 2_000
/** A person has a few tabs open; one account must not take the places of everybody else. */
const maxStreamsPerActor = 20

/** Server-sent events. Each viewer hears of what they may see, and never the data itself. */
export async function sendLive(ctx: Context, scope: Scope, hub: Hub): Promise<void> {
  if (hub.size >= maxStreams) throw new OpsError('rate_limited', `This process serves ${maxStreams} live streams already; read again without one.`)
  if (!hub.connected) throw new OpsError('unavailable', 'Hints do not reach this process at the moment; read again without a stream, and try again later.')
  const release = hub.takePlace(actorKey(ctx, scope), maxStreamsPerActor)
  if (!release) throw new OpsError('rate_limited', `This account has ${maxStreamsPerActor} live streams open here already; close one, or read again without one.`)
  ctx.res.on('close', release)
  const hearing = await hearingOf(scope)
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  takeOver(ctx)
  if (ctx.method === 'HEAD') return void ctx.res.end()
  ctx.req.socket.setNoDelay(true)
  followHints({ response: ctx.res, hearing, hub, lastEventId: ctx.get('last-event-id'), reopen: () => openScope(scope.kit, ctx) })
}

/** Who cannot be named in evidence is told apart by where they come from. */
function actorKey({ req }: Context, { viewer: { principal } }: Scope): string {
  return principal ? JSON.stringify([principal.type, principal.id]) : `unnamed at ${req.socket.remoteAddress}`
}
