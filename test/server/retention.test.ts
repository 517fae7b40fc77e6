import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deleteExpired, listExpired } from '../../server/db/retained.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import type { RetentionOptions } from '../../server/host/retention.ts'
import { createOps } from '../../server/index.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { retainedSlots } from '../../server/cron/retained.ts'
import { expireRecords } from '../../server/retention/expire.ts'
import { findReach } from '../../server/retention/reach.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let directory: string
const kits: RunningKit[] = []

beforeAll(async () => {
  server = await startServer()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  for (const kit of kits) await kit.db.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ops-archive-'))
  await client.query('delete from ops.cron_slot; delete from ops.archive; delete from ops.turn; delete from ops.bulk_run')
  return () => rm(directory, { recursive: true, force: true })
})

async function keeping(retention: RetentionOptions): Promise<RunningKit> {
  const kit = await openKit({ database: { url: server.database.url }, engine: pgBoss(server.boss), auth, displayPolicy, retention })
  kits.push(kit)
  return kit
}

async function slots(...daysAgo: number[]): Promise<void> {
  await client.query(
    `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at)
     select id, 'scheduled', now() - days * interval '1 day', 'claimed', now() from ops.cron_entry, unnest($1::float8[]) days`,
    [daysAgo],
  )
}
const count = async (statement: string): Promise<number> => Number((await client.query<{ n: string }>(`select count(*) as n from ${statement}`)).rows[0]!.n)
const linesOf = async (file: string): Promise<Record<string, unknown>[]> =>
  gunzipSync(await readFile(join(directory, file))).toString().trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

describe('what is older than its retention', () => {
  test('is written to an archive, and then deleted', async () => {
    await slots(10, 61, 70.5)
    const { rows: before } = await client.query<{ row: object }>(`select to_jsonb(s) as row from ops.cron_slot s where slot_at < now() - interval '60 days' order by slot_at`)
    await expireRecords(await keeping({ archive: directory }))
    const files = await readdir(directory)
    expect(files).toEqual([expect.stringMatching(/^ops-slots-\d{4}-\d\d-\d\d-[0-9a-f-]{36}\.ndjson\.gz$/)])
    expect(await linesOf(files[0]!)).toEqual(before.map(({ row }) => row))
    expect((await stat(join(directory, files[0]!))).mode & 0o777).toBe(0o600)
    expect(await count('ops.cron_slot')).toBe(1)
    expect((await client.query('select kind, file, rows from ops.archive')).rows).toEqual([{ kind: 'slots', file: files[0], rows: '2' }])
  })

  test('is deleted without an archive if the host names no directory', async () => {
    await slots(10, 61)
    await expireRecords(await keeping({ days: { slots: 5 } }))
    expect(await count('ops.cron_slot')).toBe(0)
    expect(await count('ops.archive')).toBe(0)
  })

  test('stays if the archive cannot be written, and the other kinds are still served', async () => {
    await slots(61)
    await client.query(`insert into ops.preview (id, actor_type, actor_id, action, subject_type, subject_id, input, plan, plan_hash, created_at, expires_at)
      values (gen_random_uuid(), 'user', 'a', 'retry_job', 'job', '1', '{}', '{}', 'x', now() - interval '9 days', now() - interval '8 days')`)
    await expect(expireRecords(await keeping({ archive: join(directory, 'missing') }))).rejects.toThrow(/ENOENT/)
    expect(await count('ops.cron_slot')).toBe(1)
    expect(await count('ops.preview')).toBe(0)
  })

  test('stays forever if the host says so', async () => {
    await slots(900)
    await expireRecords(await keeping({ archive: directory, days: { slots: 'forever' } }))
    expect(await count('ops.cron_slot')).toBe(1)
  })

  test('is not deleted if it changes while it is being archived', async () => {
    await slots(61, 62)
    const { db } = await keeping({})
    const rows = await listExpired(db, db.em(), retainedSlots, new Date(), 10)
    await client.query(`update ops.cron_slot set note = 'changed meanwhile' where id = $1`, [rows[0]!.key])
    await expect(db.transact((em) => deleteExpired(db, em, retainedSlots, rows))).resolves.toBe(1)
  })

  test('is a bulk run with all its batches', async () => {
    await client.query(`with run as (insert into ops.bulk_run (id, action, status, actor_type, actor_id, actor, selection, set_hash, source, request_id, total, eligible, created_at)
        values (gen_random_uuid(), 'retry_job', 'finished', 'user', 'a', '{}', '{}', 'x', 'api', 'r', 2, 2, now() - interval '31 days') returning id)
      insert into ops.bulk_batch (bulk_id, number, jobs, eligible, status) select id, n, '[{"id":"1"}]', 1, 'done' from run, generate_series(1, 2) n`)
    await expireRecords(await keeping({ archive: directory }))
    const [file] = await readdir(directory)
    expect(await linesOf(file!)).toEqual([expect.objectContaining({ status: 'finished', batches: [expect.objectContaining({ number: 1 }), expect.objectContaining({ number: 2 })] })])
    expect(await count('ops.bulk_batch')).toBe(0)
  })
})

