import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createObanTables } from '../../demo-host/engines/oban-tables.ts'
import { type ObanWorker, type ObanWorkerOptions, startObanWorker } from '../../demo-host/engines/oban-worker.ts'
import { type ObanWorld, startOban } from '../support/oban.ts'

/** The stand-in for an Oban node behaves as one where operators can tell. */
let world: ObanWorld
beforeAll(async () => (world = await startOban(15)), 30_000)
afterAll(() => world.stop())
beforeEach(() => world.pool.query('truncate oban_jobs, oban_peers'))

async function working(options: Partial<ObanWorkerOptions>, during: (worker: ObanWorker) => Promise<void>): Promise<void> {
  const worker = await startObanWorker({
    sql: world.pool,
    url: world.url,
    node: 'test',
    queues: { default: 2 },
    pollMilliseconds: 50,
    perform: async () => ({}),
    ...options,
  })
  try {
    await during(worker)
  } finally {
    await worker.stop()
  }
}

const stateOf = async (id: string) => (await world.row(id)).state
const send = (text: string) => world.pool.query(`select pg_notify('public.oban_signal', $1)`, [text])

test('a failing job is retried later, and discarded when its attempts are used up', async () => {
  const once = await world.insert({ maxAttempts: 1 })
  const again = await world.insert({ maxAttempts: 2 })
  const perform = () => Promise.reject(new TypeError('not today'))
  await working({ perform, backoff: () => 3600 }, async () => {
    await expect.poll(() => stateOf(once)).toBe('discarded')
    await expect.poll(() => stateOf(again)).toBe('retryable')
  })
  expect(await world.row(again)).toMatchObject({ attempt: 1, due: false, errors: [{ attempt: 1, error: '** (TypeError) not today' }] })
})

test('a due job is staged and run by the leader', async () => {
  const id = await world.insert({ state: 'scheduled', scheduledIn: -1 })
  await working({ perform: async ({ args }) => ({ args }) }, async () => expect.poll(() => stateOf(id)).toBe('completed'))
  expect(await world.row(id)).toMatchObject({ attempted_by: ['test', expect.any(String)], meta: { output: { args: {} } } })
})

test('it obeys signals, including those compressed as Oban sends them', async () => {
  await working({}, async (worker) => {
    await send(gzipSync(JSON.stringify({ action: 'pause', queue: 'default', ident: 'any' })).toString('base64'))
    await expect.poll(() => worker.isPaused('default')).toBe(true)
    await send(JSON.stringify({ action: 'scale', queue: 'default', limit: 7, ident: 'any' }))
    await expect.poll(() => worker.limitOf('default')).toBe(7)
    await send(JSON.stringify({ action: 'resume', queue: '*', ident: 'any' }))
    await expect.poll(() => worker.isPaused('default')).toBe(false)
  })
})

test('a job cancelled while running is told to stop and is shown as cancelled', async () => {
  const id = await world.insert()
  let told = false
  const perform = (_job: unknown, stopped: AbortSignal) => new Promise<never>(() => stopped.addEventListener('abort', () => (told = true)))
  await working({ perform }, async () => {
    await expect.poll(() => stateOf(id)).toBe('executing')
    const jobs = await world.engine.read([id])
    await world.transact((tx) => world.engine.act('cancel', jobs, tx))
    await expect.poll(async () => (await world.engine.detail(id))!.attempts).toMatchObject([{ number: 1, outcome: 'cancelled' }])
  })
  expect(told).toBe(true)
  expect(await stateOf(id)).toBe('cancelled')
})

test('jobs left by an earlier process of the same node run again, and those of other nodes are left alone', async () => {
  const mine = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -5, attemptedBy: ['test', 'an earlier process'] })
  const theirs = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -5, attemptedBy: ['web.1', 'another'] })
  await working({}, async () => expect.poll(() => stateOf(mine)).toBe('completed'))
  expect(await world.row(mine)).toMatchObject({ attempt: 2 })
  expect(await stateOf(theirs)).toBe('executing')
})

test('tables that an application has migrated itself are left unchanged', async () => {
  const older = await startOban(12)
  try {
    const id = await older.insert()
    await createObanTables(older.pool)
    expect(await older.engine.check()).toMatchObject({ ok: true, version: '12' })
    expect(await older.row(id)).toMatchObject({ state: 'available' })
  } finally {
    await older.stop()
  }
})
