import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  path: string
  body: string
}

export interface Receiver {
  url: string
  port: number
  received: Received[]
  /** How it answers; a number is a status. */
  answer: number | ((response: ServerResponse, request: Received) => void)
  close(): Promise<void>
}

/** A real HTTP server that keeps what it is sent. */
export async function startReceiver(host = '127.0.0.1'): Promise<Receiver> {
  const server = createServer((request, response) => void receive(request, response))
  const receiver: Receiver = {
    url: '', port: 0, received: [], answer: 204,
    close: () => new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    }),
  }
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const received = { headers: request.headers, path: request.url ?? '', body }
    receiver.received.push(received)
    if (typeof receiver.answer === 'function') receiver.answer(response, received)
    else response.writeHead(receiver.answer).end()
  }
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  receiver.port = (server.address() as AddressInfo).port
  receiver.url = `http://${host}:${receiver.port}`
  return receiver
}

/**
 * The receiver's side of the Standard Webhooks rules, written from their text with other tools than the sender's: the signature is
 * recomputed with WebCrypto, and a message that is too old is refused.
 */
export async function verify(secret: string, { headers, body }: Received, nowSeconds: number): Promise<boolean> {
  const [id, timestamp, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name]))
  if (Math.abs(nowSeconds - Number(timestamp)) > 300) return false
  const bytes = Uint8Array.from(atob(secret.slice('whsec_'.length)), (character) => character.codePointAt(0)!)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  for (const each of given!.split(' ')) {
    const [version, signature] = each.split(',')
    if (version !== 'v1' || !signature) continue
    const signed = Uint8Array.from(atob(signature), (character) => character.codePointAt(0)!)
    if (await crypto.subtle.verify('HMAC', key, signed, new TextEncoder().encode([id, timestamp, body].join('.')))) return true
  }
  return false
}
