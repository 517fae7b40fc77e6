import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'

const maxBytes = 1024 * 1024
/** Enough for the largest body over a slow line; a server without a limit of its own would wait for ever. */
const maxReadMs = 30_000

/** The JSON body of a request. If a parser of the host has already read the stream, its result is used. */
export async function parseJsonBody(ctx: Context): Promise<unknown> {
  if (!ctx.is('application/json')) {
    const got = ctx.get('content-type') || '(none)'
    throw new OpsError('unsupported_media_type', `The body has the content type ${got}; expected application/json.`)
  }
  if (!isRead(ctx.req)) return parseJson(await readBodyText(ctx))
  const body = bodyOfHost(ctx)
  if (body === undefined || body === null) {
    throw new OpsError('invalid_request', "The host read the body before Ops Powertools got the request, and did not keep it in request.body; mount Ops Powertools before whatever reads it, or set request.body to the text or the parsed object.")
  }
  if (typeof body === 'string') return parseJson(decode(Buffer.from(body)))
  return body instanceof Uint8Array ? parseJson(decode(body)) : body
}

/** The stream decides: some parsers set `request.body` to `{}` without reading it, because the type is not theirs. */
function isRead(request: IncomingMessage): boolean {
  return request.readableDidRead || request.readableEnded
}

/** Koa's parsers set it on the context, those of Express, Nest and Next on Node's request. */
function bodyOfHost(ctx: Context): unknown {
  return (ctx.request as { body?: unknown }).body ?? (ctx.req as { body?: unknown }).body
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's message may quote the body.
    const [where = 'syntax error'] = /position \d+/.exec(error instanceof Error ? error.message : '') ?? []
    throw new OpsError('invalid_request', `The body is not valid JSON (${where}); expected one JSON object.`)
  }
}

async function readBodyText(ctx: Context): Promise<string> {
  if (Number(ctx.get('content-length')) > maxBytes) throw tooLarge()
  const late = () => new OpsError('invalid_request', `The whole body did not arrive within ${maxReadMs / 1_000} seconds.`)
  return decode(await withTimeout(readBytes(ctx), maxReadMs, late))
}

function decode(bytes: Uint8Array): string {
  if (bytes.byteLength > maxBytes) throw tooLarge()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new OpsError('invalid_request', 'The body is not valid UTF-8; expected one JSON object.')
  }
}

async function readBytes(ctx: Context): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof OpsError) throw cause
    // The client hung up, which is not an outage; no one will read this answer.
    throw new OpsError('invalid_request', 'The connection closed before the whole body was received.', { cause })
  }
  return Buffer.concat(chunks)
}

function tooLarge(): OpsError {
  return new OpsError('payload_too_large', `The body is larger than ${maxBytes} bytes.`, { values: { maxBytes } })
}
