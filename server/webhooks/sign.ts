import { createHmac } from 'node:crypto'

const prefix = 'whsec_'
/** As specified by Standard Webhooks. */
const minKeyBytes = 24
const maxKeyBytes = 64

/** The key of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`; undefined if it is none. */
export function parseSecret(secret: unknown): Buffer | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(prefix)) return undefined
  const encoded = secret.slice(prefix.length)
  const key = Buffer.from(encoded, 'base64')
  const strict = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
  return strict && key.length >= minKeyBytes && key.length <= maxKeyBytes ? key : undefined
}

/** One signature for each key, so that a receiver with any of them can verify while secrets are rotated. */
export function signatures(keys: readonly Buffer[], { id, timestamp, body }: { id: string; timestamp: number; body: string }): string {
  return keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ')
}
