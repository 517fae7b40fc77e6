import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type { Pool } from 'pg'

const maxBytes = 100_000
const maxAgeSeconds = 5 * 60

/** Receives a webhook by the Standard Webhooks rules, which any of their libraries would verify as well. */
export async function receiveWebhook(context: Context, sql: Pool, secret: string): Promise<void> {
  const body = await readBody(context.req)
  const id = context.get('webhook-id')
  const timestamp = context.get('webhook-timestamp')
  if (!isSigned(secret, `${id}.${timestamp}.${body}`, context.get('webhook-signature'))) context.throw(401, 'The signature does not match.', { expose: true })
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < maxAgeSeconds)) context.throw(401, 'The message is too old.', { expose: true })
  const { type, data } = JSON.parse(body) as { type: string; data: { metadata: { title?: string } } }
  // The same message may come more than once, always with the same id.
  await sql.query('insert into shop.follow_up (event_id, title) values ($1, $2) on conflict (event_id) do nothing', [id, `${type.replace('incident.', '').replace('_', ' ')}: ${data.metadata.title ?? 'an incident'}`])
  context.status = 204
}

function isSigned(secret: string, content: string, signatures: string): boolean {
  const expected = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(content).digest()
  return signatures.split(' ').some((each) => {
    const [version, signature = ''] = each.split(',')
    const given = Buffer.from(signature, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if ((bytes += chunk.length) > maxBytes) throw Object.assign(new Error('The message is too large.'), { status: 413, expose: true })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
