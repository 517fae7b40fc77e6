import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobAction } from '../../server/engines/engine.ts'
import { type GraphileWorld, startGraphileWorker } from '../support/graphile-worker.ts'

/** What only graphile-worker has. What every engine must do is in the contract. */
let world: GraphileWorld
beforeAll(async () => (world = await startGraphileWorker()), 60_000)
afterAll(() => world?.stop())

const row = async (id: string) => (await world.pool.query('select * from graphile_worker._private_jobs where id = $1', [id])).rows[0] as Record<string, unknown>
const act = async (action: JobAction, ...ids: string[]) => {
  const jobs = await world.engine.read(ids)
  return world.transact((tx) => world.engine.act(action, jobs, tx))
}

test('a retry gives a job one more attempt if all are used up, and otherwise keeps those that are left', async () => {
  const queue = await world.queue('retries')
  const [spent] = await world.make({ queue, state: 'discarded' })
  const [waits] = await world.make({ queue, state: 'retryable' })
  expect(await act('retry', spent!, waits!)).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }])
  expect(await row(spent!)).toMatchObject({ attempts: 2, max_attempts: 3 })
  expect(await row(waits!)).toMatchObject({ attempts: 1, max_attempts: 3 })
})

test('a discard records how many attempts were used', async () => {
  const queue = await world.queue('discards')
  const [ours] = await world.make({ queue, state: 'retryable' })
  await act('discard', ours!)
  expect(await row(ours!)).toMatchObject({ attempts: 3, last_error: 'Discarded by an operator after 1 attempt.' })
  expect(await act('restore', ours!)).toMatchObject([{ outcome: 'done', state: 'retryable' }])
  expect(await row(ours!)).toMatchObject({ attempts: 1 })
})

test('a cancelled job is removed, and the outcome says so', async () => {
  const queue = await world.queue('cancels')
  const [id] = await world.make({ queue, state: 'available' })
  expect(await act('cancel', id!)).toMatchObject([{ outcome: 'done', detail: expect.stringContaining('removed') }])
  expect(await row(id!)).toBeUndefined()
})

test('a job that a worker has locked is left alone and reported as locked', async () => {
  const queue = await world.queue('locks')
  const release = Promise.withResolvers<void>()
  await world.work(queue, () => release.promise)
  const [id] = await world.make({ queue, state: 'available' })
  await expect.poll(async () => (await world.engine.read([id!]))[0]?.state).toBe('executing')
  for (const action of ['retry', 'cancel', 'discard'] as const) expect(await act(action, id!)).toMatchObject([{ outcome: 'locked' }])
  expect((await world.engine.detail(id!))!.attempts).toMatchObject([{ number: 1, outcome: 'executing', executor: expect.any(String) }])
  release.resolve()
  await expect.poll(() => world.engine.detail(id!)).toBeNull()
})

test('a queue where no worker holds a job is not reported as having no executors', async () => {
  const [idle, busy] = [await world.queue('idle'), await world.queue('busy')]
  await world.make({ queue: idle, state: 'available' })
  const [held] = await world.make({ queue: busy, state: 'available' })
  await world.pool.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'w', attempts = 1 where id = $1`, [held])
  const { queues } = await world.engine.measure(new Date(Date.now() - 60_000))
  const executors = (queue: string) => queues.find(({ name }) => name === queue)?.executors
  expect([executors(idle), executors(busy)]).toEqual([null, 1])
})

test('a job of a serial queue is listed under the queue, and waits while another one is running', async () => {
  const queue = await world.queue('serial')
  const [first, second] = await world.make({ queue, state: 'available', worker: 'send_receipt' }, 2)
  await world.pool.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'w', attempts = 1 where id = $1`, [first])
  await world.pool.query(`update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'w' where queue_name = $1`, [queue])
  expect(await world.engine.detail(second!)).toMatchObject({ queue, worker: 'send_receipt', waiting: [{ reason: 'concurrency_limit' }] })
})

