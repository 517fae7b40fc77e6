import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ExecutorDetail, ExecutorList } from '../../schemas/index.ts'
import { Ledger } from '../../server/workers/ledger.ts'
import { attend, type NeutralAttendance } from '../../server/workers/index.ts'
import { type OwnServer, startOwnServer } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

let postgres: OwnServer
let server: TestServer
let attendance: NeutralAttendance
let logged: string[]
const unhandled: unknown[] = []
const note = (error: unknown) => void unhandled.push(error)

beforeAll(async () => {
  process.on('unhandledRejection', note)
  postgres = await startOwnServer()
  server = await startServer({ database_: { url: postgres.url, drop: async () => {} } })
})
afterEach(async () => {
  postgres.thaw()
  await attendance.stop()
  expect(unhandled).toEqual([])
})
afterAll(async () => {
  postgres?.thaw()
  process.off('unhandledRejection', note)
  await server?.stop()
  await postgres?.remove()
})

function start(): void {
  logged = []
  const log = (message: string) => void logged.push(message)
  attendance = attend({ engine: 'loop', queues: { mail: 8 }, database: { url: postgres.url }, name: 'loop', log: { info: log, warn: log } })
}
const list = async () => (await server.call('ops-demo', 'GET', '/executors')).body as unknown as ExecutorList
const detail = async () => (await server.call('ops-demo', 'GET', `/executors/${attendance.id}`)).body as unknown as ExecutorDetail
const sql = async (text: string, values: unknown[] = []) => {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  return client.query(text, values).finally(() => client.end())
}

/** 2,000 jobs, every fourth of which fails; how long they took. */
async function work(): Promise<number> {
  const began = performance.now()
  for (let n = 0; n < 2_000; n++) {
    const fails = n % 4 === 0
    const ended = attendance.run({ id: `job-${n}`, queue: 'mail' }, () => {
      if (fails) throw new Error('no route')
      return n
    })
    if (fails) await expect(ended).rejects.toThrow('no route')
    else expect(await ended).toBe(n)
  }
  return performance.now() - began
}

const away: Record<string, { go(): Promise<() => Promise<void>> }> = {
  'says nothing': { go: async () => (postgres.freeze(), async () => postgres.thaw()) },
  'is locked': {
    async go() {
      const client = new Client({ connectionString: postgres.url })
      await client.connect()
      await client.query('begin; lock table ops.executor, ops.executor_run, ops.queue_wish in access exclusive mode')
      return () => client.end()
    },
  },
}

test.each(Object.keys(away))('while the database %s, jobs run as ever, and afterwards everything is reported, with the gap', { timeout: 120_000 }, async (how) => {
  start()
  await expect.poll(async () => (await list()).items.length).toBe(1)
  const usual = await work()
  await expect.poll(async () => (await sql('select count(*)::int as n from ops.executor_run where executor_id = $1', [attendance.id])).rows[0], { timeout: 20_000 }).toEqual({ n: 500 })
  await sql('update ops.executor set beat_at = beat_at - make_interval(secs => 60) where id = $1', [attendance.id])
  const back = await away[how]!.go()
  await wait(3_000)
  const then = await work()
  await wait(12_000)
  await back()
  await expect.poll(async () => (await detail().catch(() => undefined))?.gaps, { timeout: 40_000 }).toMatchObject([{ cause: 'database' }])
  await expect.poll(async () => (await sql('select count(*)::int as n from ops.executor_run where executor_id = $1', [attendance.id])).rows[0], { timeout: 20_000 }).toEqual({ n: 1_000 })
  expect(logged[0]).toContain('cannot reach its database')
  expect(logged.at(-1)).toContain('reports again')
  // Not a measurement: only that no job waited for the database.
  expect(then).toBeLessThan(usual * 10 + 2_000)
})

test('what is kept while the database is away does not grow with time', () => {
  const ledger = new Ledger(0)
  for (let n = 0; n < 100_000; n++) ledger.end(ledger.begin({ id: `job-${n}`, queue: 'mail' }, n), n % 2 === 0, n)
  const { runs } = ledger.takeRuns(100_000)
  const { held, unrecorded, tallies } = ledger.report(100_000)
  expect([runs.length, unrecorded, held.length, tallies.get('mail')]).toEqual([500, 49_500, 0, { done: 50_000, failed: 50_000 }])
})

test('a process that starts while the database is away works at once, and reports later', { timeout: 60_000 }, async () => {
  postgres.freeze()
  start()
  expect(attendance.mayTake('mail')).toBe(true)
  expect(await attendance.run({ id: '1', queue: 'mail' }, () => 'sent')).toBe('sent')
  await wait(4_000)
  postgres.thaw()
  await expect.poll(async () => (await list()).items.some(({ id }) => id === attendance.id), { timeout: 30_000 }).toBe(true)
})
