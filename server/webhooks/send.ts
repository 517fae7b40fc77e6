import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import type { Sent } from '../host/escalation.ts'
import { version } from '../version.ts'
import { type Address, findAddress, type Resolve } from './address.ts'

export interface Request {
  url: URL
  headers: Record<string, string>
  body: string
  timeoutMs: number
  allowPrivate: boolean
  resolve: Resolve
  /** Certificates to trust instead of those of the system. */
  ca?: string
}

/** Sends one request, to exactly the address that was checked, and follows no redirect. The response body is not read. */
export async function send(asked: Request): Promise<Sent> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), asked.timeoutMs)
  try {
    const gaveUp = new Promise<'timeout'>((resolve) => timeout.signal.addEventListener('abort', () => resolve('timeout'), { once: true }))
    const address = await Promise.race([findAddress(asked.url.hostname, asked.resolve, asked.allowPrivate), gaveUp])
    if (typeof address === 'string') return { failure: address }
    return await new Promise<Sent>((resolve) => {
      const request = open(asked, address, timeout.signal)
      request.on('response', (response) => {
        resolve(judge(response))
        request.destroy()
      })
      request.on('error', (error) => resolve({ failure: timeout.signal.aborted ? 'timeout' : reasonOf(error) }))
      request.end(asked.body)
    })
  } finally {
    clearTimeout(timer)
  }
}

/** A new connection each time: a connection kept open might lead to an address that the name no longer resolves to. */
function open({ url, headers, body, ca }: Request, { address, family }: Address, signal: AbortSignal): ClientRequest {
  const secure = url.protocol === 'https:'
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  return (secure ? requestHttps : requestHttp)({
    method: 'POST',
    host: address,
    family,
    port: url.port || (secure ? 443 : 80),
    path: url.pathname + url.search,
    headers: { host: url.host, 'user-agent': `ops-powertools/${version}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close', ...headers },
    agent: false,
    signal,
    ...(secure && { servername: isIP(hostname) ? '' : hostname, ca }),
  })
}

function judge({ statusCode: status = 0, headers }: IncomingMessage): Sent {
  if (status >= 200 && status < 300) return { status }
  const failure = status === 410 ? 'gone' : status >= 300 && status < 400 ? 'redirect' : 'refused'
  return { status, failure, retryAfterMs: secondsOf(headers['retry-after']) }
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined
}

/** Only the kind of failure, because the text may contain the address. */
function reasonOf(error: NodeJS.ErrnoException): NonNullable<Sent['failure']> {
  const { code = '' } = error
  return /CERT|TLS|SSL|SELF_SIGNED|ISSUER|ALTNAME|EPROTO/.test(code) ? 'certificate' : 'connection'
}
