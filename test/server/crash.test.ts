import { execFile } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nightlySync, startServer, type TestServer } from '../support/server.ts'

const maxStatements = 24
const names = ['pause', 'run', 'pause_once', 'run_once'].flatMap((what) => Array.from({ length: maxStatements + 1 }, (_, n) => `${what}_${n}`))

let server: TestServer
let client: Client
beforeAll(async () => {
  server = await startServer({ cron: names.map((name) => ({ ...nightlySync, name })) })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

/** Runs the operation in a process that dies at its n-th statement, or right after its answer with 0. */
function dieAt(statement: number, operation: object, way: string): Promise<{ status?: number; statements?: number }> {
  const env = { ...process.env, DATABASE_URL: server.database.url, OPERATION: JSON.stringify(operation), KILL_AT: String(statement), WAY: way }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['test/support/crash-child.ts'], { env }, (error, stdout, stderr) => {
      if ((error as { signal?: string } | null)?.signal !== 'SIGKILL') return reject(new Error(`the child did not die as planned: ${stderr}`))
      resolve(stdout ? (JSON.parse(stdout) as { status: number; statements: number }) : {})
    })
  })
}

const count = async (statement: string, name: string) => Number((await client.query<{ n: string }>(statement, [name])).rows[0]!.n)
const eventsOf = (name: string) => count(`select count(*) n from ops.audit_event where subject_id = $1 and outcome = 'succeeded' and source = 'api'`, name)
const consumedOf = (name: string) => count('select count(*) n from ops.preview where subject_id = $1 and consumed_at is not null', name)

const claimedOf = (name: string) => count(`select count(*) n from ops.idempotency_key where key like '%"' || $1 || '"%'`, name)

async function expectBothOrNeither(name: string, changes: number, way: string): Promise<number> {
  const [events, used] = [await eventsOf(name), await (way === 'preview' ? consumedOf(name) : claimedOf(name))]
  expect({ changes, events, used }, name).toEqual({ changes, events: changes, used: changes })
  return changes
}

const changes = [
  {
    action: 'pause_cron_entry',
    prefix: 'pause',
    changesOf: (name: string) => count('select count(*) n from ops.cron_entry where name = $1 and paused_at is not null', name),
  },
  {
    action: 'run_cron_entry',
    prefix: 'run',
    changesOf: (name: string) =>
      count(
        `select count(*) n from ops.cron_slot s join ops.cron_entry e on e.id = s.entry_id join pgboss.job j on j.id::text = s.job_id
         where e.name = $1 and s.kind = 'manual'`,
        name,
      ),
  },
]
const ways = changes.flatMap((change) => [{ ...change, way: 'preview' }, { ...change, way: 'one shot', prefix: `${change.prefix}_once` }])

describe.each(ways)('a process killed inside $action, $way', ({ action, prefix, changesOf, way }) => {
  const operationOn = (name: string) => ({ action, subject: { type: 'cron_entry', id: name } })

  test('leaves the change and its event, or neither, at every statement', { timeout: 120_000 }, async () => {
    const whole = await dieAt(0, operationOn(`${prefix}_0`), way)
    expect(whole.status).toBe(200)
    expect(whole.statements).toBeGreaterThan(1)
    expect(whole.statements).toBeLessThanOrEqual(maxStatements)
    expect(await expectBothOrNeither(`${prefix}_0`, await changesOf(`${prefix}_0`), way)).toBe(1)

    const moments = Array.from({ length: whole.statements! }, (_, n) => n + 1)
    const outcomes: { moment: number; answered: boolean; changes: number }[] = []
    for (let index = 0; index < moments.length; index += 2) {
      const pair = moments.slice(index, index + 2)
      const ends = await Promise.all(pair.map((moment) => dieAt(moment, operationOn(`${prefix}_${moment}`), way)))
      for (const [place, moment] of pair.entries()) {
        const changes = await expectBothOrNeither(`${prefix}_${moment}`, await changesOf(`${prefix}_${moment}`), way)
        outcomes.push({ moment, answered: ends[place]!.status === 200, changes })
      }
    }
    // Before the commit is sent nothing is there. A process that had one statement fewer than the first has answered before it died.
    expect(outcomes).toEqual(outcomes.map(({ moment, answered }) => ({ moment, answered, changes: answered ? 1 : 0 })))
    expect(outcomes.filter(({ answered }) => !answered).length).toBeGreaterThan(1)
  })

  test('and whoever comes after can simply do it', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const { status } = await server.call('ops-demo', 'POST', '/operations', operationOn(`${prefix}_1`), headers)
    expect(status).toBe(200)
    expect(await changesOf(`${prefix}_1`)).toBe(1)
  })
})
