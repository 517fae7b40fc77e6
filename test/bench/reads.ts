import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Pool } from 'pg'
import { type Bench, measure, say, sayRatio } from './world.ts'

const events = 1_000_000
const headers = { authorization: 'Bearer ops-demo' }

/** Pages over a million audit events, the first and the deepest. */
export async function benchReads(world: Bench): Promise<void> {
  console.log(`\nReads at ${events.toLocaleString('en')} audit events, one at a time`)
  const { url, pool } = await world.database('reads')
  const child = fork(new URL('server.ts', import.meta.url), { env: { ...process.env, DATABASE_URL: url, ENTRIES: '200' } })
  const [{ api }] = (await once(child, 'message')) as [{ api: string }]
  try {
    await fillAuditLog(pool)
    const get = (path: string) => async () => {
      const answer = await fetch(`${api}${path}`, { headers })
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
      await answer.arrayBuffer()
    }
    const floor = await measure(1, 2, get('/healthz'))
    say('GET /healthz (the floor: HTTP and nothing else)', floor)
    say('GET /overview, 200 entries', await measure(1, 3, get('/overview')))
    const first = await measure(1, 3, get('/audit-events'))
    say('GET /audit-events, first page', first)
    const cursor = await deepCursor(pool)
    const deep = await measure(1, 3, get(`/audit-events?cursor=${cursor}`))
    say(`GET /audit-events, behind ${(events * 0.9).toLocaleString('en')} events`, deep)
    say('GET /audit-events?actor=…, first page', await measure(1, 3, get('/audit-events?actor=actor-7')))
    say('GET /audit-events?actor=…, deep page', await measure(1, 3, get(`/audit-events?actor=actor-7&cursor=${cursor}`)))
    say('GET /audit-events?subject…, deep page', await measure(1, 3, get(`/audit-events?subjectType=cron_entry&subjectId=entry-11&cursor=${cursor}`)))
    say('GET /audit-events?outcome=denied, deep page', await measure(1, 3, get(`/audit-events?outcome=denied&cursor=${cursor}`)))
    say('GET /audit-events?q=word in reason', await measure(1, 3, get('/audit-events?q=reason777')))
    sayRatio('deep page / first page, median', deep.median / first.median, '≈ 1; both ≤ 10 ms')
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

/** Three months of a busy installation. */
async function fillAuditLog(pool: Pool): Promise<void> {
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

async function deepCursor(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ at: string; id: string }>(
    `select to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' as at, id::text from ops.audit_event order by occurred_at desc, id desc offset $1 limit 1`,
    [events * 0.9],
  )
  return Buffer.from(JSON.stringify([rows[0]!.at, rows[0]!.id])).toString('base64url')
}
