import type { Pool } from 'pg'

/** Big and small ones: each has a share of the jobs that halves every few queues. */
export const queues = [
  'email', 'webhooks', 'thumbnails', 'search_index', 'invoices', 'reports', 'imports', 'exports', 'payments', 'refunds',
  'shipping', 'stock', 'prices', 'newsletter', 'sms', 'push', 'fraud', 'audit_feed', 'cleanup', 'backups',
] as const

const perStatement = 500_000

/**
 * Fills pg-boss's table with so many jobs as a shop has them after a month: nearly all completed in the order they came, some in
 * every other state, a few waiting. Does nothing when they are there.
 */
export async function fillJobs(pool: Pool, jobs: number): Promise<void> {
  for (const queue of queues) await pool.query(`select pgboss.create_queue($1, '{"policy":"standard"}')`, [queue])
  const { rows } = await pool.query<{ n: string }>(`select count(*)::text as n from pgboss.job where name = any($1::text[])`, [queues])
  if (Number(rows[0]!.n) >= jobs) return
  for (let from = Number(rows[0]!.n); from < jobs; from += perStatement) {
    await pool.query(insertJobs, [queues, jobs, from, Math.min(jobs, from + perStatement)])
  }
  // As pg-boss's own monitor leaves it; counting so many jobs is its business, not what is measured.
  await pool.query(
    `update pgboss.queue q set monitor_on = now(), total_count = c.total, queued_count = c.queued, active_count = c.active, failed_count = c.failed,
       deferred_count = c.deferred
     from (select name, count(*)::int as total, (count(*) filter (where state < 'active'))::int as queued,
             (count(*) filter (where state = 'active'))::int as active, (count(*) filter (where state = 'failed'))::int as failed,
             (count(*) filter (where state < 'active' and start_after > now()))::int as deferred
           from pgboss.job group by name) c where c.name = q.name`,
  )
}

/**
 * Of a hundred jobs 94 are completed, 3 failed, one cancelled; the others wait, run or are to be tried again, but only among
 * the newest tenth, because what is older has long ended.
 */
const insertJobs = `
  insert into pgboss.job (name, data, state, priority, retry_limit, retry_count, created_on, start_after, started_on, completed_on, keep_until, output, policy)
  select ($1::text[])[1 + floor(power(hash / 1000.0, 2) * 20)::int], jsonb_build_object(
      'n', n, 'customer', 'customer-' || n % 50000, 'order', jsonb_build_object('id', 100000 + n, 'lines', n % 7),
      'locale', (array['de', 'en', 'fr', 'sv'])[1 + n % 4]
    ),
    state::pgboss.job_state, 0, 2, case state when 'failed' then 2 when 'retry' then 1 else 0 end, created,
    case when state = 'retry' or (state = 'created' and n % 2 = 0) then now() + interval '1 hour' else created end,
    case when state in ('active', 'completed', 'failed', 'retry') then created + wait end,
    case when state in ('completed', 'failed', 'cancelled') then created + wait + interval '2 seconds' end,
    now() + interval '14 days',
    case when state in ('failed', 'retry') then jsonb_build_object('name', 'Error', 'message',
        (array['connection timeout after 5000 ms', 'payment declined', 'no such customer', 'ECONNRESET'])[1 + n % 4] || ' (request ' || n || ')')
      when state = 'completed' and n % 5 = 0 then jsonb_build_object('sent', true) end,
    'standard'
  from (
    select n, hash, now() - interval '30 days' * ($2::float8 - n) / $2::float8 as created, interval '1 second' * (n % 40) / 10 as wait,
      case
        when n % 100 < 3 then 'failed'
        when n % 100 = 3 then 'cancelled'
        when n % 100 < 6 and n > $2::float8 * 0.9 then (array['created', 'created', 'retry'])[1 + n % 3]
        when n % 1000 = 6 and n > $2::float8 * 0.99 then 'active'
        else 'completed'
      end as state
    from generate_series($3::int + 1, $4::int) n, lateral (select mod(abs(hashint4(n)), 1000) as hash) h
  ) job`
