import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** What the host knows about a request that the `Request` itself does not say. */
export interface FetchContext {
  /** The client's address, e.g. `event.getClientAddress()`. Live streams of actors without a name are counted by it. */
  clientAddress?: string
  /** Whatever `auth.currentActor` needs, e.g. the session that the framework has found; it is at `request.context`. */
  context?: unknown
  /** The body, if the host has already read it: as text, as bytes, or parsed. */
  body?: unknown
}

/** What a connection would say of itself. There is none; nothing is read from it or written to it. */
class NoConnection extends Duplex {
  readonly remoteAddress: string | undefined
  readonly encrypted: boolean

  constructor(remoteAddress: string | undefined, encrypted: boolean) {
    super()
    // Ended together with the request, whose reader is told of the error.
    this.on('error', () => {})
    this.remoteAddress = remoteAddress
    this.encrypted = encrypted
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done()
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setTimeout(): this {
    return this
  }
}

/**
 * A `Request` of the fetch standard as Node's request, which is what Koa and the host's seams read. Its body is read as it is asked for.
 * What is left of it is not cancelled, because some hosts would then close the connection before the answer is sent.
 */
export class FetchMessage extends IncomingMessage {
  /** The `Request` that this stands for. */
  readonly fetchRequest: Request
  readonly context: unknown
  /** The parsed body, if the host has read it. */
  readonly body?: unknown
  readonly #body: ReadableStreamDefaultReader<Uint8Array> | undefined
  #asking = false

  constructor(request: Request, { clientAddress, context, body }: FetchContext = {}) {
    const url = new URL(request.url)
    super(new NoConnection(clientAddress, url.protocol === 'https:') as unknown as Socket)
    this.fetchRequest = request
    this.context = context
    this.httpVersionMajor = 1
    this.httpVersionMinor = 1
    this.httpVersion = '1.1'
    this.method = request.method
    this.url = url.pathname + url.search
    this.headers = Object.fromEntries(request.headers)
    this.headers.host ??= url.host
    // A body without a length comes in chunks; without either header there would be no body.
    if (request.body && this.headers['content-length'] === undefined) this.headers['transfer-encoding'] = 'chunked'
    this.rawHeaders = Object.entries(this.headers).flatMap(([name, value]) => [name, String(value)])
    const isTaken = request.bodyUsed || request.body?.locked === true
    this.#body = isTaken ? undefined : request.body?.getReader()
    if (isTaken) Object.defineProperty(this, 'readableDidRead', { value: true })
    if (body !== undefined) this.body = body
    if (!this.#body) this.#end()
  }

  override _read(): void {
    if (this.#asking || !this.#body) return
    this.#asking = true
    this.#body.read().then(
      ({ done, value }) => {
        this.#asking = false
        if (done) this.#end()
        else this.push(value)
      },
      (error: Error) => this.destroy(error),
    )
  }

  #end(): void {
    this.complete = true
    this.push(null)
  }
}
