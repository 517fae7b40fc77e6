import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { answerProblem } from './errors.ts'
import { describeMisplacement, type Located, locateContext } from './locate.ts'
import { answerPlainPage, pageHeaders } from './pages.ts'
import { requestIdOf } from './scope.ts'

/** Answers a request that is not ours with a sentence: which paths are, and what to change if the host meant this one to be. */
export function answerOutside(kit: Kit, ctx: Context, located: Located = locateContext(kit, ctx)): void {
  const said = describeMisplacement(kit, located) ?? `${located.path} is not a path of Ops Powertools, which answers below ${kit.mount}.`
  const requestId = requestIdOf(ctx)
  ctx.set({ 'x-request-id': requestId, ...pageHeaders })
  const error = new OpsError('not_found', said)
  if (ctx.accepts('json', 'html') === 'html') answerPlainPage(ctx, kit, 'Not found', error)
  else answerProblem(ctx, error, requestId, kit.log)
}
