import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import type { Webhooks } from '../host/escalation.ts'
import { describeFailure } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'
import type { EventRow } from '../operations/event.ts'
import { uuidv7 } from '../uuid.ts'
import { eventToSend, standardBody } from './message.ts'

/** A message to one endpoint, ready to be stored. */
export interface NewDelivery {
  endpoint: string
  body: string
}

/** One message for each endpoint that receives this type of event. */
export function prepareDeliveries(kit: Kit, webhooks: Webhooks, row: EventRow): NewDelivery[] {
  const endpoints = webhooks.endpoints.filter(({ accepts }) => accepts(row.event_type))
  if (!endpoints.length) return []
  const event = eventToSend(kit, webhooks, row)
  return endpoints.flatMap(({ name, format }) => {
    const body = format ? formatted(kit, name, () => format(event)) : standardBody(event, webhooks.base)
    return body === undefined ? [] : [{ endpoint: name, body }]
  })
}

/** A `format` that fails must not stop the messages to the other endpoints. */
function formatted({ log }: Kit, endpoint: string, format: () => unknown): string | undefined {
  try {
    return JSON.stringify(format())
  } catch (error) {
    log.error("a webhook's format function failed, so nothing is sent", { endpoint, ...describeFailure(error) })
    return undefined
  }
}

/** Stores the messages in the transaction that marks the notice as sent; idempotent. */
export async function queueDeliveries({ db }: Kit, em: Em, row: EventRow, deliveries: NewDelivery[], now: Date): Promise<void> {
  const resource = row.metadata.resource === undefined ? null : JSON.stringify(row.metadata.resource)
  const { traceparent } = row.metadata
  for (const { endpoint, body } of deliveries) {
    await query(
      em,
      sql`
        insert into ${db.table('webhook_delivery')}
          (id, message_id, endpoint, event_type, subject_type, subject_id, resource, body, trace_parent, created_at, started_at, next_at)
        values (${uuidv7(now.getTime())}, ${row.id}, ${endpoint}, ${row.event_type}, ${row.subject_type}, ${row.subject_id}, ${resource}, ${body},
          ${typeof traceparent === 'string' ? traceparent : null}, ${now}, ${now}, ${now})
        on conflict (message_id, endpoint) do nothing`,
    )
  }
}
