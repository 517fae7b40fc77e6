import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BulkRun } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { runBatches } from '../../server/operations/bulk/runner.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
const size = 2_300

/** The same pg-boss, once as part of our transactions and once as an engine that is asked outside of them. */
describe.each([{ sharesDatabase: true }, { sharesDatabase: false }])('a run that is stopped while several processes work on it, sharesDatabase $sharesDatabase', ({ sharesDatabase }) => {
  let server: TestServer
  let workers: RunningKit[]
  let client: Client
  let delay = 0

  beforeAll(async () => {
    server = await startServer({ queues: ['nightly_sync', 'mail'], cron: [] })
    const real = pgBoss(server.boss, { sharesDatabase })
    const slow: Engine = { ...real, act: async (...asked) => (await wait(delay), real.act(...asked)) }
    workers = await Promise.all([slow, slow].map((engine) => openKit({ database: { url: server.database.url }, engine, auth, displayPolicy })))
    client = new Client({ connectionString: server.database.url })
    await client.connect()
  })
  afterAll(async () => {
    await client?.end()
    await Promise.all((workers ?? []).map((worker) => worker.db.close()))
    await server?.stop()
  })

  const call = (method: string, path: string, body?: object, headers?: Record<string, string>) => server.call('ops-demo', method, path, body, headers)
  const begin = async (selection: object) => {
    const { body, text } = await call('POST', '/operations', { action: 'retry_job', reason, selection }, { 'idempotency-key': crypto.randomUUID() })
    expect(body.bulk, text).toBeDefined()
    return body.bulk as BulkRun
  }
  const read = async (id: string) => (await call('GET', `/bulk/${id}`)).body as unknown as BulkRun
  const sum = ({ outcomes }: BulkRun) => Object.values(outcomes).reduce((total, count) => total + count, 0)
  const retried = async (id: string) => {
    const { rows } = await client.query<{ jobs: string[] | null }>(`select jobs from ops.audit_event where bulk_id = $1 and event_type = 'job.retried' and outcome = 'succeeded'`, [id])
    return rows.flatMap(({ jobs }) => jobs ?? [])
  }

  test.each([0, 15, 60])('%i ms after it started: the figures add up at every read, and the leftovers can be selected', async (after) => {
    delay = 25
    const ids = await insertJobs(client, size)
    const run = await begin({ filter: { queue: 'mail', state: 'discarded' } })
    expect(run.eligible).toBe(size)
    const working = Promise.all(workers.flatMap((worker) => [runBatches(worker), runBatches(worker)]))
    const looking = (async () => {
      for (let look = 0; look < 12; look++) {
        const seen = await read(run.id)
        expect([seen.status, sum(seen)]).toEqual([seen.status, size])
      }
    })()
    await wait(after)
    const aborts = await Promise.all(Array.from({ length: 3 }, () => call('POST', `/bulk/${run.id}/abort`)))
    await Promise.all([working, looking])
    const stopped = await read(run.id)
    expect(aborts.filter(({ status }) => status === 200)).toHaveLength(stopped.status === 'aborted' ? 1 : 0)
    expect(aborts.every(({ status, body }) => status === 200 || body.code === 'illegal_transition')).toBe(true)
    const { done = 0, aborted = 0 } = stopped.outcomes
    expect([done + aborted, sum(stopped)]).toEqual([size, size])
    expect(await statesOf(client, ids)).toEqual({ ...(done && { retry: done }), ...(aborted && { failed: aborted }) })
    expect(await retried(run.id)).toHaveLength(done)
    for (const outcome of ['done', 'aborted'] as const) {
      const text = (await call('GET', `/bulk/${run.id}/export?format=ndjson&outcome=${outcome}`)).text
      expect([outcome, text.split('\n').filter(Boolean).length]).toEqual([outcome, stopped.outcomes[outcome] ?? 0])
    }
    delay = 0
    if (aborted) {
      const rest = await call('POST', '/operations', { action: 'retry_job', reason, selection: { bulk: run.id } }, { 'idempotency-key': crypto.randomUUID() })
      expect([200, 202]).toContain(rest.status)
      await Promise.all(workers.map((worker) => runBatches(worker)))
    }
    expect(await statesOf(client, ids)).toEqual({ retry: size })
    const twice = `select job from ops.audit_event, unnest(jobs) job where job = any($1) and outcome = 'succeeded' and event_type = 'job.retried' group by job having count(*) > 1`
    expect((await client.query(twice, [ids])).rows).toEqual([])
  })

  /** An actor freezes one selection at a time; a busy machine may send others away for a moment. */
  const untilItsTurn = async (body: object, key: string) => {
    for (;;) {
      const answer = await call('POST', '/operations', body, { 'idempotency-key': key })
      if (answer.status !== 429) return answer
      await wait(100)
    }
  }

  test('confirmed twice at once, with one key and with two previews of the same set, changes each job once', async () => {
    const ids = await insertJobs(client, 1_200)
    const selection = { filter: { queue: 'mail', state: 'discarded' } }
    const key = crypto.randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => untilItsTurn({ action: 'retry_job', reason, selection }, n < 4 ? key : crypto.randomUUID())),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    const runs = [...new Set(answers.map(({ body }) => (body.bulk as BulkRun).id))]
    expect(runs).toHaveLength(3)
    // A batch that met another's lock has a pause, and is done by a later turn.
    await expect
      .poll(async () => {
        await Promise.all(workers.flatMap((worker) => [runBatches(worker), runBatches(worker)]))
        return (await Promise.all(runs.map(read))).map((run) => [run.status, sum(run)])
      })
      .toEqual(runs.map(() => ['finished', 1_200]))
    const ended = await Promise.all(runs.map(read))
    expect(ended.reduce((total, { outcomes }) => total + (outcomes.done ?? 0), 0)).toBe(1_200)
    const named: string[] = []
    for (const id of runs) named.push(...(await retried(id)))
    expect(named.toSorted()).toEqual(ids.toSorted())
  })
})
