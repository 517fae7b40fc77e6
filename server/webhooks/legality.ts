import type { Resource } from '../host/auth.ts'
import type { Kit } from '../kit.ts'
import type { DeliveryRow } from './read.ts'

/** The resource for which the host's permission is checked: it has the queue of the delivery's subject. */
export function resourceOfDelivery({ id, resource }: Pick<DeliveryRow, 'id' | 'resource'>): Resource {
  return { type: 'webhook_delivery', id, queue: resource?.queue, worker: resource?.worker }
}

/** Why it cannot be sent again now, whoever asks. */
export function whyNotRedeliver({ escalation }: Pick<Kit, 'escalation'>, { endpoint, state, attempts }: Pick<DeliveryRow, 'endpoint' | 'state' | 'attempts'>): string | undefined {
  if (!escalation?.webhooks?.endpoints.some(({ name }) => name === endpoint)) return `The receiver ${endpoint} is no longer configured.`
  return state === 'waiting' && attempts === 0 ? 'It is about to be sent.' : undefined
}
