import type { Client } from 'pg'

export interface GivenIncident {
  class?: string
  queue?: string
  scope?: Record<string, unknown>
  minutesAgo?: number
  rank?: number
  state?: 'pending' | 'open' | 'resolved'
  explainedBy?: string
  facts?: unknown
}

/** Puts a row where the detector would have put it, and returns its id. */
export async function givenIncident(client: Client, { class: name = 'stuck_queue', queue, scope = {}, minutesAgo = 5, rank = 0, state = 'open', explainedBy, facts = {} }: GivenIncident): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, resolved_at, facts, facts_at, explained_by)
     values (gen_random_uuid(), $1::text || ':' || gen_random_uuid(), $1, $2, $3, $4, now() - $5 * interval '1 minute', now(), now(), case when $4 = 'resolved' then now() end, $6, now(), $7) returning id`,
    [name, rank, JSON.stringify({ ...(queue !== undefined && { queue }), ...scope }), state, minutesAgo, JSON.stringify(facts), explainedBy ?? null],
  )
  return rows[0]!.id
}
