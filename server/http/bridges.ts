import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { isDeepStrictEqual } from 'node:util'
import type { Context, Middleware } from 'koa'
import type { BridgeVisit } from '../bridges/bridge.ts'
import { OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import type { DisplayKind } from '../host/display.ts'
import { belowBase } from '../host/place.ts'
import { visible } from '../host/visible.ts'
import type { Kit, MountedBridge } from '../kit.ts'
import { listQueueNames } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'
import { requireView } from './api.ts'
import { addStrip, bridgePolicy, refusalPage } from './bridge-page.ts'
import { asOpsError, answerProblem } from './errors.ts'
import { pageHeaders, returnPathOf } from './pages.ts'
import { openScope, requestIdOf } from './scope.ts'

/** Engine dashboards: the same actor, `view_bridge` required, and only GET and HEAD, whatever the dashboard itself would allow. */
export function bridgesMiddleware(kit: Kit): Middleware {
  return async (ctx, next) => {
    const bridge = kit.bridges.find(({ name }) => {
      const path = `${kit.mount}/${name}`
      return ctx.path === `${path}.data` || belowBase(ctx.path, path) !== undefined
    })
    if (!bridge) return next()
    const requestId = requestIdOf(ctx)
    ctx.set({ 'x-request-id': requestId, ...pageHeaders })
    try {
      await visitBridge(kit, ctx, bridge)
    } catch (error) {
      answerProblem(ctx, error, requestId, kit.log)
      if (ctx.method === 'GET' && ctx.accepts('json', 'html') === 'html') answerRefusal(ctx, kit, bridge, asOpsError(error))
    }
  }
}

async function visitBridge(kit: Kit, ctx: Context, bridge: MountedBridge): Promise<void> {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
    ctx.set('allow', 'GET, HEAD')
    throw new OpsError('method_not_allowed', `${bridge.label} is for inspection only: expected GET or HEAD, got ${ctx.method}.`)
  }
  const scope = await openScope(kit, ctx)
  if (!scope) {
    if (kit.auth.signInUrl && ctx.accepts('html')) return ctx.redirect(kit.auth.signInUrl(returnPathOf(kit, ctx)))
    throw new OpsError('unauthenticated', 'You are not signed in; sign in first.')
  }
  await requireView(scope, 'view_bridge')
  await sendAnswer(ctx, kit, bridge, await bridge.answer(requestOf(kit, ctx), await visitOf(scope)))
}

/** A dashboard cannot hide parts of a value, so an actor whose policy changes harmless job data may not see any. */
async function visitOf(scope: Scope): Promise<BridgeVisit> {
  const { viewer } = scope
  const names = await listQueueNames(scope)
  const kinds: DisplayKind[] = ['job_args', 'job_meta', 'job_output', 'job_error']
  const samples = [{ note: 'harmless' }, 'harmless']
  const isUnchanged = (kind: DisplayKind) => samples.every((sample) => isDeepStrictEqual(viewer.show(kind, sample, 'view_bridge'), sample))
  return {
    mayReadEveryQueue: await mayReadAll(scope, 'view_queues', names),
    mayReadJobData: kinds.every(isUnchanged) && (await mayReadAll(scope, 'view_jobs', names)),
    can: async (action, resource) => (await viewer.can(action, resource)).allowed,
    show: (kind, value) => viewer.show(kind, value, 'view_bridge'),
  }
}

/** Whether the actor may view the page and every known queue. */
async function mayReadAll({ viewer }: Scope, view: 'view_queues' | 'view_jobs', names: string[]): Promise<boolean> {
  if (!(await viewer.can(view, pageOf(view))).allowed) return false
  return (await visible(viewer, names, view, (queue) => ({ type: 'queue', id: queue, queue }))).length === names.length
}

const forwarded = ['accept', 'accept-language', 'user-agent', 'if-none-match', 'if-modified-since']

/** The request as the dashboard sees it: what it needs to render, without cookies or credentials. */
function requestOf({ base, mount }: Kit, ctx: Context): Request {
  const headers = new Headers()
  for (const name of forwarded) {
    const value = ctx.get(name)
    if (value) headers.set(name, value)
  }
  return new Request(`http://localhost${base}${ctx.path.slice(mount.length)}${ctx.search}`, { method: ctx.method, headers })
}

const passedOn = /^(content-type|etag|last-modified|location|vary|x-remix-.+)$/

/** Passes on the dashboard's content, but none of its cookies or security policies. */
async function sendAnswer(ctx: Context, kit: Kit, bridge: MountedBridge, answer: Response): Promise<void> {
  for (const [name, value] of answer.headers) if (passedOn.test(name)) ctx.set(name, value)
  if (/\bimmutable\b/.test(answer.headers.get('cache-control') ?? '')) ctx.set('cache-control', 'private, max-age=31536000, immutable')
  ctx.status = answer.status
  ctx.set('content-security-policy', bridgePolicy(bridge, ''))
  if (answer.headers.get('content-type')?.includes('html') && ctx.method !== 'HEAD') {
    answerHtml(ctx, bridge, addStrip(await answer.text(), bridge, kit.base))
  } else if (answer.body) {
    ctx.body = Readable.fromWeb(answer.body as WebStream<Uint8Array>)
  } else {
    ctx.body = null
    ctx.status = answer.status
  }
}

function answerRefusal(ctx: Context, kit: Kit, bridge: MountedBridge, error: OpsError): void {
  const { status } = ctx
  answerHtml(ctx, bridge, addStrip(refusalPage(error, bridge), bridge, kit.base))
  ctx.status = status
}

function answerHtml(ctx: Context, bridge: MountedBridge, html: string): void {
  ctx.set('content-security-policy', bridgePolicy(bridge, html))
  ctx.type = 'html'
  ctx.body = html
}
