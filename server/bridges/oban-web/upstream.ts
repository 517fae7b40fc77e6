import { OpsError } from '../../error.ts'

export interface Upstream {
  /** Where Oban Web is mounted; nothing else is ever requested. */
  root: URL
  /** As configured. */
  headers: Headers
}

const maxWaitMs = 10_000
const maxBytes = 8 * 1024 * 1024

/** Headers forwarded from the browser; none identifies the viewer. */
const forwarded = ['accept', 'accept-language', 'if-none-match', 'if-modified-since']

/** Content types passed on: pages, styles, pictures and fonts. No other application's script may run in the host's origin. */
const shown = /^(text\/html|text\/css|image\/(png|jpeg|gif|webp|x-icon|vnd\.microsoft\.icon)|font\/\w+)\s*(;|$)/i

/** Sends one GET or HEAD, without following redirects. The answer has only the headers a page needs, and never a cookie. */
export async function fetchUpstream({ root, headers: configured }: Upstream, { method, headers: requestHeaders }: Request, path: string): Promise<Response> {
  const headers = new Headers()
  for (const name of forwarded) if (requestHeaders.has(name)) headers.set(name, requestHeaders.get(name)!)
  configured.forEach((value, name) => headers.set(name, value))
  const target = root.origin + root.pathname.replace(/\/$/, '') + path
  try {
    const signal = AbortSignal.timeout(maxWaitMs)
    const answer = await fetch(target, { method, headers, redirect: 'manual', signal })
    return await filterAnswer(answer)
  } catch (error) {
    if (error instanceof OpsError) throw error
    throw new OpsError('unavailable', 'Oban Web is not responding at the moment. Everything else here works without it.', { cause: error })
  }
}

async function filterAnswer(answer: Response): Promise<Response> {
  const { status } = answer
  const location = answer.headers.get('location')
  if (status >= 300 && status < 400 && location !== null) return release(answer, new Response(null, { status, headers: { location } }))
  if (status === 304) return new Response(null, { status, headers: pick(answer.headers, ['etag', 'last-modified']) })
  if (status === 401 || status === 403) return refuse(answer, 'Oban Web denies this bridge access; expected headers in obanWeb that grant it.')
  if (status === 404) {
    await answer.body?.cancel()
    throw new OpsError('not_found', 'Oban Web has no such page.')
  }
  if (status !== 200) return refuse(answer, `Oban Web responds with ${status} at the moment. Everything else here works without it.`)
  if (!shown.test(answer.headers.get('content-type') ?? '')) return refuse(answer, 'Oban Web returned something that is neither a page, a style, a picture nor a font.')
  const headers = pick(answer.headers, ['content-type', 'etag', 'last-modified', 'cache-control'])
  return new Response(answer.body && (await readAll(answer.body)), { status, headers })
}

async function release(answer: Response, instead: Response): Promise<Response> {
  await answer.body?.cancel()
  return instead
}

async function refuse(answer: Response, message: string): Promise<never> {
  await answer.body?.cancel()
  throw new OpsError('unavailable', message)
}

/** Reads the whole body first, so that a timeout or an oversized page becomes an error instead of half a page. */
async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > maxBytes) throw new OpsError('unavailable', 'Oban Web returned a page that is too large to be shown here.')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

function pick(headers: Headers, names: string[]): Headers {
  const picked = new Headers()
  for (const name of names) if (headers.has(name)) picked.set(name, headers.get(name)!)
  return picked
}
