import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { describeFailure } from '../describe-failure.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { auditEvents, type EventRow, hintOfEvent, showEvent, writeEvent } from '../operations/event.ts'
import { systemViewer } from '../operations/scope.ts'
import { prepareDeliveries, queueDeliveries } from '../webhooks/queue.ts'
import { callHandler, type HandlerResult, recordFollowUp } from './follow-up.ts'
import { recordNotice } from './outbox.ts'
import { decide, type Decision, type IncidentNow } from './policy.ts'
import { claimThread, countTry, deleteThread, listWaiting, type NoticeRow, releaseThread, settleNotice, type ThreadChange, type ThreadRow } from './rows.ts'

/** Reads incidents as they are now; one that is not in the answer is no longer kept. Incidents have another owner, which passes this in. */
export type ReadIncidents = (kit: Kit, ids: string[]) => Promise<ReadonlyMap<string, IncidentNow>>

/** Delays after each failed attempt; after the last one the notice counts as failed. */
const retryMs = [10_000, 60_000, 5 * 60_000, 30 * 60_000]

/**
 * Delivers all due notices to the host's escalation handler, at least once each. Any number of processes may run it: the
 * database decides who sends what. If one dies, another sends the same notice again, with the same id.
 */
export async function tellHost(kit: Kit, readIncidents: ReadIncidents, stopping: () => boolean = () => false): Promise<void> {
  if (!kit.escalation) return
  while (!stopping()) {
    const now = await kit.dbNow()
    const thread = await claimThread(kit, now)
    if (!thread) return
    const notices = await listWaiting(kit, kit.db.em(), thread.id)
    const act = thread.subject_type === 'incident' ? await decideIncident(kit, readIncidents, thread, notices, now) : decideRepair(notices)
    await carryOut(kit, thread, notices, act, now)
  }
}

function decideRepair([notice]: NoticeRow[]): Decision {
  return { leaveOut: [], nextAt: null, ...(notice && { tell: { id: notice.id, state: 'open', flapping: false } }) }
}

async function decideIncident(kit: Kit, readIncidents: ReadIncidents, thread: ThreadRow, notices: NoticeRow[], now: Date): Promise<Decision> {
  const date = (at: string | null) => (at === null ? null : new Date(at))
  const incident = (await readIncidents(kit, [thread.subject_id])).get(thread.subject_id) ?? null
  const told = { state: thread.told_state, at: date(thread.told_at), flappingAt: date(thread.flapping_told_at) }
  const waiting = notices.map(({ id, event_type, recorded_at }) => ({ id, eventType: event_type, at: new Date(recorded_at) }))
  return decide(told, waiting, incident, now)
}

async function carryOut(kit: Kit, thread: ThreadRow, notices: NoticeRow[], { tell, remind, leaveOut, nextAt }: Decision, now: Date): Promise<void> {
  const settleOthers = async (em: Em): Promise<void> => {
    for (const { id, why } of leaveOut) await settleNotice(kit, em, id, now, 'left_out', why)
  }
  if (tell) return tellOne(kit, thread, notices, tell, settleOthers)
  await kit.db.transact(async (em) => {
    if (!(await releaseOrDelete(kit, em, thread, { nextAt }))) return
    await settleOthers(em)
    if (remind) await recordReminder(kit, em, thread)
  })
}

async function tellOne(kit: Kit, thread: ThreadRow, notices: NoticeRow[], { id, state, flapping }: NonNullable<Decision['tell']>, settleOthers: (em: Em) => Promise<void>): Promise<void> {
  const notice = notices.find((each) => each.id === id)!
  const row = await findEvent(kit, id)
  const event = row && showEvent(row, systemViewer)
  const result: HandlerResult = event ? await callHandler(kit, event) : { status: 'failed', detail: 'Its audit event is no longer kept.' }
  const { webhooks } = kit.escalation!
  const deliveries = row && webhooks ? prepareDeliveries(kit, webhooks, row) : []
  const at = await kit.dbNow()
  const retryAfter = result.status === 'failed' && event ? retryMs[notice.tries] : undefined
  await kit.db.transact(async (em) => {
    const done = retryAfter === undefined
    const told = done && (result.status === 'invoked' || webhooks) ? { state, at, eventId: id, flapping } : undefined
    const change: ThreadChange = { nextAt: done ? at : new Date(at.getTime() + retryAfter), told }
    if (!(await (done ? releaseOrDelete : releaseThread)(kit, em, thread, change))) return
    await settleOthers(em)
    if (row) await queueDeliveries(kit, em, row, deliveries, at)
    if (done) await settleNotice(kit, em, id, at, told ? 'told' : 'failed', result.detail)
    else await countTry(kit, em, id)
    if (event) await recordFollowUp(kit, em, event, withWebhooks(result, deliveries), notice.tries + 1)
  })
  if (event) kit.publishHint(hintOfEvent(event))
}

function withWebhooks({ status, detail }: HandlerResult, deliveries: { endpoint: string }[]): HandlerResult {
  const queued = deliveries.length ? `Webhooks for ${deliveries.map(({ endpoint }) => endpoint).join(', ')}.` : undefined
  return { status, detail: [detail, queued].filter((part) => part !== undefined).join(' ') || undefined }
}

async function releaseOrDelete(kit: Kit, em: Em, thread: ThreadRow, change: ThreadChange): Promise<boolean> {
  return thread.subject_type === 'incident' ? releaseThread(kit, em, thread, change) : deleteThread(kit, em, thread)
}

async function findEvent({ db }: Kit, id: string): Promise<EventRow | undefined> {
  const [row] = await query(db.em(), sql<EventRow>`select *, occurred_at::text from ${auditEvents(db)} where id = ${id}`)
  return row
}

/** The reminder is a separate event, which references the event of the last notice. */
async function recordReminder(kit: Kit, em: Em, { subject_type, subject_id, told_event_id }: ThreadRow): Promise<void> {
  const last = told_event_id === null ? undefined : await findEvent(kit, told_event_id)
  const event = await writeEvent(kit.db, em, {
    action: 'tell_again',
    eventType: 'incident.still_open',
    outcome: 'succeeded',
    actor: systemPrincipal,
    subject: { type: subject_type, id: subject_id },
    after: last?.after ?? undefined,
    source: 'system',
    requestId: `system-${crypto.randomUUID()}`,
    metadata: { ...aboutIncident(last), resource: last?.metadata.resource, event: told_event_id },
  })
  await recordNotice(kit, em, event)
}

function aboutIncident(event: EventRow | undefined): Record<string, unknown> {
  const { class: name, title, scope, since } = event?.metadata ?? {}
  return { class: name, title, scope, since }
}

/** For `kit.tellSoon`: what cannot be sent now is sent by the background loop. */
export async function tellNow(kit: Kit, readIncidents: ReadIncidents): Promise<void> {
  await tellHost(kit, readIncidents).catch((error: unknown) => kit.log.warn('telling the host failed and will be retried', describeFailure(error)))
}

