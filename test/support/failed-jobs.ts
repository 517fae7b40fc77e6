import type { Client } from 'pg'

export interface RawJob {
  queue?: string
  state?: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed'
  args?: object
  error?: string
  /** Its worker's time has run out. */
  lost?: boolean
}

/** Rows as pg-boss leaves them, one transaction for all; their ids. */
export async function insertJobs(client: Client, count: number, { queue = 'mail', state = 'failed', args = {}, error, lost = false }: RawJob = {}): Promise<string[]> {
  const ended = state === 'completed' || state === 'cancelled' || state === 'failed'
  const { rows } = await client.query<{ id: string }>(
    `insert into pgboss.job (name, data, state, retry_limit, retry_count, created_on, start_after, started_on, completed_on, output, policy, keep_until)
     select $1, $2::jsonb, $3::pgboss.job_state, 2, $4, clock_timestamp() - interval '1 hour' + n * interval '1 microsecond', now() - interval '1 hour',
       case when $3 = 'created' then null else now() - make_interval(secs => $5) end, case when $6 then now() end, $7::jsonb, 'standard', now() + interval '14 days'
     from generate_series(1, $8::int) n returning id::text`,
    [queue, JSON.stringify(args), state, state === 'failed' ? 2 : 0, lost ? 86_400 : 1, ended, error === undefined ? null : JSON.stringify({ message: error }), count],
  )
  return rows.map(({ id }) => id)
}

/** How often which state. */
export async function statesOf(client: Client, ids: string[]): Promise<Record<string, number>> {
  const { rows } = await client.query<{ state: string; n: number }>('select state::text, count(*)::int n from pgboss.job where id = any($1::uuid[]) group by state', [ids])
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}
