import { PassThrough } from 'node:stream'
import type { Context } from 'koa'
import type { ViewAction } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'
import type { Hub, NumberedHint } from './hub.ts'

const heartbeatMilliseconds = 15_000
const mostStreams = 2_000
/** A reader this far behind is told to read everything again instead. */
const mostBuffered = 64 * 1024

const topicViews: Record<string, ViewAction> = { cron: 'view_cron', audit: 'view_audit', overview: 'view_overview' }

/** Server-sent events. Each viewer hears of what they may see, and never the data itself. */
export async function streamLive(ctx: Context, scope: Scope, hub: Hub): Promise<void> {
  if (hub.size >= mostStreams) throw new OpsError('rate_limited', `This process serves ${mostStreams} live streams already; read again without one.`)
  const allowed = await allowedTopics(scope)
  const stream = new PassThrough()
  const send = (numbered: NumberedHint) => {
    if (!allowed.has(numbered.hint.topic)) return
    if (stream.writableLength > mostBuffered) return stream.destroy()
    stream.write(`id: ${numbered.id}\nevent: hint\ndata: ${JSON.stringify(numbered.hint)}\n\n`)
  }
  const unsubscribe = hub.subscribe(send)
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMilliseconds)
  const forget = hub.onClose(() => stream.end())
  stream.on('close', () => {
    forget()
    unsubscribe()
    clearInterval(heartbeat)
  })
  ctx.req.socket.setNoDelay(true)
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  ctx.status = 200
  ctx.body = stream
  stream.write('retry: 1000\n: welcome\n\n')
  const last = ctx.get('last-event-id')
  if (last) for (const numbered of hub.since(last)) send(numbered)
}

async function allowedTopics({ viewer }: Scope): Promise<Set<string>> {
  const topics = await Promise.all(
    Object.entries(topicViews).map(async ([topic, view]) => {
      const { allowed } = await viewer.can(view, { type: 'page', id: view.replace('view_', '') })
      return allowed ? [topic] : []
    }),
  )
  return new Set(['reset', ...topics.flat()])
}
