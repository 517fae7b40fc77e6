import { spawnSync } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { type FailureReader, openFailureReader } from '../support/errors.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let reader: FailureReader
let client: Client

beforeAll(async () => {
  server = await startServer({ queues: ['mail'] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  reader = await openFailureReader(server.database.url, pgBoss(server.boss))
  await reader.read()
})
afterAll(async () => {
  await reader?.close()
  await client?.end()
  await server?.stop()
})

const child = new URL('../support/failures-child.ts', import.meta.url).pathname
const readAndDieAt = (statement: number) =>
  spawnSync(process.execPath, [child], { env: { ...process.env, DATABASE_URL: server.database.url, KILL_AT: String(statement) }, encoding: 'utf8', timeout: 60_000 }).stdout
const counted = async () =>
  (await client.query('select (select sum(count)::int from ops.error_group) as groups, (select sum(count)::int from ops.error_minute) as minutes, (select count(*)::int from ops.error_seen) as seen')).rows[0]

test('whatever statement a reader dies at, each failure is counted once, by whoever reads next', async () => {
  let failures = 0
  for (let statement = 1; ; statement++) {
    await insertJobs(client, 3, { error: `broken at ${statement}` })
    failures += 3
    const ended = readAndDieAt(statement) === 'done'
    // Another process waits for the lease of the dead one; here it is over at once.
    await client.query('update ops.turn set until = now()')
    await reader.read()
    expect({ statement, ...(await counted()) }).toEqual({ statement, groups: failures, minutes: failures, seen: failures })
    if (ended) return expect(statement).toBeGreaterThan(8)
  }
}, 300_000)
