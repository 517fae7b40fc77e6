import { sql } from 'kysely'
import { findEventFacts, type OperationRequest } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import { defineOperation } from '../operations/operation.ts'
import { resourceOfDelivery, whyNotRedeliver } from './legality.ts'
import { deliveryColumns, type DeliveryRow, visibleDeliveries } from './read.ts'

type Request = Extract<OperationRequest, { action: 'redeliver_webhook' }>

const redeliverWebhook = defineOperation<Request, DeliveryRow | null>({
  action: 'redeliver_webhook',
  eventType: 'webhook.redelivered',
  reason: 'optional',
  risk: 'low',

  async find({ subject: { id } }, scope) {
    const absent = { resource: { type: 'webhook_delivery', id }, found: null }
    const [row] = await query(scope.em, sql<DeliveryRow>`select ${deliveryColumns} from ${scope.kit.db.table('webhook_delivery')} where id = ${id} ${scope.locking ? sql`for update` : sql``}`)
    const [seen] = row ? await visibleDeliveries(scope, [row]) : []
    return seen ? { resource: resourceOfDelivery(seen), found: seen, absent } : { ...absent, absent }
  },

  plan({ subject: { id } }, { found }, { kit }) {
    if (!found) throw new OpsError('not_found', `There is no webhook delivery '${id}' that you may see.`)
    const why = whyNotRedeliver(kit, found)
    if (why !== undefined) throw new OpsError('illegal_transition', why)
    const { endpoint, event_type, state, attempts } = found
    return {
      title: `Send again to ${endpoint}: ${findEventFacts(event_type)?.label ?? event_type}`,
      effect: 'The same message is sent now, with the same id, and retried for a day until the receiver accepts it.',
      cautions: state === 'delivered' ? ['The receiver has already accepted this message; it can recognize it by its id.'] : [],
      before: { state, attempts },
      after: { state: 'waiting' },
    }
  },

  async apply({ subject: { id } }, { found }, { kit, em, now }) {
    // This voids the claim of a process that is still sending it, so that its result does not overwrite this one.
    await query(
      em,
      sql`update ${kit.db.table('webhook_delivery')} set state = 'waiting', started_at = greatest(${now}::timestamptz, created_at + interval '1 microsecond'), tries = 0,
            next_at = ${now}, claimed_until = null, claims = claims + 1 where id = ${id}`,
    )
    return { result: { deliveryId: id, messageId: found!.message_id, endpoint: found!.endpoint } }
  },
})

export const webhookOperations = { redeliver_webhook: redeliverWebhook }
