import type { AuditEvent, EventType } from '../../schemas/index.ts'
import { describeFailure } from '../describe-failure.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { withTimeout } from '../timeout.ts'
import { type EventRow, hintOfEvent, showEvent, writeEvent } from './event.ts'
import { systemViewer } from './scope.ts'

const timeoutMs = 5_000
export const followUpEvent = 'host.follow_up' satisfies EventType

/**
 * Notifies the host of a repair that has committed. The notification gets an event of its own, and its failure undoes nothing.
 * That event records what we observed, never what the host's provider did. The host receives the repair's event as the system
 * sees it, whoever acted.
 */
export function followUp(kit: Kit, event: EventRow): void {
  if (kit.escalation) kit.runInBackground(notifyHost(kit, showEvent(event, systemViewer)))
}

async function notifyHost(kit: Kit, event: AuditEvent): Promise<void> {
  const result = await callHandler(kit, event)
  try {
    await writeEvent(kit.db, kit.db.em(), {
      action: 'host_follow_up',
      eventType: followUpEvent,
      outcome: result.status === 'invoked' ? 'succeeded' : 'failed',
      actor: systemPrincipal,
      subject: event.subject,
      source: 'system',
      requestId: event.requestId,
      metadata: { ...result, event: event.id, resource: event.metadata.resource },
    })
    kit.publishHint(hintOfEvent(event))
  } catch (error) {
    kit.log.error('a host follow-up could not be recorded', { event: event.id, ...describeFailure(error) })
  }
}

async function callHandler({ escalation }: Kit, event: AuditEvent): Promise<{ status: 'invoked' | 'failed'; detail?: string }> {
  try {
    const handled = Promise.resolve(escalation!.handle(event))
    const detail = await withTimeout(handled, timeoutMs, () => new Error(`no answer within ${timeoutMs / 1000} s`))
    return { status: 'invoked', detail: typeof detail === 'string' ? detail.slice(0, 500) : undefined }
  } catch {
    // The error text comes from the host and may contain anything, so only the failure itself is recorded.
    return { status: 'failed', detail: "The host's handler failed or did not finish in time." }
  }
}
