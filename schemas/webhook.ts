import { z } from 'zod'
import { permission } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { deliveryFailures, deliveryStates } from './webhook-words.ts'
import { instant, text, words } from './words.ts'

/** One message to one receiver. Neither the address nor the body is shown. */
export const webhookDelivery = z.object({
  id: z.string(),
  messageId: z.string().describe('The audit event that it is about; every attempt has it as `webhook-id`.'),
  endpoint: z.string().describe('Name of the receiver.'),
  eventType: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }),
  state: words(deliveryStates),
  createdAt: instant,
  attempts: z.number().int().describe('How often it was sent, redeliveries included.'),
  nextAttemptAt: instant.nullable().describe('null: it is not going to be sent again.'),
  lastAttemptAt: instant.nullable(),
  lastStatus: z.number().int().nullable().describe('Of the last attempt; null if there was no answer.'),
  lastFailure: words(deliveryFailures).nullable().describe('Why the last attempt failed; null if it did not.'),
  deliveredAt: instant.nullable(),
  operations: z.record(z.string(), permission),
})
export type WebhookDelivery = z.infer<typeof webhookDelivery>

export const listWebhookDeliveries = endpoint('listWebhookDeliveries', {
  summary: 'Webhooks that were sent or are going to be, newest first',
  access: 'view_incidents',
  query: z.strictObject({
    state: words(deliveryStates).optional(),
    endpoint: text({ max: 50 }).optional(),
    subjectType: text({ max: 50 }).optional(),
    subjectId: text({ max: 400 }).optional(),
    ...pageQuery,
  }),
  output: page(webhookDelivery),
})
