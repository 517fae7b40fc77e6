import { sql } from 'kysely'
import type { EventSource, EventType, OperationRequest, Principal } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import { OpenRequest as OpenRequestEntity } from '../db/entities.ts'
import { OpsError } from '../error.ts'
import type { SeenJob } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { type NewEvent, writeEvent } from './event.ts'

/**
 * A change in an engine that cannot join our transaction. Before the engine is called, an event records that the change was
 * requested; a second event records its outcome. Between the two there is a row here, so that open requests are easy to find.
 */
export interface OpenRequest {
  eventId: string
  finalEventId: string
  action: string
  eventType: EventType
  actor: Principal
  subject: OperationRequest['subject']
  reason?: string
  requestId: string
  source: EventSource
  previewId?: string
  bulkId?: string
  /** What was requested, and from which state. */
  detail: { jobs?: SeenJob[]; resource?: unknown; before?: unknown; after?: unknown; batch?: number }
}

/**
 * Records the request before the engine is called, inside the transaction that consumes the preview or claims the key. At most
 * one open request can have a given `claim`; if there is already one, nothing is written and the result is false.
 */
export async function openRequest(
  kit: Kit,
  em: Em,
  event: NewEvent & { id: string },
  finalEventId: string,
  detail: OpenRequest['detail'],
  claim?: string,
): Promise<boolean> {
  const opened = await query(
    em,
    sql`
      insert into ${kit.db.table('open_request')}
        (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, reason, request_id, source, preview_id, bulk_id, detail, claim)
      values (${event.id}, ${finalEventId}, ${event.action}, ${event.eventType}, ${JSON.stringify(event.actor)}, ${event.subject.type}, ${event.subject.id},
        ${event.reason ?? null}, ${event.requestId}, ${event.source}, ${event.previewId ?? null}, ${event.bulkId ?? null}, ${JSON.stringify(detail)}, ${claim ?? null})
      on conflict (claim) do nothing returning event_id`,
  )
  if (!opened.length) return false
  await writeEvent(kit.db, em, { ...event, outcome: 'requested', metadata: { ...event.metadata, finalEvent: finalEventId } })
  return true
}

/** Closes the request inside the transaction that records its outcome; false if it has been settled as an orphan meanwhile. */
export async function closeRequest(em: Em, eventId: string): Promise<boolean> {
  return (await em.nativeDelete(OpenRequestEntity, { eventId })) > 0
}

/** A refusal keeps its code; any other error is recorded as a failure of the engine, without its message. */
export function codeOfFailure(error: unknown): string {
  return error instanceof OpsError ? error.code : 'unavailable'
}
