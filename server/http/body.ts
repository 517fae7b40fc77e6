import type { Context } from 'koa'
import { OpsError } from '../error.ts'

const maxBytes = 1024 * 1024

/** The JSON body of a request. A host that parses bodies before us has already read the stream; then its result counts. */
export async function parseJsonBody(ctx: Context): Promise<unknown> {
  if (!ctx.is('application/json')) {
    const got = ctx.get('content-type') || 'no content type'
    throw new OpsError('unsupported_media_type', `The body came as ${got}; expected application/json.`)
  }
  const parsed = (ctx.request as { body?: unknown }).body
  if (parsed !== undefined) return parsed
  const text = await readBodyText(ctx)
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own words may quote the body.
    const [where = 'syntax error'] = /position \d+/.exec(error instanceof Error ? error.message : '') ?? []
    throw new OpsError('invalid_request', `The body is not valid JSON (${where}); expected one JSON object.`)
  }
}

async function readBodyText(ctx: Context): Promise<string> {
  if (Number(ctx.get('content-length')) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new OpsError('invalid_request', 'The body is not valid UTF-8; expected one JSON object.')
  }
}

function tooLarge(): OpsError {
  return new OpsError('payload_too_large', `The body is larger than ${maxBytes} bytes.`)
}
