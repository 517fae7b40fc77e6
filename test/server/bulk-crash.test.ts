import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { BulkRun } from '../../schemas/index.ts'
import { operate } from '../support/operate.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
const children: ChildProcess[] = []
beforeAll(async () => {
  server = await startServer({ queues: ['nightly_sync', 'mail', 'books'], cron: [] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterEach(async () => {
  await Promise.all(children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map((child) => end(child, 'SIGKILL')))
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

/** A process of its own that does what waits in the background. */
function startWorker(): ChildProcess {
  const child = spawn(process.execPath, ['test/support/bulk-child.ts'], { env: { ...process.env, DATABASE_URL: server.database.url }, stdio: 'ignore' })
  children.push(child)
  return child
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

const start = async (queue: string): Promise<string> => {
  const body = { action: 'retry_job', selection: { filter: { state: 'discarded', queue } }, reason: 'the mail server is back' }
  const { status, text, body: answer } = await server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
  expect(status, text).toBe(202)
  return (answer.bulk as BulkRun).id
}
const { bulkRun: read } = operate(() => server)
const sum = ({ outcomes }: BulkRun) => Object.values(outcomes).reduce((total, count) => total + count, 0)

/** Polls, and at each look the figures must add up. */
async function until(id: string, wanted: (run: BulkRun) => boolean): Promise<BulkRun> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5))) {
    const run = await read(id)
    expect(sum(run)).toBe(run.eligible)
    if (wanted(run)) return run
  }
  throw new Error(`The run did not get there: ${JSON.stringify(await read(id))}`)
}

async function expectEachOnce(id: string, queue: string, ids: string[]): Promise<void> {
  const { rows } = await client.query<{ jobs: string[] }>(`select jobs from ops.audit_event where bulk_id = $1 and event_type = 'job.retried'`, [id])
  const named = rows.flatMap(({ jobs }) => jobs)
  expect([named.length, new Set(named).size]).toEqual([ids.length, ids.length])
  // Each retry gives a job one more attempt, so a second one would show.
  expect((await client.query('select state, retry_limit, count(*)::int n from pgboss.job where name = $1 group by 1, 2', [queue])).rows).toEqual([
    { state: 'retry', retry_limit: 3, n: ids.length },
  ])
}

test('a bulk retry of 20,000 jobs whose process is killed in the middle continues, each job exactly once', { timeout: 90_000 }, async () => {
  const ids = await insertJobs(client, 20_000)
  const id = await start('mail')
  const first = startWorker()
  await until(id, ({ outcomes }) => (outcomes.done ?? 0) >= 3000)
  await end(first, 'SIGKILL')
  const killed = await read(id)
  expect(killed.status).toBe('running')
  expect(killed.outcomes.waiting).toBeGreaterThan(0)
  startWorker()
  const ended = await until(id, ({ status }) => status === 'finished')
  expect(ended.outcomes).toEqual({ done: 20_000 })
  await expectEachOnce(id, 'mail', ids)
})

test('processes work concurrently, one that is told to stop ends after its current batch, and the last batch ends the run', { timeout: 90_000 }, async () => {
  const ids = await insertJobs(client, 20_000, { queue: 'books' })
  const id = await start('books')
  const leaving = startWorker()
  await until(id, ({ outcomes }) => (outcomes.done ?? 0) >= 1000)
  await end(leaving, 'SIGTERM')
  expect((await read(id)).status).toBe('running')
  startWorker()
  startWorker()
  expect((await until(id, ({ status }) => status === 'finished')).outcomes).toEqual({ done: 20_000 })
  await expectEachOnce(id, 'books', ids)
})
