import { execFile } from 'node:child_process'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { deleteAbandonedSets } from '../../server/operations/bulk/sweep.ts'
import { runBatches } from '../../server/operations/bulk/runner.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const reason = 'killed or not'
const atOnce = 3
const timeout = 120_000
let server: TestServer
let worker: RunningKit
let client: Client
beforeAll(async () => {
  server = await startServer({ queues: ['nightly_sync', 'mail'], cron: [] })
  worker = await openKit({ database: { url: server.database.url }, engine: pgBoss(server.boss), auth, displayPolicy })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await worker?.db.close()
  await server?.stop()
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

/** Each statement's death on jobs of its own; what was found afterwards, moment by moment. */
async function atEveryStatement<Found>(way: string, operationOn: (ids: string[]) => object, look: (ids: string[]) => Promise<Found>): Promise<{ whole: Found; killed: Found[] }> {
  const make = () => insertJobs(client, 3)
  const first = await make()
  const { status, statements = 0 } = await dieAt(0, operationOn(first), way)
  expect([status, statements > 1, statements < 40]).toEqual([way === 'show' ? 201 : 200, true, true])
  const whole = await look(first)
  const killed: Found[] = []
  for (let from = 1; from <= statements; from += atOnce) {
    const moments = Array.from({ length: Math.min(atOnce, statements - from + 1) }, (_, n) => from + n)
    const sets: string[][] = []
    for (const _ of moments) sets.push(await make())
    await Promise.all(moments.map((moment, index) => dieAt(moment, operationOn(sets[index]!), way)))
    for (const ids of sets) killed.push(await look(ids))
  }
  return { whole, killed }
}

const count = async (statement: string, values: unknown[]) => Number((await client.query<{ n: string }>(statement, values)).rows[0]!.n)
const eventsOf = (ids: string[]) =>
  count(`select count(*) n from ops.audit_event where (subject_id = any($1) or jobs && $1) and event_type = 'job.retried' and outcome = 'succeeded'`, [ids])
const keysOf = ([id]: string[]) => count(`select count(*) n from ops.idempotency_key where key like '%' || $1 || '%'`, [id])
const retriedOf = async (ids: string[]) => (await statesOf(client, ids)).retry ?? 0

describe('a process killed at every statement', () => {
  test('of a retry leaves the change and its event, or neither', { timeout }, async () => {
    const { whole, killed } = await atEveryStatement(
      'one shot',
      ([id]) => ({ action: 'retry_job', subject: { type: 'job', id }, reason }),
      async (ids) => [await retriedOf(ids), await eventsOf(ids)],
    )
    expect(whole).toEqual([1, 1])
    for (const [retried, events] of killed) expect(retried).toBe(events)
    // What may come behind the commit is telling others, and whether it comes before the answer depends on the moment.
    for (const found of killed.slice(0, -2)) expect(found).toEqual([0, 0])
  })

  test('of a preview of many jobs leaves a preview with its complete set, or at most a set that is never shown and is deleted later', { timeout }, async () => {
    const { whole, killed } = await atEveryStatement(
      'show',
      (ids) => ({ action: 'retry_job', selection: { ids } }),
      async ([id]) => [
        await count(`select count(*) n from ops.bulk_batch where jobs @> jsonb_build_array(jsonb_build_object('id', $1::text))`, [id]),
        await count(`select count(*) n from ops.preview p join ops.bulk_batch b on b.bulk_id::text = p.subject_id where b.jobs @> jsonb_build_array(jsonb_build_object('id', $1::text))`, [id]),
      ],
    )
    expect(whole).toEqual([1, 1])
    for (const [batches, previews] of killed) expect(batches).toBeGreaterThanOrEqual(previews!)
    expect(killed[0]).toEqual([0, 0])
    expect(await count(`select count(*) n from ops.bulk_run where status <> 'previewed'`, [])).toBe(0)
    await client.query(`update ops.bulk_run set created_at = created_at - interval '2 days'`)
    await deleteAbandonedSets(worker)
    expect(await count(`select count(*) n from ops.bulk_batch`, [])).toBe(0)
  })

  test('of a retry of many jobs leaves nothing, or a run that another process completes, once for each job', { timeout }, async () => {
    const { whole, killed } = await atEveryStatement(
      'one shot',
      (ids) => ({ action: 'retry_job', reason, selection: { ids: ids.toReversed() } }),
      async (ids) => {
        const claimed = await keysOf(ids)
        // The database needs a moment to notice that the process is gone, and to let go of the batch.
        if (claimed) await expect.poll(() => runBatches(worker).then(() => eventsOf(ids)), { timeout: 10_000 }).toBe(1)
        return [claimed, (await retriedOf(ids)) / 3, await eventsOf(ids)]
      },
    )
    expect(whole).toEqual([1, 1, 1])
    for (const [claimed, retried, events] of killed) expect([retried, events]).toEqual([claimed, claimed])
    // Killed before it was confirmed, and after: both were seen.
    expect(new Set(killed.map(([claimed]) => claimed))).toEqual(new Set([0, 1]))
    expect((await client.query('select max(retry_limit) from pgboss.job')).rows).toEqual([{ max: 3 }])
  })
})