describe('the audit log', () => {
  /** A month long ago, with events in it. */
  async function month(events: number): Promise<void> {
    await client.query(`drop table if exists ops.audit_event_2024_03; create table ops.audit_event_2024_03 partition of ops.audit_event for values from ('2024-03-01Z') to ('2024-04-01Z')`)
    await client.query(
      `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
       select gen_random_uuid(), '2024-03-10Z'::timestamptz + n * interval '1 minute', 'retry_job', 'job.retried', 'succeeded', 'a', 'user', 'A', 'job', n::text, 'api', 'r' from generate_series(1, $1) n`,
      [events],
    )
  }
  const attached = () => count(`pg_inherits where inhrelid = to_regclass('ops.audit_event_2024_03')`)

  test('loses whole months, once they are archived', async () => {
    await month(5_001)
    await expireRecords(await keeping({ archive: directory, days: { audit: 365 } }))
    const [file] = await readdir(directory)
    const lines = await linesOf(file!)
    expect(lines.map(({ subject_id }) => subject_id)).toEqual(Array.from({ length: 5_001 }, (_, n) => String(n + 1)))
    expect(await count(`pg_class where relname = 'audit_event_2024_03'`)).toBe(0)
  })

  test('keeps a month that is not over for long enough, and every month by default', async () => {
    await month(3)
    await expireRecords(await keeping({ archive: directory }))
    await expireRecords(await keeping({ archive: directory, days: { audit: 36_500 } }))
    expect([await attached(), await readdir(directory)]).toEqual([1, []])
  })

  test('gets a month back whose archive holds another number of events, and says so', async () => {
    await month(3)
    await client.query(`alter table ops.audit_event detach partition ops.audit_event_2024_03`)
    await client.query(`insert into ops.archive (id, kind, file, sha256, rows, from_at, to_at) values (gen_random_uuid(), 'audit', 'lost', '', 2, '2024-03-01Z', '2024-04-01Z')`)
    await expect(expireRecords(await keeping({ archive: directory, days: { audit: 365 } }))).rejects.toThrow(/part of the audit log again/)
    expect([await attached(), await count('ops.archive')]).toEqual([1, 0])
  })

  test('is rid of a month that a process detached before it died', async () => {
    await month(3)
    await client.query(`alter table ops.audit_event detach partition ops.audit_event_2024_03`)
    await client.query(`insert into ops.archive (id, kind, file, sha256, rows, from_at, to_at) values (gen_random_uuid(), 'audit', 'whole', '', 3, '2024-03-01Z', '2024-04-01Z')`)
    await expireRecords(await keeping({ archive: directory, days: { audit: 365 } }))
    expect([await count(`pg_class where relname = 'audit_event_2024_03'`), await count('ops.archive')]).toEqual([0, 1])
  })
})

test('how far back a kind of record reaches follows from its setting and from what was archived before', async () => {
  const kit = await keeping({ days: { slots: 10 } })
  const now = new Date()
  const scope = { kit, em: kit.db.em(), now }
  expect(await findReach(scope, 'slots')).toEqual({ from: new Date(now.getTime() - 10 * 86_400_000), archived: false })
  expect(await findReach(scope, 'audit')).toEqual({ from: null, archived: false })
  const to = new Date(now.getTime() - 3_600_000)
  await client.query(`insert into ops.archive (id, kind, file, sha256, rows, from_at, to_at) values (gen_random_uuid(), 'slots', 'f', '', 1, $1, $1)`, [to])
  expect(await findReach(scope, 'slots')).toEqual({ from: to, archived: true })
})

test.each([
  [{ days: { audit: 30 } }, /'retention.days.audit' is set without 'retention.archive'/],
  [{ days: { slots: 0 } }, /'retention.days.slots' is 0; expected a number of days of at least 1, or 'forever'/],
  [{ days: { logs: 3 } }, /'retention.days.logs' is unknown; expected one of audit, slots/],
  [{ archive: 3 }, /'retention.archive' is number/],
])('a wrong setting is refused at the start: %j', async (retention, message) => {
  await expect(createOps({ database: { url: server.database.url }, engine: pgBoss(server.boss), auth, displayPolicy, retention: retention as RetentionOptions })).rejects.toThrow(message)
})
