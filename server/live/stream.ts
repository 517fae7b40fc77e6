import { pageOf } from '../host/auth.ts'
import type { Context } from 'koa'
import type { ViewAction } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { takeOver } from '../http/take-over.ts'
import type { Scope } from '../operations/scope.ts'
import type { Hub, NumberedHint } from './hub.ts'

const heartbeatMilliseconds = 15_000
const mostStreams = 2_000
/** A reader this far behind is told to read everything again instead. */
const mostBuffered = 64 * 1024

const topicViews: Record<string, ViewAction> = {
  cron: 'view_cron',
  audit: 'view_audit',
  overview: 'view_overview',
  jobs: 'view_jobs',
  bulk: 'view_jobs',
  queues: 'view_queues',
}

/** Server-sent events. Each viewer hears of what they may see, and never the data itself. */
export async function streamLive(ctx: Context, scope: Scope, hub: Hub): Promise<void> {
  if (hub.size >= mostStreams) throw new OpsError('rate_limited', `This process serves ${mostStreams} live streams already; read again without one.`)
  if (!hub.connected) throw new OpsError('unavailable', 'Hints do not reach this process at the moment; read again without a stream, and try again later.')
  const allowed = await allowedTopics(scope)
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  takeOver(ctx)
  const { res } = ctx
  if (ctx.method === 'HEAD') return void res.end()
  ctx.req.socket.setNoDelay(true)
  res.write('retry: 1000\n: welcome\n\n')
  const send = (numbered: NumberedHint) => {
    if (!allowed.has(numbered.hint.topic)) return
    if (res.writableLength > mostBuffered) return void res.destroy()
    res.write(`id: ${numbered.id}\nevent: hint\ndata: ${JSON.stringify(numbered.hint)}\n\n`)
  }
  const last = ctx.get('last-event-id')
  if (last) for (const numbered of hub.since(last)) send(numbered)
  const heartbeat = setInterval(() => res.write(': still here\n\n'), heartbeatMilliseconds)
  const leave = [hub.subscribe(send), hub.onClose(() => res.end()), () => clearInterval(heartbeat)]
  res.on('error', () => res.destroy())
  res.on('close', () => {
    for (const undo of leave) undo()
  })
}

async function allowedTopics({ viewer }: Scope): Promise<Set<string>> {
  const topics = await Promise.all(
    Object.entries(topicViews).map(async ([topic, view]) => {
      const { allowed } = await viewer.can(view, pageOf(view))
      return allowed ? [topic] : []
    }),
  )
  return new Set(['reset', ...topics.flat()])
}
