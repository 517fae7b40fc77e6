import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase, query } from '../../server/db/database.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What hosts do: `jsonb`, `timestamptz`, `bigint` and `text[]` in their own way, for every connection of the process. */
const changed = [114, 3802, 1184, 20, 23, 16, 1009]
const before = changed.map((oid) => [oid, pg.types.getTypeParser(oid)] as const)

describe('a host that parses types of PostgreSQL in its own way', () => {
  let database: TestDatabase
  let db: Database
  let server: TestServer

  beforeAll(async () => {
    for (const oid of changed) pg.types.setTypeParser(oid, () => 'of the host')
    database = await createDatabase()
    db = await openDatabase({ url: database.url })
  })
  afterAll(async () => {
    for (const [oid, parser] of before) pg.types.setTypeParser(oid, parser)
    await server?.stop()
    await db?.close()
    await database?.drop()
  })

  test('changes nothing of what our statements return', async () => {
    const [row] = await query(
      db.em(),
      sql`select '{"a":[1]}'::jsonb as jsonb, '[1]'::json as json, timestamptz '2026-11-21 02:00:00.5+00' as at, 7 as int4, 9007199254740993 as int8, 1.5::float8 as float8,
        1.25::numeric as numeric, true as bool, null::int as none, '\\xff00'::bytea as bytes, array['a', null, 'with, "quotes" \\ {x}', ''] as texts,
        array['{"a":1}', '"b"']::jsonb[] as jsonbs, array[1, 2] as ints, array[[1, 2], [3, 4]] as matrix, '{}'::text[] as empty,
        '[0:1]={x,y}'::text[] as shifted, array[true, false] as bools, array['NULL', 'null'] as words, array[9007199254740993] as bigs`,
    )
    expect(row).toEqual({
      jsonb: { a: [1] }, json: [1], at: '2026-11-21 02:00:00.5+00', int4: 7, int8: '9007199254740993', float8: 1.5,
      numeric: '1.25', bool: true, none: null, bytes: Buffer.from([0xff, 0]), texts: ['a', null, 'with, "quotes" \\ {x}', ''],
      jsonbs: [{ a: 1 }, 'b'], ints: [1, 2], matrix: [[1, 2], [3, 4]], empty: [],
      shifted: ['x', 'y'], bools: [true, false], words: ['NULL', 'null'], bigs: ['9007199254740993'],
    })
  })

  test('does not keep an operator from pausing an entry', async () => {
    for (const [oid, parser] of before) pg.types.setTypeParser(oid, parser)
    server = await startServer()
    for (const oid of [114, 3802, 1184]) pg.types.setTypeParser(oid, () => 'of the host')
    const subject = { type: 'cron_entry', id: 'nightly_sync' }
    const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'pause_cron_entry', subject })
    expect(preview.status).toBe(201)
    const executed = await server.call('ops-demo', 'POST', `/previews/${String(preview.body.id)}/execute`, { token: preview.body.token })
    expect([executed.status, (executed.body.event as { eventType: string }).eventType]).toEqual([200, 'cron.paused'])
    expect((await server.call('ops-demo', 'GET', '/audit-events?eventType=cron.paused')).body.items).toHaveLength(1)
  })
})
