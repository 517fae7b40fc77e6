import { randomBytes } from 'node:crypto'
import type { Escalation } from 'ops-powertools'
import { standardWebhooks } from 'ops-powertools/webhooks'
import type { Pool } from 'pg'
import { followUps } from './follow-ups.ts'

/** A real host would keep it where it keeps its other secrets; the shop sends its webhooks to itself. */
export const onCallSecret = `whsec_${randomBytes(32).toString('base64')}`
export const onCallPath = '/hooks/on-call'

/** Opens follow-ups for repairs, and sends a signed webhook for every incident to the shop's own receiver. */
export function onCall(sql: Pool, shopUrl: string): Escalation {
  return standardWebhooks({
    endpoints: [{ name: 'on-call', url: shopUrl + onCallPath, secrets: [onCallSecret], events: ['incident.'], allowPrivate: true }],
    also: followUps(sql),
    base: `${shopUrl}/ops/jobs`,
  })
}
