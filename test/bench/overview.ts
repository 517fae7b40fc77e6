import type { Pool } from 'pg'
import { startChild } from './child.ts'
import { getter } from './http.ts'
import { fillAuditLog, fillHistory } from './reads.ts'
import { replay, type Statement } from './replay.ts'
import { type Bench, count, measure, say, sayRatio } from './world.ts'

const incidents = 20
/** As in the bench of the jobs, and a host with very many queues. */
const sizes = [{ queues: 20, entries: 20, aim: ', aim ≤ 6 ms' }, { queues: 1_000, entries: 200, aim: '' }]

/**
 * The overview over a day of figures, with twenty open incidents and a million audit events, beside its own
 * statements sent by a plain client, one after another. How many jobs the engine holds makes no difference: no engine is asked.
 */
export async function benchOverview(world: Bench): Promise<void> {
  for (const size of sizes) await benchSize(world, size)
}

async function benchSize(world: Bench, { queues, entries, aim }: (typeof sizes)[number]): Promise<void> {
  console.log(`\nOverview over ${count(queues)} queues and ${entries} cron entries with ${incidents} open incidents, one at a time`)
  const { url, pool } = await world.database(`overview_${queues}`)
  const ops = await startChild('server.ts', url, { ENTRIES: String(entries) })
  try {
    await fillAuditLog(pool)
    await fillHistory(pool)
    await fillFigures(pool, queues)
    await fillIncidents(pool)
    await pool.query('vacuum analyze')
    await measureNow(pool)
    const open = getter(`${ops.api!}/overview`)
    say('GET /healthz (the floor: HTTP and nothing else)', await measure(1, 1, getter(`${ops.api!}/healthz`)))
    const hour = await measure(1, 3, open)
    say(`GET /overview${aim}`, hour)
    say('GET /overview?range=24h', await measure(1, 3, getter(`${ops.api!}/overview?range=24h`)))
    say('GET /incidents/count, as the navigation does', await measure(1, 2, getter(`${ops.api!}/incidents/count`)))
    await ops.ask('record')
    await open()
    const statements = (await ops.ask('recorded')) as Statement[]
    const raw = await measure(1, 3, () => replay(pool, statements))
    say(`its ${statements.length} statements by a plain client`, raw)
    sayRatio('overview / its statements, median', hour.median / raw.median, '≤ 2')
    if (process.env.BENCH_STATEMENTS) for (const each of statements) await sayStatement(pool, each)
  } finally {
    await Promise.all([ops.stop(), pool.end()])
  }
}

/** Where the time goes, with `BENCH_STATEMENTS=1`. */
async function sayStatement(pool: Pool, statement: Statement): Promise<void> {
  const timing = await measure(1, 0.3, () => replay(pool, [statement]).catch(() => {}))
  say(statement.text.replace(/\s+/g, ' ').trim().slice(0, 57), timing)
}

/** A day of minutes and of snapshots; every tenth queue was busy all the time, the others now and then. */
export async function fillFigures(pool: Pool, queues: number): Promise<void> {
  await pool.query(`
    insert into ops.snapshot (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
      select now() - n * interval '3 seconds', 3, 90, 40, 12, 2.5, 'exact' from generate_series(1, 28800) n;
    insert into ops.engine_minute (minute, seconds, finished, failed, started, discarded, waiting, due, executing, oldest_due_seconds, delay_p95_seconds, run_p50_seconds, run_p95_seconds)
      select date_trunc('minute', now()) - n * interval '1 minute', 60, 240, 5, 245, 2, 90, 80, 40, 12, 2.5, 1, 4 from generate_series(0, 1499) n;
    insert into ops.queue_figure (queue, as_of, depth, oldest_available_at, paused, executors, job_limit, due, due_how, oldest_due_at, started, delay_p95_seconds)
      select 'queue_' || n, now(), jsonb_build_array(jsonb_build_object('state', 'available', 'count', n % 3, 'how', 'exact'), jsonb_build_object('state', 'executing', 'count', n % 2, 'how', 'exact')),
        case when n % 3 > 0 then now() - wait end, n % 100 = 0, 2, null, n % 3, 'exact', case when n % 3 > 0 then now() - wait end, 1, 2 from generate_series(1, ${queues}) n, lateral (select case when n <= ${incidents} then interval '3 hours' else n % 300 * interval '1 second' end as wait) each;
    insert into ops.queue_minute (queue, minute, finished, failed, waiting, wait_p95_seconds, started, discarded, due, executing)
      select 'queue_' || n, date_trunc('minute', now()) - m * interval '1 minute', 3, 0, 1, 2.5, 3, 0, 1, 1 from generate_series(1, ${queues}) n, generate_series(0, 1499) m where (n + m) % 10 = 0 or n % 10 = 0;
    insert into ops.deploy (id, version, at, marked_by, event_id)
      select gen_random_uuid(), 'v' || n, now() - n * interval '3 hours', '{"id":"ci","type":"service","label":"ci"}', gen_random_uuid() from generate_series(1, 40) n`)
}

/** Figures are never older than a few seconds where a scheduler runs, and so they shall be while it is measured. */
export async function measureNow(pool: Pool): Promise<void> {
  await pool.query(`
    insert into ops.snapshot (at, seconds, waiting, executing, finished, wait_p95_seconds, how) values (now(), 3, 90, 40, 12, 2.5, 'exact');
    update ops.queue_figure set as_of = now();
    insert into ops.finding (key, as_of, data) values ('discarded_jobs', now(), '{"tookMs":1,"found":[]}')
      on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`)
}

async function fillIncidents(pool: Pool): Promise<void> {
  await pool.query(
    `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at)
     select gen_random_uuid(), 'bench:' || n, 'stuck_queue', 20, jsonb_build_object('queue', 'queue_' || n), 'open', now() - n * interval '9 minutes', now(), now(),
       jsonb_build_object('queue', 'queue_' || n, 'due', 84, 'how', 'exact', 'oldestDueAt', now() - n * interval '9 minutes', 'movedAt', null, 'executing', 0, 'executors', 2, 'slots', null,
         'minutes', 10, 'failed', 0, 'asOf', now()), now()
     from generate_series(1, $1::int) n`,
    [incidents],
  )
}
