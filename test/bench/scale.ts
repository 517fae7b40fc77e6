import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { type Child, startChild } from './child.ts'
import { getter } from './http.ts'
import { fillFigures, measureNow } from './overview.ts'
import { replay, type Statement } from './replay.ts'
import { type Bench, count, measure, say, sayRatio, sayTime, timed } from './world.ts'

const events = Number(process.env.BENCH_EVENTS ?? 10_000_000)
const queues = 1_000
const months = 12

/** A large installation: its audit log, its queues, and what each of its processes costs. Takes many minutes, so it runs only by name. */
export async function benchScale(world: Bench): Promise<void> {
  await benchLog(world)
  await benchProcesses(world)
}

async function benchLog(world: Bench): Promise<void> {
  console.log(`\n${count(events)} audit events over ${months} months, ${count(queues)} queues`)
  const { url, pool } = await world.database('scale')
  const ops = await startChild('server.ts', url, { ENTRIES: '200' })
  try {
    sayTime('generating the events, with all indexes', await timed(() => fillEvents(pool)))
    await fillFigures(pool, queues)
    await pool.query('vacuum analyze')
    await measureNow(pool)
    const { rows } = await pool.query<{ size: string }>(`select pg_size_pretty(sum(pg_total_relation_size(relid))) as size from pg_partition_tree('ops.audit_event')`)
    console.log(`  the log with its indexes: ${rows[0]!.size}`)
    const log = `${ops.api!}/audit-events`
    const old = new Date(Date.now() - 300 * 86_400_000).toISOString()
    await compare(ops, pool, 'audit log, newest 50', `${log}?limit=50`)
    await compare(ops, pool, 'of one actor', `${log}?limit=50&actor=user-77`)
    await compare(ops, pool, 'of one subject', `${log}?limit=50&subjectType=cron_entry&subjectId=entry_120`)
    await compare(ops, pool, 'refused, ten months ago', `${log}?limit=50&outcome=denied&to=${old}`)
    await compare(ops, pool, 'search for a rare word of a reason', `${log}?limit=50&q=word4711`)
    await compare(ops, pool, 'search for a frequent word of a reason', `${log}?limit=50&q=routine`)
    await compare(ops, pool, 'queues, the worst first, 50 of them', `${ops.api!}/queues?order=worst&limit=50`)
    await compare(ops, pool, 'overview', `${ops.api!}/overview`)
    await benchExport(pool, `${log}/export?format=ndjson&from=${new Date(Date.now() - 10 * 86_400_000).toISOString()}`)
  } finally {
    await Promise.all([ops.stop(), pool.end()])
  }
}

/** Beside the same statements, sent by a plain client one after another. */
async function compare(ops: Child, pool: Pool, name: string, url: string): Promise<void> {
  const open = getter(url)
  const answered = await measure(1, 3, open)
  await ops.ask('record')
  await open()
  const statements = (await ops.ask('recorded')) as Statement[]
  const raw = await measure(1, 2, () => replay(pool, statements))
  say(`GET ${name}`, answered)
  say(`  its ${statements.length} statements by a plain client`, raw)
}

async function benchExport(pool: Pool, url: string): Promise<void> {
  const since = new Date(Date.now() - 10 * 86_400_000)
  let lines = 0
  let bytes = 0
  const ms = await timed(async () => {
    const answer = await fetch(url, { headers: { authorization: 'Bearer ops-demo' } })
    for await (const chunk of answer.body!) {
      bytes += chunk.length
      for (const byte of chunk) if (byte === 10) lines += 1
    }
  })
  const raw = await timed(async () => {
    for (let at: string | undefined, id: string | undefined; ; ) {
      const { rows } = await pool.query<{ at: string; id: string }>(
        `select *, occurred_at::text as at from ops.audit_event where occurred_at >= $1 and ($2::timestamptz is null or (occurred_at, id) < ($2, $3::uuid)) order by occurred_at desc, id desc limit 500`,
        [since, at, id],
      )
      rows.map((row) => JSON.stringify(row)).join('\n')
      if (rows.length < 500) return
      ;({ at, id } = rows.at(-1)!)
    }
  })
  console.log(`  export of ${count(lines)} events: ${count(Math.round(lines / (ms / 1000)))} events /s, ${(bytes / 1e6 / (ms / 1000)).toFixed(1)} MB/s`)
  sayRatio('export / the same rows read and written out by a plain client', ms / raw, '≤ 3')
}

