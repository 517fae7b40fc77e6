import { Client, Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ExecutorList } from '../../schemas/index.ts'
import { attend } from '../../server/workers/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
beforeAll(async () => {
  server = await startServer()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
const list = async () => (await server.call('ops-demo', 'GET', '/executors')).body as unknown as ExecutorList
const wish = (queue: string, paused: boolean, limit: number | null) =>
  client.query(
    `insert into ops.queue_wish (queue, paused, job_limit, changed_at, event_id) values ($1, $2, $3, now(), gen_random_uuid())
     on conflict (queue) do update set paused = excluded.paused, job_limit = excluded.job_limit`,
    [queue, paused, limit],
  )

test('any loop can attend, through a pool of the host: it may take no job of a paused queue, and none beyond the limit', async () => {
  const pool = new Pool({ connectionString: server.database.url, max: 2 })
  const heard: unknown[] = []
  const attendance = attend({ engine: 'my-queue', queues: { mail: 4, print: null }, slots: 6, database: { pool }, name: 'loop', onWish: (queue, wanted) => void heard.push([queue, wanted]) })
  await expect.poll(() => list()).toMatchObject({ items: [{ name: 'loop', slots: 6, queues: [{ name: 'mail', slots: 4 }, { name: 'print', slots: null }] }] })
  expect(attendance.mayTake('mail')).toBe(true)
  await wish('mail', true, null)
  await expect.poll(() => attendance.mayTake('mail'), { timeout: 2_000 }).toBe(false)
  expect(attendance.mayTake('print')).toBe(true)
  await wish('mail', false, 1)
  await expect.poll(() => attendance.mayTake('mail'), { timeout: 2_000 }).toBe(true)
  let release = () => {}
  const running = attendance.run({ id: '1', queue: 'mail' }, () => new Promise<string>((resolve) => (release = () => resolve('sent'))))
  expect(attendance.mayTake('mail')).toBe(false)
  release()
  expect(await running).toBe('sent')
  expect(attendance.mayTake('mail')).toBe(true)
  expect(heard).toEqual([['mail', { paused: true, limit: null }], ['mail', { paused: false, limit: 1 }]])
  await expect(attendance.run({ id: '2', queue: 'mail' }, () => { throw new TypeError('no') })).rejects.toThrow(TypeError)
  await attendance.stop()
  expect((await list()).summary).toMatchObject({ executors: 0, ended: 1 })
  await pool.end()
})

test('wrong options are refused by name', () => {
  const open = (database: object) => () => attend({ engine: 'x', queues: {}, database: database as never })
  expect(open({})).toThrow(/neither url nor pool/)
  expect(open({ url: 'mysql://x' })).toThrow(/not a PostgreSQL URL/)
  expect(open({ url: 'postgres://x', schema: 'Ops' })).toThrow(/schema/)
})
