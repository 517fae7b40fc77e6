import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import type { IncidentRow } from '../db/entities.ts'
import { hintChannel, payloadOf, type PublishedHint, queueHints } from '../db/hint.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { recordNotice } from '../notices/outbox.ts'
import { writeEvent } from '../operations/event.ts'
import { uuidv7 } from '../uuid.ts'
import { findClass } from './classes.ts'
import type { LifeEvent, LifeEventType } from './lifecycle.ts'
import type { Change } from './tick.ts'

const actions: Readonly<Record<LifeEventType, string>> = {
  'incident.opened': 'open_incident',
  'incident.reopened': 'open_incident',
  'incident.resolved': 'resolve_incident',
  'incident.calmed': 'end_flapping',
  'incident.explained': 'explain_incident',
  'incident.unexplained': 'explain_incident',
  'incident.silence_ended': 'end_silence',
}

/** Records what happened to each incident, in the transaction of the change. These events are its timeline. */
export async function recordEvents(kit: Kit, em: Em, changes: Change[], now: Date): Promise<void> {
  const { db } = kit
  const requestId = `system-detector-${uuidv7(now.getTime())}`
  const happened = changes.flatMap(({ before, after, events }) => (after ? events.map((event) => ({ before, after, event })) : []))
  // Causes first: what explains an incident has opened, and what no longer does has resolved.
  const ordered = happened.toSorted((a, b) => Number(relates(a.event)) - Number(relates(b.event)))
  for (const { before, after, event: { type, detail } } of ordered) {
    const event = await writeEvent(db, em, {
      action: actions[type],
      eventType: type,
      outcome: 'succeeded',
      actor: systemPrincipal,
      subject: { type: 'incident', id: after.id },
      before: stateOf(before),
      after: stateOf(after),
      source: 'system',
      requestId,
      metadata: { ...aboutIncident(after, now), resource: resourceOf(after), ...detail },
    })
    if (!relates({ type }) && type !== 'incident.calmed') await recordNotice(kit, em, event)
  }
}

function relates({ type }: LifeEvent): boolean {
  return type === 'incident.explained' || type === 'incident.unexplained'
}

function stateOf(row: IncidentRow | null): Record<string, unknown> {
  if (!row) return {}
  return { state: row.state, reopened: row.reopened, flapping: row.flappingSince !== null, explainedBy: row.explainedBy, acknowledged: row.acknowledgedAt !== null, silenced: row.silence !== null }
}

/** The metadata of every event that leads to a notice: it identifies the incident, also for receivers that get only the event. */
export function aboutIncident(row: IncidentRow, now: Date): Record<string, unknown> {
  return { class: row.class, title: titleOf(row, now), scope: row.scope, since: row.beganAt.toISOString() }
}

/** Names what the incident is about, and nothing that a display policy may have to hide. */
function titleOf(row: IncidentRow, now: Date): string {
  const described = findClass(row.class)
  const facts = described?.facts.safeParse(row.facts)
  return described && facts?.success ? described.describe(facts.data, { now, sees: () => true, showError: () => undefined }).title : row.class
}

function resourceOf({ scope: { queue, worker } }: IncidentRow): { queue?: string; worker?: string } {
  return { queue, worker }
}

/** For those who may see the incident. What was measured again is a change as well. */
export async function publishChanges({ db }: Kit, em: Em, changes: Change[]): Promise<void> {
  const happened = changes.flatMap(({ after, events }) => (after && events.length ? [after] : []))
  const about = ({ id, ...row }: IncidentRow): PublishedHint => ({ topic: '', about: { type: 'incident', id }, resource: resourceOf({ id, ...row }) })
  const told = happened.flatMap((row) => ['incidents', 'audit', 'overview'].map((topic) => ({ ...about(row), topic, ...(topic === 'incidents' && { subject: { type: 'incident', id: row.id } }) })))
  const measured = changes.flatMap(({ before, after }) => (after?.state === 'open' && before?.factsAt.getTime() !== after.factsAt.getTime() ? [after] : []))
  const queues = new Set(measured.flatMap(({ scope: { queue } }) => queue ?? []))
  const elsewhere = measured.filter(({ scope: { queue } }) => queue === undefined).map((row) => ({ ...about(row), topic: 'incidents' }))
  const hints = new Set([...told, ...queueHints('incidents', [...queues]), ...elsewhere].map(payloadOf))
  if (hints.size) await query(em, sql`select pg_notify(${hintChannel(db.schema)}, hint) from unnest(${[...hints]}::text[]) as hint`)
}