/** Indexes are made after the rows, which is many times as fast. */
async function fillEvents(pool: Pool): Promise<void> {
  await pool.query(`
    do $$ declare first date := date_trunc('month', now() - interval '${months} months')::date; begin
      for i in 0..${months - 1} loop
        execute format('create table ops.audit_event_%s partition of ops.audit_event for values from (%L) to (%L)', to_char(first + make_interval(months => i), 'YYYY_MM'),
          (first + make_interval(months => i))::timestamp at time zone 'utc', (first + make_interval(months => i + 1))::timestamp at time zone 'utc');
      end loop;
    end $$`)
  const { rows: indexes } = await pool.query<{ name: string; definition: string }>(`
    select c.relname as name, pg_get_indexdef(c.oid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = 'ops.audit_event'::regclass and not i.indisprimary`)
  for (const { name } of indexes) await pool.query(`drop index ops.${name}`)
  const starts = Array.from({ length: Math.ceil(events / 500_000) }, (_, index) => index * 500_000)
  const insert = (done: number) =>
    pool.query(
      `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, reason, before, after, source, request_id, metadata)
       select gen_random_uuid(), now() - interval '${months - 0.5} months' * ($1::float8 - n) / $1::float8,
         (array['pause_cron_entry', 'retry_job', 'cancel_job', 'pause_queue'])[1 + n % 4], (array['cron.paused', 'job.retried', 'job.cancelled', 'queue.paused'])[1 + n % 4],
         case when n % 500 = 0 then 'denied' else 'succeeded' end, 'user-' || n % 200, 'user', 'User ' || n % 200,
         (array['cron_entry', 'job', 'job', 'queue'])[1 + n % 4], case n % 4 when 0 then 'entry_' || n % 200 when 3 then 'queue_' || n % ${queues} else gen_random_uuid()::text end,
         case when n % 3 = 0 then 'routine work for case word' || n % 50000 end, '{"status": "runnable"}', '{"status": "paused"}', 'page', 'request-' || n,
         jsonb_build_object('resource', jsonb_build_object('queue', 'queue_' || n % ${queues}))
       from generate_series($2::int, $3::int) n`,
      [events, done + 1, Math.min(events, done + 500_000)],
    )
  const lanes = Array.from({ length: 3 }, async () => {
    for (let next = starts.shift(); next !== undefined; next = starts.shift()) await insert(next)
  })
  await Promise.all(lanes)
  // The definition is that of the partitioned index alone; without ONLY, each partition gets its own, too.
  const remake = indexes.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '))
  await Promise.all(Array.from({ length: 3 }, async () => {
    for (let next = remake.shift(); next !== undefined; next = remake.shift()) await pool.query(next)
  }))
}

const idleSeconds = 20

/** What processes with all their loops cost while nothing happens: the first, and what the tenth adds. */
async function benchProcesses(world: Bench): Promise<void> {
  console.log(`\nIdle processes with all loops, 200 cron entries, ${idleSeconds} s each`)
  const { url, pool } = await world.database('processes')
  const children: Child[] = []
  const open = async () => void children.push(await startChild('server.ts', url, { ENTRIES: '200', SNAPSHOTS: '1' }))
  try {
    await open()
    await sleep(10_000)
    await sayCost('1 process', children, pool)
    while (children.length < 9) await open()
    await sleep(10_000)
    await sayCost('9 processes', children, pool)
    await open()
    await sleep(10_000)
    await sayCost('10 processes', children, pool)
  } finally {
    await Promise.all(children.map((child) => child.stop()))
    await pool.end()
  }
}

async function sayCost(name: string, children: Child[], pool: Pool): Promise<void> {
  const sample = async () => {
    const { rows } = await pool.query<{ commits: string; connections: string }>(
      `select pg_stat_clear_snapshot(), xact_commit as commits, (select count(*) from pg_stat_activity where datname = current_database() and application_name like 'ops-powertools%') as connections
       from pg_stat_database where datname = current_database()`,
    )
    const cpu = (await Promise.all(children.map((child) => child.ask('cpu')))) as number[]
    return { commits: Number(rows[0]!.commits), connections: Number(rows[0]!.connections), cpu }
  }
  const before = await sample()
  await sleep(idleSeconds * 1000)
  const after = await sample()
  const memory = await Promise.all(children.map((child) => child.memory()))
  const busy = after.cpu.map((ms, index) => (ms - before.cpu[index]!) / (idleSeconds * 10))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const perMinute = Math.round(((after.commits - before.commits) * 60) / idleSeconds)
  console.log(`  ${name.padEnd(14)} ${count(perMinute).padStart(7)} transactions /min   ${after.connections} connections   CPU ${sum(busy).toFixed(1)} % of a core (last ${busy.at(-1)!.toFixed(1)} %)   memory ${Math.round(sum(memory))} MB (last ${Math.round(memory.at(-1)!)} MB)`)
}
