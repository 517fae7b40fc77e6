import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Pool } from 'pg'
import { type Bench, measure, say, sayRatio } from './world.ts'

const events = 1_000_000
const headers = { authorization: 'Bearer ops-demo' }

const entries = 200
const clients = 200

/** Pages over a million audit events, the first and the deepest; two hundred entries with a history; many clients at once. */
export async function benchReads(world: Bench): Promise<void> {
  console.log(`\nReads at ${events.toLocaleString('en')} audit events, one at a time`)
  const { url, pool } = await world.database('reads')
  const child = fork(new URL('server.ts', import.meta.url), { env: { ...process.env, DATABASE_URL: url, ENTRIES: String(entries) } })
  const [{ api }] = (await once(child, 'message')) as [{ api: string }]
  try {
    await fillAuditLog(pool)
    await fillHistory(pool)
    const get = (path: string) => async () => {
      const answer = await fetch(`${api}${path}`, { headers })
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
      await answer.arrayBuffer()
    }
    const floor = await measure(1, 2, get('/healthz'))
    say('GET /healthz (the floor: HTTP and nothing else)', floor)
    say(`GET /overview, ${entries} entries`, await measure(1, 3, get('/overview')))
    say(`GET /cron-entries?limit=${entries}, aim ≤ 10 ms`, await measure(1, 3, get(`/cron-entries?limit=${entries}`)))
    say('GET /cron-entries?limit=50&recent=36, as the page asks', await measure(1, 3, get('/cron-entries?limit=50&recent=36')))
    say(`GET /cron-entries?limit=${entries}&recent=36`, await measure(1, 3, get(`/cron-entries?limit=${entries}&recent=36`)))
    say('GET /forensics/cron_entry/…, aim ≤ 8 ms', await measure(1, 3, get('/forensics/cron_entry/bench_0')))
    say('GET /forensics/cron_entry/…, every 15 minutes', await measure(1, 3, get('/forensics/cron_entry/bench_1')))
    const first = await measure(1, 3, get('/audit-events'))
    say('GET /audit-events, first page', first)
    const cursor = await deepCursor(pool, api)
    const deep = await measure(1, 3, get(`/audit-events?cursor=${cursor}`))
    say(`GET /audit-events, behind ${(events * 0.9).toLocaleString('en')} events`, deep)
    say('GET /audit-events?actor=…, first page', await measure(1, 3, get('/audit-events?actor=actor-7')))
    say('GET /audit-events?actor=…, deep page', await measure(1, 3, get(`/audit-events?actor=actor-7&cursor=${cursor}`)))
    say('GET /audit-events?subject…, deep page', await measure(1, 3, get(`/audit-events?subjectType=cron_entry&subjectId=entry-11&cursor=${cursor}`)))
    say('GET /audit-events?outcome=denied, deep page', await measure(1, 3, get(`/audit-events?outcome=denied&cursor=${cursor}`)))
    say('GET /audit-events?q=word in reason', await measure(1, 3, get('/audit-events?q=reason777')))
    sayRatio('deep page / first page, median', deep.median / first.median, '≈ 1; both ≤ 10 ms')
    await benchClients(api)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

/** Three months of a busy installation. */
export async function fillAuditLog(pool: Pool): Promise<void> {
  await pool.query(
    `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, code, actor_id, actor_type, actor_label, subject_type, subject_id, reason, before, after, source, request_id, metadata)
     select gen_random_uuid(), now() - n * interval '7 seconds',
       (array['pause_cron_entry','resume_cron_entry','run_cron_entry'])[1 + n % 3], (array['cron.paused','cron.resumed','cron.run_now'])[1 + n % 3],
       case when n % 500 = 0 then 'denied' else 'succeeded' end, case when n % 500 = 0 then 'forbidden' end,
       'actor-' || n % 50, 'user', 'Actor ' || n % 50, 'cron_entry', 'entry-' || n % 300,
       'reason' || n % 1000 || ' of usual length', '{"pausedAt":null}', '{"pausedAt":"2026-01-01T00:00:00.000Z"}', 'page', 'request-' || n, '{}'
     from generate_series(1, $1::int) n`,
    [events],
  )
  await pool.query('vacuum analyze ops.audit_event')
}

/** The cursor of a page that begins where most of the log lies behind. */
async function deepCursor(pool: Pool, api: string): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    `select to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from ops.audit_event order by occurred_at desc, id desc offset $1 limit 1`,
    [events * 0.9],
  )
  const answer = await fetch(`${api}/audit-events?limit=1&to=${rows[0]!.at}`, { headers })
  return ((await answer.json()) as { nextCursor: string }).nextCursor
}

/** Forty days in which a scheduler was there and every entry ran. */
export async function fillHistory(pool: Pool): Promise<void> {
  await pool.query(`
    update ops.cron_entry set created_at = now() - interval '40 days',
      expression = (array['0 2 * * *', '*/15 * * * *', '30 7 * * 1-5', '0 */4 * * *'])[1 + substr(name, 7)::int % 4],
      timezone = (array['Etc/UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'])[1 + substr(name, 7)::int % 5];
    update ops.cron_revision revision set from_at = entry.created_at, expression = entry.expression, timezone = entry.timezone
      from ops.cron_entry entry where entry.id = entry_id;
    insert into ops.cron_coverage (kind, from_at, to_at) values ('scheduling', now() - interval '50 days', now() + interval '1 hour');
    insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id, job_state, finished_at)
      select id, 'scheduled', at, 'claimed', at, at, queue, gen_random_uuid()::text, 'completed', at
      from ops.cron_entry, lateral (
        select (day + interval '2 hours') as at from generate_series(date_trunc('day', now() - interval '40 days'), now() - interval '1 day', interval '1 day') day
      ) days;
`)
  await pool.query('vacuum analyze ops.cron_slot')
}

/** What a page of an operator asks for, with a change now and then. */
const mix = [
  '/session', '/overview', '/cron-entries?limit=50&recent=36', '/cron-entries/bench_7', '/forensics/cron_entry/bench_0', '/audit-events', '/jobs', '/queues',
  '/audit-events?actor=actor-7', 'pause',
]

async function benchClients(api: string): Promise<void> {
  console.log(`\n${clients} clients at once, on one process`)
  const empty = new URL('/empty', api).href
  const floor = await measure(clients, 4, async () => void (await (await fetch(empty)).arrayBuffer()))
  say('an empty endpoint of node:http', floor)
  const mixed = await measure(clients, 8, async (lane, turn) => {
    const path = mix[(lane + turn) % mix.length]!
    if (path === 'pause') return change(api, lane)
    const answer = await fetch(`${api}${path}`, { headers })
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
    await answer.arrayBuffer()
  })
  say('reads of nine kinds and one change in ten', mixed)
  sayRatio('mixed / empty', mixed.perSecond / floor.perSecond, '≥ 0.4')
}

const paused = new Set<number>()

/** Each client has an entry of its own, which it pauses and resumes. */
async function change(api: string, lane: number): Promise<void> {
  const action = paused.delete(lane) ? 'resume_cron_entry' : 'pause_cron_entry'
  const answer = await fetch(`${api}/operations`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ action, subject: { type: 'cron_entry', id: `bench_${lane}` }, input: {} }),
  })
  if (answer.status !== 200) throw new Error(`${action} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
  if (action === 'pause_cron_entry') paused.add(lane)
}
