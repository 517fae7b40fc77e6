import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Queue } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'

let server: JobServer
let client: Client
beforeAll(async () => {
  const wrap = (engine: Engine): Engine => Object.create(engine, { lacks: { value: { ...engine.lacks, finished_jobs: 'It removes a job when it completes.' } } }) as Engine
  server = await startJobServer({ cron: [], wrap })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

test('an engine that removes completed jobs: what started is unknown, unless its executors report what ended, which also shows that a queue moves', async () => {
  const lately = async () => ((await server.call('ops-demo', 'GET', '/queues?name=mail')).body.items as unknown as Queue[])[0]!
  await client.query(`insert into ops.snapshot select now() - n * interval '3 seconds', 3, 0, 0, 0, null, 'exact' from generate_series(0, 300) n`)
  await client.query(
    `insert into ops.queue_figure (queue, as_of, depth, paused, due, due_how, oldest_due_at) values ('mail', now(), '[]', false, 4, 'exact', now() - interval '30 minutes')`,
  )
  expect(await lately()).toMatchObject({ status: 'blocked', diagnosis: 'stuck', lately: { startedPerMinute: null } })
  const report = [{ queue: 'mail', slots: 2, used: 1, done: 3, failed: 0, lately: { done: 9, failed: 1 }, paused: false, limit: null }]
  await client.query(
    `insert into ops.executor (id, name, host, engine, started_at, beat_at, queues, lately_seconds) values (gen_random_uuid(), 'worker-1', 'print-1', 'oban', now(), now(), $1, 60)`,
    [JSON.stringify(report)],
  )
  expect(await lately()).toMatchObject({ status: 'runnable', diagnosis: 'working', lately: { startedPerMinute: 10 } })
})
