import { readFile } from 'node:fs/promises'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { openDatabase } from '../../../server/db/database.ts'
import { entities } from '../../../server/db/entities.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { startServer, type TestServer } from '../../support/server.ts'

type Row = Record<string, unknown>

/** Rows by table, as the demo of 0.1.0 had written them after a session: parents first. */
const written = JSON.parse(await readFile(new URL('0.1.0.json', import.meta.url), 'utf8')) as Record<string, Row[]>
const last = '0012-actor-identity'

let database: TestDatabase
let client: Client
let server: TestServer
let applied: string[]

beforeAll(async () => {
  database = await createDatabase({ empty: true })
  client = new Client({ connectionString: database.url })
  await client.connect()
  await migrateTo010()
  for (const [table, rows] of Object.entries(written)) await fill(table, rows)
  const db = await openDatabase({ url: database.url })
  applied = await db.migrate()
  await db.close()
  server = await startServer({ database_: database, cron: written.cron_entry!.map(declared), queues: written.cron_entry!.map(({ queue }) => String(queue)) })
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

/** The migrations that 0.1.0 had; none of them has been edited since. */
async function migrateTo010(): Promise<void> {
  await client.query('create schema ops')
  const orm = await MikroORM.init({ clientUrl: database.url, schema: 'ops', entities, extensions: [Migrator], migrations: { migrationsList: migrations, tableName: 'migration', schema: 'ops', snapshot: false }, logger: () => {} })
  await orm.migrator.up({ to: last, schema: 'ops' })
  await orm.close()
}

async function fill(table: string, rows: Row[]): Promise<void> {
  if (table === 'installation') await client.query('delete from ops.installation')
  const columns = Object.keys(rows[0]!).map((column) => client.escapeIdentifier(column)).join(', ')
  await client.query(`insert into ops.${table} (${columns}) overriding system value select ${columns} from jsonb_populate_recordset(null::ops.${table}, $1)`, [JSON.stringify(rows)])
}

function declared({ name, queue, expression, timezone, args, overlap, catch_up: catchUp, max_catch_up: maxCatchUp }: Row) {
  return { name, queue, expression, timezone, args, overlap, catchUp, maxCatchUp } as never
}

async function read(path: string): Promise<Row & { items: Row[] }> {
  const { status, body, text } = await server.call('ops-demo', 'GET', path)
  expect(status, text).toBe(200)
  return body as Row & { items: Row[] }
}

describe('a host that comes from 0.1.0', () => {
  test('gets every migration since, in one step', () => {
    expect(applied).toEqual(migrations.map(({ name }) => name).filter((name) => name > last))
  })

  test('has every row still, but for what its own start writes: the entries are declared again', async () => {
    const { cron_entry: entries, ...others } = written
    expect(entries).toHaveLength(6)
    for (const [table, rows] of Object.entries(others)) {
      const { rows: kept } = await client.query<{ row: Row }>(`select to_jsonb(kept) as row from ops.${table} kept`)
      for (const row of rows) expect(kept.map((each) => each.row), table).toContainEqual(expect.objectContaining(row))
    }
  })

  test('finds all its evidence in the audit log', async () => {
    const { items } = await read('/audit-events?limit=100')
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(written.audit_event!.map(({ id }) => id)))
  })

  test('sees the pause and its reason on the entry, and its slots in the history', async () => {
    const entry = await read('/cron-entries/nightly_sync')
    expect(entry).toMatchObject({ name: 'nightly_sync', status: 'waiting', pause: { reason: 'paused until the release', by: { id: 'ops-demo' } } })
    const history = await read('/cron-entries/price_feed/history?from=2026-11-22T02:28:00Z&to=2026-11-22T02:30:30Z')
    expect(JSON.stringify(history)).toContain('50343cb7-f2aa-42c1-985a-040d3a7ddb06')
  })

  test('sees what became of its bulk run', async () => {
    const run = await read(`/bulk/${String(written.bulk_run![0]!.id)}`)
    expect(run).toMatchObject({ status: 'finished', total: 2, outcomes: { done: 2 }, reason: 'all of them again' })
  })

  test('sees it all in forensics, and operates the entry as before', async () => {
    expect(JSON.stringify(await read('/forensics/cron_entry/nightly_sync'))).toContain('paused until the release')
    const { status } = await server.call('ops-demo', 'POST', '/operations', { action: 'resume_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'after the upgrade' }, { 'idempotency-key': 'after-the-upgrade' })
    expect(status).toBe(200)
  })
})
