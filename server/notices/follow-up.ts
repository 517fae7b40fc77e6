import type { AuditEvent, EventType } from '../../schemas/index.ts'
import type { Em } from '../db/database.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { writeEvent } from '../operations/event.ts'
import { withTimeout } from '../timeout.ts'

const timeoutMs = 5_000
export const followUpEvent = 'host.follow_up' satisfies EventType

export interface HandlerResult {
  status: 'invoked' | 'failed'
  detail?: string
}

/** Calls the host's handler with the event as the system sees it, whoever the actor was. */
export async function callHandler({ escalation }: Kit, event: AuditEvent): Promise<HandlerResult> {
  try {
    const handled = Promise.resolve(escalation!.handle(event))
    const detail = await withTimeout(handled, timeoutMs, () => new Error(`no answer within ${timeoutMs / 1000} s`))
    return { status: 'invoked', detail: typeof detail === 'string' ? detail.slice(0, 500) : undefined }
  } catch {
    // The error text comes from the host and may contain anything, so only the failure itself is recorded.
    return { status: 'failed', detail: "The host's handler failed or did not finish in time." }
  }
}

/** Records what we observed, never what the host's provider did. */
export async function recordFollowUp({ db }: Kit, em: Em, event: AuditEvent, result: HandlerResult, attempt: number): Promise<void> {
  await writeEvent(db, em, {
    action: 'host_follow_up',
    eventType: followUpEvent,
    outcome: result.status === 'invoked' ? 'succeeded' : 'failed',
    actor: systemPrincipal,
    subject: event.subject,
    source: 'system',
    requestId: event.requestId,
    metadata: { ...result, event: event.id, ...(attempt > 1 && { attempt }), resource: event.metadata.resource },
  })
}
