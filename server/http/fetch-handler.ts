import type { NodeHandler } from './node-handler.ts'
import { type FetchContext, FetchMessage } from './fetch-request.ts'
import { asServerResponse, FetchResponse } from './fetch-response.ts'

/** A handler of the fetch standard, as Next, SvelteKit, Hono and others call it. Never rejected: a fault is an answer with its status. */
export type FetchHandler = (request: Request, context?: FetchContext) => Promise<Response>

/** The Node handler for hosts that speak the fetch standard, in the same process and without a connection in between. */
export function fetchHandler(handler: NodeHandler): FetchHandler {
  return (request, context) => {
    const message = new FetchMessage(request, context)
    const response = new FetchResponse(message)
    const { signal } = request
    const handleAbort = () => response.abandon()
    if (signal.aborted) handleAbort()
    signal.addEventListener('abort', handleAbort, { once: true })
    response.once('close', () => signal.removeEventListener('abort', handleAbort))
    void handler(message, asServerResponse(response))
    return response.answer
  }
}
