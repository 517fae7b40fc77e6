import { sql } from 'kysely'
import { query } from '../../server/db/database.ts'
import type { Escalation } from '../../server/index.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { systemPrincipal } from '../../server/host/viewer.ts'
import { recordNotice } from '../../server/notices/outbox.ts'
import { writeEvent } from '../../server/operations/event.ts'
import type { EventType } from '../../schemas/index.ts'
import { auth, displayPolicy, type Person } from './server.ts'
import { idleEngine } from './idle-engine.ts'

/** A kit whose clock the test holds; it knows no jobs. */
export function openNoticeKit(url: string, clock: { now: Date }, escalation: Escalation): Promise<RunningKit> {
  return openKit<Person>({ database: { url }, auth, displayPolicy, engine: idleEngine, escalation, now: () => clock.now })
}

/** An incident as the detector would write it. */
export async function insertIncident({ db }: RunningKit, now: Date, queue = 'mail'): Promise<string> {
  const id = crypto.randomUUID()
  await query(
    db.em(),
    sql`insert into ${db.table('incident')} (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at)
        values (${id}, ${`stuck_queue:${id}`}, 'stuck_queue', 1, ${JSON.stringify({ queue })}, 'open', ${now}, ${now}, ${now}, '{}', ${now})`,
  )
  return id
}

/** Changes the incident's row and records the event and its notice, in one transaction. Returns the event's id. */
export function changeIncident(kit: RunningKit, id: string, type: string, set: Record<string, unknown> = {}, queue = 'mail', reason?: string): Promise<string> {
  return kit.db.transact(async (em) => {
    for (const [column, value] of Object.entries(set)) await query(em, sql`update ${kit.db.table('incident')} set ${sql.ref(column)} = ${value} where id = ${id}`)
    const event = await writeEvent(kit.db, em, {
      action: 'detect', eventType: type as EventType, outcome: 'succeeded', actor: systemPrincipal, subject: { type: 'incident', id }, source: 'system', requestId: `system-${crypto.randomUUID()}`,
      after: { state: 'open', class: 'stuck_queue', queue }, reason, metadata: { class: 'stuck_queue', title: `${queue} is stuck`, resource: { type: 'incident', id, queue } },
    })
    await recordNotice(kit, em, event)
    return event.id
  })
}