test('a cron entry with a worker creates jobs of that task in a serial queue', async () => {
  const queue = await world.queue('cron')
  const origin = { cronEntry: 'nightly', slotAt: '2030-01-01T00:00:00Z' }
  const ref = await world.transact((tx) => world.engine.enqueue({ queue, worker: 'sync_stock', args: {}, origin }, tx))
  expect((await world.engine.read([ref.id]))[0]).toMatchObject({ queue, worker: 'sync_stock' })
  const plain = await world.transact((tx) => world.engine.enqueue({ queue: 'sync_stock', args: {}, origin }, tx))
  expect((await world.engine.read([plain.id]))[0]).toMatchObject({ queue: 'sync_stock', worker: 'sync_stock' })
})

test('a job’s key and flags are shown in its meta', async () => {
  const { rows } = await world.pool.query<{ id: string }>(
    `select id::text from graphile_worker.add_job('keyed', '{}', job_key => 'only-one', flags => array['slow'])`,
  )
  expect((await world.engine.detail(rows[0]!.id))!.meta).toEqual({ key: 'only-one', flags: ['slow'] })
})

/** Payloads that jsonb does not take. */
const refused = {
  nul: String.raw`{"order":7,"note":"a\u0000b"}`,
  'a lone high surrogate': String.raw`{"order":7,"note":"a\ud800b"}`,
  'a lone low surrogate': String.raw`{"order":7,"note":"a\udc00b"}`,
  'two halves in the wrong order': String.raw`{"order":7,"note":"\udc00\ud800"}`,
  'a number beyond all': '{"order":7,"note":1e200000}',
  'a number below all': '{"order":7,"note":-1.5E-200000}',
  'many digits': `{"order":7,"note":${'9'.repeat(140_000)}}`,
  'many decimal places': `{"order":7,"note":0.${'3'.repeat(20_000)}}`,
  'deep nesting': `{"order":7,"note":${'['.repeat(15_000)}${']'.repeat(15_000)}}`,
}
const kept = {
  'an escaped backslash before the letters': String.raw`{"order":7,"note":"a\\u0000b"}`,
  'a whole character of two halves': String.raw`{"order":7,"note":"\ud83d\ude00"}`,
}
test('payloads that jsonb rejects break no search by arguments, and match by the parts that can be compared', async () => {
  const queue = await world.queue('refused')
  const ids = new Map<string, string>()
  for (const [name, args] of Object.entries({ ...refused, ...kept, plain: '{"order":7}', other: '{"order":8}' })) {
    ids.set(name, (await world.make({ queue, state: 'available', args }))[0]!)
  }
  const found = async (args: string) => (await world.engine.list({ queue, args }, { order: 'newest', limit: 50 })).jobs.map(({ id }) => id)
  const all = [...ids].filter(([name]) => name !== 'other' && name !== 'deep nesting').map(([, id]) => id)
  expect(new Set(await found('{"order":7}'))).toEqual(new Set(all))
  expect((await world.engine.count({ queue, args: '{"order":7}' }, 100)).count).toBe(all.length)
  expect(await found('{"order":8}')).toEqual([ids.get('other')])
  expect(await found(String.raw`{"note":"a\\u0000b"}`)).toEqual([ids.get('an escaped backslash before the letters')])
  expect(await found('{"note":"😀"}')).toEqual([ids.get('a whole character of two halves')])
})

test('a page filtered by one id and starting after another job is empty or contains that job', async () => {
  const queue = await world.queue('pages')
  const [first, second] = await world.make({ queue, state: 'available' }, 2)
  const page = async (id: string, after: string) => (await world.engine.list({ id, queue }, { order: 'newest', after, limit: 10 })).jobs.map((job) => job.id)
  expect(await page(first!, second!)).toEqual([first])
  expect(await page(second!, first!)).toEqual([])
})
