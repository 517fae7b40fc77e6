import Koa from 'koa'
import type { Pool } from 'pg'
import type { ShopEngine } from '../engines/engine.ts'
import type { Sessions } from '../host/sessions.ts'
import { isDatabaseAway } from './database-away.ts'
import { layout } from './layout.ts'
import { message } from './pages/message.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { shopRoutes } from './routes.ts'
import { staticFiles } from './static.ts'
import { rememberVisits } from './visits.ts'

export interface ShopOptions {
  ops: { middleware(): Koa.Middleware }
  sessions: Sessions
  sql: Pool
  /** The engine's own dashboard, if it is mounted. */
  dashboard?: ShopEngine['dashboard']
}

/** The shop's own Koa app with the operations layer mounted in it. */
export function shopApp({ ops, sessions, sql, dashboard }: ShopOptions): Koa {
  const app = new Koa()
  app.on('error', (error: Error & { expose?: boolean; code?: string }) => {
    const hungUp = error.code === 'EPIPE' || error.code === 'ECONNRESET'
    if (!error.expose && !hungUp) console.error(`shop: ${error.stack ?? error.message}`)
  })
  app.use(staticFiles())
  app.use(rememberVisits({ sessions, sql, dashboard }))
  app.use(ops.middleware())
  app.use(async function pages(context, next) {
    setSecurityHeaders(context)
    await answerProblems(context, next)
  })
  app.use(shopRoutes({ sessions, sql, dashboard }))
  return app
}

/** Shows errors on a page of the shop, with the error's message only if it is meant for users. */
async function answerProblems(context: Koa.Context, next: Koa.Next): Promise<void> {
  try {
    await next()
    if (context.status === 404 && !context.body) context.throw(404, 'This page does not exist.', { expose: true })
  } catch (error) {
    const { status, text, surprising } = explain(error)
    if (surprising) context.app.emit('error', error, context)
    context.status = status
    context.type = 'html'
    context.body = layout({ title: text, body: message({ status, text }) }).text
  }
}

function explain(error: unknown): { status: number; text: string; surprising: boolean } {
  const { status = 500, expose = false, message: text = '' } = error as { status?: number; expose?: boolean; message?: string }
  if (expose) return { status, text, surprising: false }
  if (isDatabaseAway(error)) return { status: 503, text: 'The shop’s database is not responding. Try again in a moment.', surprising: false }
  return { status: 500, text: 'That did not work. The error has been logged; please try again in a moment.', surprising: true }
}
