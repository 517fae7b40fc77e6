import type { Pool } from 'pg'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { detect } from '../../server/incidents/detector.ts'
import { gatherSight } from '../../server/incidents/sight.ts'
import { readQueues } from '../../server/incidents/sight/queues.ts'
import { openKit } from '../../server/open.ts'
import { systemScope } from '../../server/operations/scope.ts'
import { auth, displayPolicy, type Person } from '../support/server.ts'
import { type Bench, measure, say } from './world.ts'

const queues = 1_000
const hours = 25

/** One look of the detector at what an engine with ten million jobs leaves in our tables: it reads these alone, so nothing else counts. */
export async function benchDetector(world: Bench): Promise<void> {
  console.log(`\nDetector at ${queues.toLocaleString('en')} queues, ${hours} hours of minutes each, 20 open incidents`)
  const { url, pool } = await world.database('detector')
  let ahead = 0
  const kit = await openKit<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss({} as never), log: { info() {}, warn() {}, error() {} }, now: () => new Date(Date.now() + ahead) })
  try {
    await kit.db.migrate()
    await fill(pool)
    /** Ten seconds later: every queue was measured again. */
    const advance = async () => {
      ahead += 10_000
      await pool.query(`update ops.queue_figure set as_of = as_of + interval '10 seconds', oldest_due_at = oldest_due_at + case when oldest_due_at > as_of - interval '1 hour' then interval '10 seconds' else '0' end`)
    }
    const read = () => ({ ...systemScope(kit, kit.db.em()), now: kit.now() })
    // Twice, so that the twenty incidents are open.
    for (let look = 0; look < 3; look++) {
      await detect(kit)
      await advance()
    }
    say('the figures of all queues alone', await measure(1, 4, () => readQueues(read())))
    say('everything that one look reads', await measure(1, 4, () => gatherSight(read())))
    const look = await measure(1, 8, async () => {
      await advance()
      await detect(kit)
    })
    say('one look (with new figures of every queue)', look)
    say('the new figures of every queue alone', await measure(1, 2, advance))
    console.log(`  open incidents: ${(await pool.query<{ n: number }>(`select count(*)::int as n from ops.incident where state = 'open'`)).rows[0]!.n}`)
    console.log('  aim: ≤ 250 ms a look')
  } finally {
    await kit.db.close()
  }
}

async function fill(pool: Pool): Promise<void> {
  // Twenty queues stand still, the others move.
  const still = `n < 20`
  await pool.query(
    `insert into ops.queue_figure (queue, as_of, depth, oldest_available_at, paused, executors, job_limit, due, due_how, oldest_due_at, started)
     select 'queue_' || n, now(), '[{"state":"available","count":5000,"how":"exact"},{"state":"executing","count":3,"how":"exact"},{"state":"retryable","count":40,"how":"exact"},{"state":"completed","count":5000,"how":"estimated"}]',
       now() - interval '2 minutes', false, 4, 10, 5000, 'exact', now() - case when ${still} then interval '2 hours' else interval '2 minutes' end, 3
     from generate_series(0, $1::int - 1) n`,
    [queues],
  )
  await pool.query(
    `insert into ops.queue_minute (queue, minute, finished, failed, waiting, started, discarded, due, executing)
     select 'queue_' || n, date_trunc('minute', now()) - m * interval '1 minute', case when ${still} then 0 else 120 end, case when ${still} then 0 else 2 end, 5000,
       case when ${still} then 0 else 120 end, 0, 5000, 3
     from generate_series(0, $1::int - 1) n, generate_series(-120, $2::int * 60 - 1) m`,
    [queues, hours],
  )
  await pool.query(`insert into ops.engine_minute (minute, seconds, finished, failed, waiting, executing) select date_trunc('minute', now()) + m * interval '1 minute', 60, 0, 0, 0, 0 from generate_series(-$1::int * 60, 600) m`, [hours])
  await pool.query(`insert into ops.snapshot (at, seconds, waiting, executing, finished, how) select now() + s * interval '1 second', 1, 0, 0, 0, 'exact' from generate_series(-$1::int * 3600, 36000) s`, [hours])
  await pool.query(`insert into ops.finding (key, as_of, data) select key, now() + interval '1 day', data from (values
    ('engine_check', '{"found":{"ok":true,"detail":""},"tookMs":1}'::jsonb), ('abandoned_jobs', '{"found":[],"tookMs":1}'),
    ('discarded_jobs', jsonb_build_object('tookMs', 1, 'found', (select jsonb_agg(jsonb_build_object('queue', 'queue_' || n, 'count', 0, 'how', 'exact', 'jobs', '[]'::jsonb)) from generate_series(0, 999) n))),
    ('long_running_jobs', jsonb_build_object('tookMs', 1, 'found', (select jsonb_agg(jsonb_build_object('id', n::text, 'queue', 'queue_' || n % 1000, 'worker', 'W', 'attempt', 1, 'startedAt', now() + interval '1 day' - interval '1 minute')) from generate_series(0, 1999) n)))) given (key, data)`)
  await pool.query(`insert into ops.usual_duration (queue, worker, as_of, durations) select 'queue_' || n, 'W', now(), (select jsonb_object_agg(d::text, 50) from generate_series(0, 30) d) from generate_series(0, $1::int - 1) n`, [queues])
  await pool.query(`insert into ops.executor (id, name, host, engine, started_at, beat_at, queues, seconds, lately_seconds)
    select gen_random_uuid(), 'worker-' || n, 'host-' || n % 20, 'pg-boss', now(), now() + interval '1 day', (select jsonb_agg(jsonb_build_object('queue', 'queue_' || (n * 5 + q) % 1000, 'slots', 10, 'used', 3, 'done', 0, 'failed', 0)) from generate_series(0, 4) q), 10, 60
    from generate_series(0, 199) n`)
  await pool.query(`insert into ops.executor_job (executor_id, job_id, queue, started_at) select id, gen_random_uuid(), 'queue_1', now() from ops.executor, generate_series(1, 10)`)
  await pool.query(`insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, resolved_at, facts, facts_at)
    select gen_random_uuid(), 'stuck_queue:old_' || n, 'stuck_queue', 0, '{}', 'resolved', now(), now(), now(), now(), '{}', now() from generate_series(1, 5000) n`)
  await pool.query('vacuum analyze')
}
