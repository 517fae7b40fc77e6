import type { Escalation } from 'ops-powertools'
import type { Pool } from 'pg'

/** Opens a follow-up in the shop's own list after a repair has committed, once per event. Incidents come by webhook. */
export function followUps(sql: Pool): Pick<Escalation, 'handle'> {
  return {
    async handle(event) {
      if (event.subject.type === 'incident') return
      const { rows } = await sql.query<{ number: string }>(
        `insert into shop.follow_up (event_id, title) values ($1, $2)
         on conflict (event_id) do update set title = excluded.title returning number`,
        [event.id, `${event.actor.label}: ${event.eventType} on ${event.subject.id}`],
      )
      return `Follow-up ${rows[0]!.number} opened in the shop's list.`
    },
  }
}
