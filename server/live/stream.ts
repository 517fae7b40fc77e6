import { pageOf } from '../host/auth.ts'
import type { Context } from 'koa'
import type { LiveHint, ViewAction } from '../../schemas/index.ts'
import type { PublishedHint } from '../db/hint.ts'
import { OpsError } from '../error.ts'
import { openScope } from '../http/scope.ts'
import { takeOver } from '../http/take-over.ts'
import type { Kit } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import type { Hub, NumberedHint } from './hub.ts'

const heartbeatMs = 15_000
const maxStreams = 2_000
/** A reader this far behind is told to read everything again instead. */
const maxBuffered = 64 * 1024
const maxWaiting = 1_000
/** What the host said about somebody is taken for true so long. */
const trustMs = 5_000

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
  if (hub.size >= maxStreams) throw new OpsError('rate_limited', `This process serves ${maxStreams} live streams already; read again without one.`)
  if (!hub.connected) throw new OpsError('unavailable', 'Hints do not reach this process at the moment; read again without a stream, and try again later.')
  const hearing = await hearingOf(scope)
  ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  takeOver(ctx)
  const { res } = ctx
  if (ctx.method === 'HEAD') return void res.end()
  ctx.req.socket.setNoDelay(true)
  res.write('retry: 1000\n: welcome\n\n')
  let heard = Promise.resolve()
  let waiting = 0
  const send = (numbered: NumberedHint) => {
    if (waiting++ > maxWaiting || res.writableLength > maxBuffered) return void res.destroy()
    heard = heard.then(async () => {
      await askAgain(ctx, scope.kit, hearing)
      const hint = res.writableEnded || res.destroyed ? undefined : await hintFor(hearing, numbered.hint)
      waiting -= 1
      if (hint) res.write(`id: ${numbered.id}\nevent: hint\ndata: ${JSON.stringify(hint)}\n\n`)
    })
  }
  const last = ctx.get('last-event-id')
  if (last) for (const numbered of hub.since(last)) send(numbered)
  const heartbeat = setInterval(() => res.write(': still here\n\n'), heartbeatMs)
  const leave = [hub.subscribe(send), hub.onClose(() => res.end()), () => clearInterval(heartbeat)]
  res.on('error', () => res.destroy())
  res.on('close', () => {
    for (const undo of leave) undo()
  })
}

/** Whose stream it is, and what they may hear of; true for a while, because rights are taken away and people sign out. */
interface Hearing {
  scope: Scope
  topics: Set<string>
  askedAt: number
}

async function hearingOf(scope: Scope): Promise<Hearing> {
  return { scope, topics: await allowedTopics(scope), askedAt: performance.now() }
}

/** The host is asked again who is there and what they may; a stream of nobody ends. */
async function askAgain(ctx: Context, kit: Kit, hearing: Hearing): Promise<void> {
  if (performance.now() - hearing.askedAt < trustMs) return
  try {
    const scope = await openScope(kit, ctx)
    if (scope) return void Object.assign(hearing, await hearingOf(scope))
  } catch {
    // Who cannot be asked about hears nothing; the browser comes back and asks again.
  }
  ctx.res.end()
}

/** The topic to whom may see the page, the subject to whom may see that subject too. */
async function hintFor({ scope: { viewer }, topics }: Hearing, { topic, subject, resource }: PublishedHint): Promise<LiveHint | undefined> {
  if (!topics.has(topic)) return undefined
  const view = topicViews[topic]
  if (!subject || !view) return { topic }
  const { allowed } = await viewer.can(view, { ...(subject.type === 'queue' && { queue: subject.id }), ...resource, ...subject })
  return allowed ? { topic, subject } : { topic }
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
