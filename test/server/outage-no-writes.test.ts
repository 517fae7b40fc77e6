import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OwnServer, startOwnServer } from '../support/postgres.ts'
import { nightlySync, startServer, type TestServer } from '../support/server.ts'
import { mountSmallDisk } from '../support/small-disk.ts'

const pause = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const resume = { ...pause, action: 'resume_cron_entry' }
const reads = ['/audit-events', '/cron-entries', '/overview', '/queues', '/jobs', '/bulk', '/session', '/forensics/cron_entry/nightly_sync']

let postgres: OwnServer
let server: TestServer

beforeAll(async () => {
  postgres = await startOwnServer()
})
afterAll(async () => {
  await postgres?.remove()
})

const start = (url: string) => startServer({ database_: { url, drop: async () => {} }, loops: true, cron: [nightlySync] })
const get = (path: string) => server.call('ops-demo', 'GET', path)
const operate = (body: object) => server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
const databaseCheck = async () => {
  const { status, body } = await server.call(null, 'GET', '/readyz')
  return { status, check: (body.checks as { name: string; ok: boolean; detail?: string }[]).find(({ name }) => name === 'database') }
}
const events = async () => (await get('/audit-events?subjectId=nightly_sync&outcome=succeeded')).body.items!.map(({ eventType }) => eventType)

async function expectReads(): Promise<void> {
  for (const path of reads) expect([path, (await get(path)).status]).toEqual([path, 200])
}

describe('a database that is read-only', () => {
  beforeAll(async () => {
    server = await start(postgres.url)
  })
  afterAll(async () => {
    await server?.stop()
  })

  test('refuses changes as unavailable, is not ready and says why, and is read as ever', { timeout: 60_000 }, async () => {
    expect((await operate(pause)).status).toBe(200)
    expect((await databaseCheck()).status).toBe(200)
    await postgres.set('default_transaction_read_only', 'on')
    await expect.poll(databaseCheck).toEqual({ status: 503, check: { name: 'database', ok: false, detail: expect.stringContaining('read-only') } })

    for (const answer of [await operate(resume), await server.call('ops-demo', 'POST', '/previews', resume)]) {
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
      expect(answer.body.detail).toContain('read-only')
    }
    await expectReads()
    // Connections that are opened now would stay read-only.
    await Promise.all(Array.from({ length: 15 }, () => operate(resume)))

    await postgres.set('default_transaction_read_only', 'off')
    await expect.poll(async () => (await databaseCheck()).status).toBe(200)
    await expect.poll(async () => (await operate(resume)).status).toBe(200)
    expect((await events()).slice(0, 2)).toEqual(['cron.resumed', 'cron.paused'])
  })
})

describe('a database on a disk that is full', () => {
  let disk: Awaited<ReturnType<typeof mountSmallDisk>>
  let client: Client

  beforeAll(async () => {
    disk = await mountSmallDisk(60)
    if (!disk) return
    const admin = new Client({ connectionString: Object.assign(new URL(postgres.url), { pathname: '/postgres' }).href })
    await admin.connect()
    await admin.query(`create tablespace small location '${disk.folder}'`)
    await admin.query('create database full_disk template ops_template tablespace small')
    await admin.end()
    const url = Object.assign(new URL(postgres.url), { pathname: '/full_disk' }).href
    client = new Client({ connectionString: url })
    await client.connect()
    server = await start(url)
  })
  afterAll(async () => {
    await client?.end()
    await server?.stop()
    await postgres?.stop('immediate')
    await disk?.remove()
  })

  test('refuses changes as unavailable, is not ready and says why, and is read as ever', { timeout: 60_000 }, async ({ skip }) => {
    if (!disk) return skip('this account may not mount a small disk')
    expect((await operate(pause)).status).toBe(200)
    await client.query('create table filler (data text)')
    await client.query('alter table filler alter data set storage plain')
    const fill = async (bytes: number) => {
      try {
        for (;;) await client.query(`insert into filler select repeat('x', ${bytes}) from generate_series(1, 200)`)
      } catch (error) {
        expect((error as { code: string }).code).toBe('53100')
      }
    }
    await fill(7_000)
    await fill(100)

    // What fits into pages that are there already is still taken.
    const run = async () => {
      const { status, body, headers } = await operate({ ...pause, action: 'run_cron_entry' })
      return [status, body.code, headers.get('retry-after')]
    }
    await expect.poll(run, { timeout: 30_000 }).toEqual([503, 'unavailable', '2'])
    await expect.poll(databaseCheck).toEqual({ status: 503, check: { name: 'database', ok: false, detail: expect.stringContaining('disk space') } })
    await expectReads()

    await client.query('drop table filler')
    await expect.poll(async () => (await operate(resume)).status).toBe(200)
    await expect.poll(async () => (await databaseCheck()).status).toBe(200)
  })
})
