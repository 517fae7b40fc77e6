import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from '../../schemas/client.ts'
import { checkReplica } from '../../server/cli/doctor/replica.ts'
import { openKit } from '../../server/open.ts'
import { idleEngine } from '../support/idle-engine.ts'
import { operate } from '../support/operate.ts'
import { type Pair, startPair } from '../support/replica.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'
import { within } from '../support/within.ts'

const subject = { type: 'cron_entry', id: 'nightly_sync' }
const maxReadLagSeconds = 4

let pair: Pair
/** Two processes, as far as a test can tell. */
let server: TestServer
let other: TestServer

beforeAll(async () => {
  pair = await startPair()
  const open = () =>
    startServer({ database_: { url: pair.url, drop: async () => {} }, database: { url: pair.url, readUrl: pair.readUrl, maxReadLagSeconds } })
  server = await open()
  other = await open()
})
afterAll(async () => {
  await server.stop()
  await other.stop()
  await pair.remove()
})

const { once } = operate(() => server, 'tried with a replica')
const list = (path = '/audit-events?limit=5', headers: Record<string, string> = {}, of = server) => of.call('ops-demo', 'GET', path, undefined, headers)
const readFrom = ({ headers }: { headers: Headers }) => headers.get('ops-read-from')
const isPaused = (entry: object) => 'pause' in entry
const state = async (headers = {}, of = server) => {
  const answer = await list('/cron-entries', headers, of)
  return { paused: isPaused(answer.body.items![0]!), from: readFrom(answer), asOf: Date.parse(String(answer.body.asOf)) }
}
const change = async () => {
  const paused = !isPaused((await server.call('ops-demo', 'GET', '/cron-entries/nightly_sync')).body)
  const answer = await once('ops-demo', { action: paused ? 'pause_cron_entry' : 'resume_cron_entry', subject })
  expect(answer.status).toBe(200)
  return { after: answer.headers.get('ops-after')!, paused }
}

/** The replica is in use again, for both. */
beforeEach(async () => {
  for (const of of [server, other]) await expect.poll(async () => readFrom(await list(undefined, {}, of)), { timeout: 20_000 }).toBe('replica')
})

describe('lists from a streaming replica', () => {
  test('an own change is in the next list, whichever process answers, although replay is a moment behind', async () => {
    for (let round = 0; round < 10; round++) {
      const { after, paused } = await change()
      expect((await state({ 'ops-after': after }, round % 2 ? other : server)).paused).toBe(paused)
    }
  })

  test('while replay is paused, asOf stays where it is, an own change comes from the primary, and a replica too far behind is not read', async () => {
    const before = await state()
    await pair.pauseReplay()
    try {
      await sleep(1_500)
      const { after, paused } = await change()
      const old = await state()
      expect(old).toMatchObject({ from: 'replica', paused: before.paused })
      expect(Date.now() - old.asOf).toBeGreaterThan(1_000)
      for (const of of [server, other]) expect(await state({ 'ops-after': after }, of)).toMatchObject({ from: 'primary; lacks your change', paused })
      const export_ = await list('/audit-events/export?format=ndjson')
      expect(export_.text).toContain(`"action":"${paused ? 'pause' : 'resume'}_cron_entry"`)
      await expect.poll(async () => (await state()).from, { timeout: 15_000 }).toBe('primary; behind')
      expect(await state()).toMatchObject({ paused })
      expect(server.logged.join()).toContain('the replica at database.readUrl is behind; reading from the primary')
    } finally {
      await pair.resumeReplay()
    }
  })

  test('a client sees what it has changed and what it was told of', async () => {
    const token = { authorization: 'Bearer ops-demo' }
    const mine = createClient({ api: server.api, headers: token })
    const theirs = createClient({ api: other.api, headers: token })
    const stop = new AbortController()
    const hints = theirs.live({ signal: stop.signal })[Symbol.asyncIterator]()
    let heard = false
    const hint = hints.next().then(() => (heard = true))
    await pair.pauseReplay()
    const changeMine = async () => {
      const wanted = !isPaused(await mine.getCronEntry({ params: { name: 'nightly_sync' } }))
      await mine.runOperation({ body: { action: wanted ? 'pause_cron_entry' : 'resume_cron_entry', subject, reason: 'tried with a replica' } as never })
      expect(isPaused((await mine.listCronEntries()).items[0]!)).toBe(wanted)
      return wanted
    }
    try {
      let wanted = await changeMine()
      // The stream may open after a change, and then hears of the next.
      while (!(await Promise.race([hint, sleep(500, heard)]))) wanted = await changeMine()
      expect(isPaused((await theirs.listCronEntries()).items[0]!)).toBe(wanted)
    } finally {
      stop.abort()
      await pair.resumeReplay()
    }
  })

  test('what cannot be read as an own change is answered by the primary', async () => {
    expect((await state({ 'ops-after': 'nonsense' })).from).toBe('primary; lacks your change')
    expect((await state({ 'ops-after': '9'.repeat(400) })).from).toBe('primary; lacks your change')
  })

  test('the answer to a change does not reveal how much is written', async () => {
    const { after } = await change()
    expect(Buffer.from(after.slice(after.indexOf('.') + 1), 'base64url').toString('latin1')).not.toMatch(/[0-9A-F]{16}/)
  })

  test('doctor says how far the replica is behind', async () => {
    const kit = await openKit({ database: { url: pair.url, readUrl: pair.readUrl }, auth, displayPolicy, engine: idleEngine, log: { info() {}, warn() {}, error() {} } })
    try {
      expect(await checkReplica(kit)).toMatchObject([{ status: 'ok', message: expect.stringMatching(/up to \d\.\d s ago/) as string }])
      await pair.pauseReplay()
      await change()
      const second = await openKit({ database: { url: pair.url, readUrl: pair.readUrl }, auth, displayPolicy, engine: idleEngine, log: { info() {}, warn() {}, error() {} } })
      expect(await checkReplica(second)).toMatchObject([{ status: 'warning', message: expect.stringMatching(/[1-9][\d,]* bytes of changes behind/) as string }])
      await second.db.close()
      const wrong = await openKit({ database: { url: pair.url, readUrl: pair.url }, auth, displayPolicy, engine: idleEngine, log: { info() {}, warn() {}, error() {} } })
      expect(await checkReplica(wrong)).toMatchObject([{ status: 'error', message: expect.stringContaining('does not lead to a standby') as string }])
      await wrong.db.close()
    } finally {
      await pair.resumeReplay()
      await kit.db.close()
    }
  })

  test('a replica that stops where it is makes no request hang, and neither does one that is gone', async () => {
    const answersAll = async () => {
      const answers = await within('lists while the replica is away', Promise.all(Array.from({ length: 8 }, () => list())), 15_000)
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    }
    pair.freeze()
    try {
      await answersAll()
      await answersAll()
      expect(readFrom(await list())).toBe('primary; away')
    } finally {
      pair.thaw()
    }
    await expect.poll(async () => readFrom(await list()), { timeout: 20_000 }).toBe('replica')
    await pair.stopReplica()
    await answersAll()
    expect(readFrom(await list())).toBe('primary; away')
    await pair.startReplica()
  })
})
