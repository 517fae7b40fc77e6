import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { createDatabase, startOwnServer, type TestDatabase } from './postgres.ts'

const databases: TestDatabase[] = []
afterAll(() => Promise.all(databases.map((database) => database.drop())))

async function newDatabase(options?: { empty?: boolean }): Promise<TestDatabase> {
  const database = await createDatabase(options)
  databases.push(database)
  return database
}

test('a new database has our tables and the engine’s, and shares nothing with the next', async () => {
  const [first, second] = await Promise.all([newDatabase(), newDatabase()])
  await ask(first.url, 'create table ops.only_here ()')
  expect(await ask(first.url, "select to_regclass('ops.audit_event')::text as found")).toEqual([{ found: 'ops.audit_event' }])
  expect(await ask(first.url, "select to_regclass('pgboss.job')::text as found")).toEqual([{ found: 'pgboss.job' }])
  expect(await ask(second.url, "select to_regclass('ops.only_here')::text as found")).toEqual([{ found: null }])
})

test('an empty database has no schema of ours', async () => {
  const { url } = await newDatabase({ empty: true })
  expect(await ask(url, "select to_regnamespace('ops')::text as found")).toEqual([{ found: null }])
})

test('a server of one’s own comes back on the same address with the same data', async () => {
  const server = await startOwnServer()
  try {
    await ask(server.url, 'create table kept as select 7 as number')
    await server.stop('immediate')
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
    await server.start()
    expect(await ask(server.url, 'select number from kept')).toEqual([{ number: 7 }])
  } finally {
    await server.remove()
  }
})

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
