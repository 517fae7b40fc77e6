import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Hub } from '../live/hub.ts'
import { followHints, openSubscription } from '../live/stream.ts'
import type { Scope } from '../operations/scope.ts'
import { clientAddressOf } from './client-address.ts'
import { announceOwnChanges } from './own-changes.ts'
import { openScope } from './scope.ts'
import { takeOver } from './take-over.ts'

const maxStreams = 2_000
/** Enough for a user's tabs, without letting one account use up the process's streams. */
const maxStreamsPerActor = 20

/** Server-sent events. Each viewer gets hints only about what they may see, and never the data itself. */
export async function sendLive(ctx: Context, scope: Scope, hub: Hub): Promise<void> {
  if (hub.size >= maxStreams) throw new OpsError('rate_limited', `This process already serves ${maxStreams} live streams; poll instead.`)
  if (!hub.connected) throw new OpsError('unavailable', 'Hints do not reach this process at the moment; poll instead, and try again later.')
  const release = hub.acquireSlot(actorKey(ctx, scope), maxStreamsPerActor)
  if (!release) throw new OpsError('rate_limited', `This account already has ${maxStreamsPerActor} live streams open in this process; close one, or poll instead.`)
  ctx.res.on('close', release)
  // The reader may have left while the host was deciding who it is.
  if (ctx.res.destroyed) return release()
  const subscription = await openSubscription(scope)
  // Compression would hold hints back until its buffer is full.
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' })
  await announceOwnChanges(scope.kit, ctx)
  if (ctx.res.destroyed) return
  takeOver(ctx)
  if (ctx.method === 'HEAD') return void ctx.res.end()
  ctx.req.socket.setNoDelay(true)
  followHints({ response: ctx.res, subscription, hub, lastEventId: ctx.get('last-event-id'), reopen: () => openScope(scope.kit, ctx) })
}

/** Actors that cannot be named in evidence are distinguished by their network address. */
function actorKey(ctx: Context, { viewer: { principal } }: Scope): string {
  return principal ? JSON.stringify([principal.type, principal.id]) : `unnamed at ${clientAddressOf(ctx)}`
}
