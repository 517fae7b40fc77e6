import type { EventType } from '../../schemas/index.ts'
import type { Em } from '../db/database.ts'
import type { Endpoint, Sent } from '../host/escalation.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { hintOfEvent, writeEvent } from '../operations/event.ts'
import { type Attempted, claimDelivery, type ClaimedDelivery, disableEndpoint, enableEndpoint, giveUpOnDisabled, recordAttempt } from './rows.ts'
import { nextTry, spreadOf } from './schedule.ts'

/**
 * Sends all due messages to one endpoint, one after the other. Each endpoint has its own loop, so that one that
 * hangs does not delay the others. Any number of processes may run it. If one dies after sending and before recording, another sends the same
 * message again, with the same id.
 */
export async function deliverDue(kit: Kit, endpoint: Endpoint, stopping: () => boolean = () => false): Promise<void> {
  await giveUpOnDisabled(kit, endpoint)
  while (!stopping()) {
    const now = await kit.dbNow()
    const delivery = await claimDelivery(kit, endpoint, now)
    if (!delivery) return
    const timestamp = Math.floor(now.getTime() / 1000)
    const sent = await endpoint.send({ id: delivery.message_id, body: delivery.body, timestamp, traceParent: delivery.trace_parent ?? undefined })
    await record(kit, endpoint, delivery, sent)
  }
}

async function record(kit: Kit, endpoint: Endpoint, delivery: ClaimedDelivery, sent: Sent): Promise<void> {
  const attempted = judge(delivery, sent, await kit.dbNow())
  const recorded = await kit.db.transact(async (em) => {
    if (!(await recordAttempt(kit, em, delivery, attempted))) return false
    if (attempted.state === 'delivered') await enableEndpoint(kit, em, endpoint)
    if (sent.failure === 'gone') await disableEndpoint(kit, em, endpoint, delivery.id, attempted.at)
    if (attempted.state === 'dead') await recordGivenUp(kit, em, endpoint, delivery, attempted)
    return true
  })
  if (recorded) kit.publishHint({ ...hintOfEvent(aboutDelivery(delivery)), topic: 'incidents' })
  if (recorded && attempted.state !== 'waiting' && attempted.state !== 'delivered') kit.log.warn('a webhook was given up', { endpoint: endpoint.name, delivery: delivery.id, failure: attempted.failure, status: attempted.status })
  if (sent.failure === 'gone') await giveUpOnDisabled(kit, endpoint)
}

function judge({ id, tries }: ClaimedDelivery, { status, failure, retryAfterMs }: Sent, at: Date): Attempted {
  if (!failure) return { at, state: 'delivered', status, nextAt: null }
  const nextAt = failure === 'gone' ? null : nextTry(tries + 1, at, spreadOf(id, tries), retryAfterMs)
  return { at, state: nextAt ? 'waiting' : 'dead', status, failure, nextAt }
}

function aboutDelivery({ id, resource }: Pick<ClaimedDelivery, 'id' | 'resource'>) {
  return { subject: { type: 'webhook_delivery', id }, metadata: { resource: resource ?? undefined } }
}

/** A failed delivery is evidence as well. It names the receiver, but neither its address nor the message. */
async function recordGivenUp({ db }: Kit, em: Em, endpoint: Endpoint, delivery: ClaimedDelivery, { status, failure }: Attempted): Promise<void> {
  const { subject, metadata } = aboutDelivery(delivery)
  await writeEvent(db, em, {
    action: 'deliver_webhook',
    eventType: 'webhook.given_up' satisfies EventType,
    outcome: 'failed',
    actor: systemPrincipal,
    subject,
    source: 'system',
    requestId: `system-${crypto.randomUUID()}`,
    metadata: { ...metadata, endpoint: endpoint.name, event: delivery.message_id, about: `${delivery.subject_type}:${delivery.subject_id}`, attempts: delivery.attempts + 1, status, failure },
  })
}
