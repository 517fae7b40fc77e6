import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

/** What hosts set for every connection of the process: JSON as text, bigint as BigInt, times as text or as numbers. */
const parsers: [oid: number, parse: (text: string) => unknown][] = [
  [114, (text) => text],
  [3802, (text) => text],
  [20, BigInt],
  [1184, (text) => text],
  [1114, (text) => Date.parse(text)],
  [1700, Number],
]
const before = parsers.map(([oid]) => [oid, pg.types.getTypeParser(oid)] as const)

describe('a host that parses JSON, bigint and times in its own way', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ loops: true })
    await server.boss.send('nightly_sync', { order: 1077, nested: { token: 'x' } })
    for (const [oid, parse] of parsers) pg.types.setTypeParser(oid, parse as never)
  })
  afterAll(async () => {
    for (const [oid, parse] of before) pg.types.setTypeParser(oid, parse)
    await server.stop()
  })

  test('still gets jobs with their arguments and times from its engine', async () => {
    const { status, body } = await server.call('ops-demo', 'GET', '/jobs?queue=nightly_sync')
    expect([status, body.items]).toMatchObject([200, [{ queue: 'nightly_sync' }]])
    const [job] = body.items as { id: string; createdAt?: string; insertedAt?: string }[]
    const detail = await server.call('ops-demo', 'GET', `/jobs/${encodeURIComponent(job!.id)}`)
    expect([detail.status, detail.text]).toEqual([200, expect.stringContaining('"order":1077')])
    expect(detail.text).not.toMatch(/Invalid Date|\[object|"token":"x"/)
  })

  test('still changes and measures what is in it', async () => {
    const { body } = await server.call('ops-demo', 'GET', '/jobs?queue=nightly_sync')
    const [job] = body.items as { id: string }[]
    const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'cancel_job', subject: { type: 'job', id: job!.id } })
    expect(preview.status, preview.text).toBe(201)
    const executed = await server.call('ops-demo', 'POST', `/previews/${String(preview.body.id)}/execute`, { token: preview.body.token, reason: 'tried with parsers' })
    expect(executed.status, executed.text).toBe(200)
    for (const path of ['/overview', '/queues', '/queues/nightly_sync', '/cron-entries', '/audit-events', '/errors', '/incidents', '/executors']) {
      const answer = await server.call('ops-demo', 'GET', path)
      expect([path, answer.status]).toEqual([path, 200])
    }
    await expect.poll(async () => (await server.call('ops-demo', 'GET', '/queues')).text).toContain('"nightly_sync"')
    expect(server.logged.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})
