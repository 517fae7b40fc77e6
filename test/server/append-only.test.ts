import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, query } from '../../server/db/database.ts'
import { writeEvent } from '../../server/operations/event.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await createDatabase()
  const db = await openDatabase({ url: database.url })
  await writeEvent(db, db.em(), {
    action: 'pause_cron_entry',
    eventType: 'cron.paused',
    outcome: 'succeeded',
    actor: { id: 'ops-demo', type: 'user', label: 'ops-demo' },
    subject: { type: 'cron_entry', id: 'nightly_sync' },
    source: 'api',
    requestId: 'test',
  })
  expect(await db.pendingMigrations()).toEqual([])
  await db.close()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const partitions = async () => {
  const { rows } = await client.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'ops.audit_event'::regclass`,
  )
  return rows.map(({ name }) => name)
}

test('update, delete and truncate of the audit log are refused, also for the role that owns it', async () => {
  for (const statement of [
    `update ops.audit_event set reason = 'nothing happened'`,
    'delete from ops.audit_event',
    'truncate ops.audit_event',
    'truncate ops.audit_event cascade',
    `insert into ops.audit_event select * from ops.audit_event on conflict (occurred_at, id) do update set reason = 'nothing'`,
    `merge into ops.audit_event a using (select 1) s on true when matched then delete`,
  ]) {
    await expect(client.query(statement), statement).rejects.toThrow('append-only')
  }
})

test('the same holds for every partition by its own name', async () => {
  const names = await partitions()
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) {
    await expect(client.query(`truncate ${name}`), name).rejects.toThrow('append-only')
    // A row that a partition does not have cannot be refused, so the trigger itself is looked at: bits 1 row, 2 before, 8 delete, 16 update.
    const { rows } = await client.query<{ kinds: number }>(
      `select tgtype::int as kinds from pg_trigger where tgrelid = $1::regclass and tgenabled <> 'D' and tgfoid = 'ops.refuse_audit_change'::regproc`,
      [name],
    )
    expect(rows.some(({ kinds }) => (kinds & 27) === 27), `${name} refuses update and delete of its rows`).toBe(true)
  }
})

test('the event is still there', async () => {
  const { rows } = await client.query<{ reason: string | null }>('select reason from ops.audit_event')
  expect(rows).toEqual([{ reason: null }])
})

test('migrations go down and up again', async () => {
  const own = await createDatabase({ empty: true })
  const db = await openDatabase({ url: own.url, schema: 'ops_elsewhere' })
  const names = await db.migrate()
  expect(names.length).toBeGreaterThanOrEqual(4)
  expect(await db.migrate()).toEqual([])
  await db.migrateDown()
  expect(await db.pendingMigrations()).toEqual(names)
  expect(await db.migrate()).toEqual(names)
  expect(await query(db.em(), (await import('kysely')).sql<object>`select * from ${db.table('audit_event')}`)).toEqual([])
  await db.close()
  await own.drop()
})

test('several processes migrate at once and one does it', async () => {
  const own = await createDatabase({ empty: true })
  const all = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url: own.url })))
  const applied = await Promise.all(all.map((db) => db.migrate()))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  await Promise.all(all.map((db) => db.close()))
  await own.drop()
})
