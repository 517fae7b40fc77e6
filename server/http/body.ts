import type { Context } from 'koa'
import { OpsError } from '../error.ts'

const maxBytes = 1024 * 1024

/** The JSON body of a request. If the host's own body parser ran first and consumed the stream, its result is used. */
export async function parseJsonBody(ctx: Context): Promise<unknown> {
  if (!ctx.is('application/json')) {
    const got = ctx.get('content-type') || '(none)'
    throw new OpsError('unsupported_media_type', `The body has the content type ${got}; expected application/json.`)
  }
  const parsed = (ctx.request as { body?: unknown }).body
  if (parsed !== undefined) return parsed
  const text = await readBodyText(ctx)
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
  const bytes = await readBytes(ctx)
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
  return new OpsError('payload_too_large', `The body is larger than ${maxBytes} bytes.`)
}
