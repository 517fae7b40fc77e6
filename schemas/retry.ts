export interface RetryOptions {
  /** How often a request that changes nothing, or carries an Idempotency-Key, is sent again; 2 by default, 0 for never. */
  maxRetries?: number
  /** How long one attempt may take, in milliseconds; 30,000 by default. */
  timeoutMs?: number
}

/** The API did not answer: the network failed, or the attempt took too long. Whether a change was made is then unknown, unless the request carried an Idempotency-Key. */
export class ConnectionError extends Error {
  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'ConnectionError'
  }
}

/** Answers after which the same request may succeed. */
const passing = new Set([429, 502, 503, 504])
const firstBackoffMs = 250
const maxBackoffMs = 20_000

/** `send` with a limit for each attempt, and with further attempts where repeating the request is safe. */
export function retrying(send: typeof fetch, { maxRetries = 2, timeoutMs = 30_000 }: RetryOptions = {}): typeof fetch {
  return async (address, init = {}) => {
    const attempts = isRepeatable(init) ? maxRetries + 1 : 1
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= attempts
      const response = await attemptOnce(send, String(address), init, timeoutMs).catch((error: unknown) => {
        if (last || init.signal?.aborted) throw error
        return undefined
      })
      if (response && (last || !passing.has(response.status))) return response
      await pause(response ? retryAfterMs(response, attempt) : backoffMs(attempt), init.signal)
      await response?.body?.cancel()
    }
  }
}

/** A timeout covers the answer's head; its body is read under the caller's signal. */
async function attemptOnce(send: typeof fetch, url: string, init: RequestInit, timeoutMs: number): Promise<Response> {
  const attempt = new AbortController()
  const abort = () => attempt.abort(init.signal!.reason)
  if (init.signal?.aborted) abort()
  init.signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(() => attempt.abort(new Error(`none within ${timeoutMs} ms`)), timeoutMs)
  try {
    return await send(url, { ...init, signal: attempt.signal })
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason
    if (attempt.signal.aborted) throw new ConnectionError(url, attempt.signal.reason)
    // The one error that `fetch` has for a lost connection; anything else comes from the caller's own functions.
    throw error instanceof TypeError ? new ConnectionError(url, error.cause ?? error) : error
  } finally {
    clearTimeout(timer)
  }
}

/** Requests that change nothing, and those whose repetition the server answers with the first response. */
function isRepeatable({ method = 'GET', headers }: RequestInit): boolean {
  return method === 'GET' || new Headers(headers).has('idempotency-key')
}

/** The server's own wish in seconds, if it has one. */
function retryAfterMs(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, maxBackoffMs) : backoffMs(attempt)
}

/** Doubles with each attempt; half of it is random, so that many clients do not come back at the same moment. */
export function backoffMs(attempt: number): number {
  const whole = Math.min(firstBackoffMs * 2 ** (attempt - 1), maxBackoffMs)
  return whole / 2 + (Math.random() * whole) / 2
}

/** @throws the reason of the signal, if it aborts meanwhile */
export function pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal!.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}
