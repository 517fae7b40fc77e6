import type { IncomingMessage, ServerResponse } from 'node:http'
import Koa, { type Middleware } from 'koa'
import { codeOf, describeFailure } from '../describe-failure.ts'
import type { Log } from '../host/log.ts'
import type { Kit } from '../kit.ts'
import { describeMisplacement, locateRequest } from './locate.ts'
import { answerOutside } from './outside.ts'

/** Node's `(request, response)`, as a server or a framework calls it; `next` is what Express and the like pass. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => Promise<void>

/**
 * Answers what is ours. Other paths go to `next` if there is one, unless a wrong mount is the reason that they are not ours. The promise
 * is resolved when the response has ended, for whatever reason, and never rejected.
 */
export function nodeHandler(kit: Kit, middleware: Middleware): NodeHandler {
  const callback = standaloneApp(kit, middleware).callback()
  return async (request, response, next) => {
    const located = locateRequest(kit, request)
    if (located.below === undefined && next && describeMisplacement(kit, located) === undefined) return next()
    const ended = endOf(response)
    try {
      await callback(request, response)
    } catch (error) {
      logUnexpected(kit.log, error)
      response.destroy()
    }
    await ended
  }
}

/** A Koa app of our own for hosts that have none. What Koa would print to standard error goes to the log. */
function standaloneApp(kit: Kit, middleware: Middleware): Koa {
  const app = new Koa()
  app.on('error', (error) => logUnexpected(kit.log, error))
  app.use(middleware)
  app.use((ctx) => answerOutside(kit, ctx))
  return app
}

/** Our own errors are in the log already, refusals are no errors, and a client that left early is no fault. */
function logUnexpected(log: Log, error: unknown): void {
  const { name, expose, status = 500 } = error as { name?: string; expose?: boolean; status?: number }
  const code = codeOf(error) ?? ''
  // HPE: the parser of Node's server found the end of the connection in the middle of a request.
  if (name === 'OpsError' || expose || status < 500 || gone.has(code) || code.startsWith('HPE_')) return
  log.error('a response failed', describeFailure(error))
}

const gone = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'])

/** `close` alone is not enough: the responses of test doubles and of HTTP/2 have only `finish`. */
function endOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.writableFinished || response.destroyed) return resolve()
    response.once('finish', resolve)
    response.once('close', resolve)
  })
}
