import type { Context } from 'koa'

const maxBytes = 10_000

/** The fields of a submitted form; any other body is refused with an explanation. */
export async function readForm(context: Context): Promise<URLSearchParams> {
  if (!context.is('urlencoded')) context.throw(415, 'Expected a form (application/x-www-form-urlencoded).', { expose: true })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of context.req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) context.throw(413, `The form is larger than ${maxBytes} bytes.`, { expose: true })
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Another site's form must not sign users in or out here. */
export function refuseOtherSites(context: Context): void {
  const site = context.get('sec-fetch-site')
  const origin = context.get('origin')
  const same = site ? site === 'same-origin' || site === 'none' : !origin || originHost(origin) === context.host
  if (!same) context.throw(403, 'This form was sent from another site.', { expose: true })
}

function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}
