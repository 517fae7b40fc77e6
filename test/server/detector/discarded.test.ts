import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { discardedJobs } from '../../../server/errors/discarded.ts'
import { groupsOfJob } from '../../../server/errors/jobs-of-group.ts'
import { readDiscarded } from '../../../server/incidents/sight/discarded.ts'
import { systemScope } from '../../../server/operations/scope.ts'
import { type FailureReader, openFailureReader } from '../../support/errors.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let reader: FailureReader
let client: Client
beforeAll(async () => {
  server = await startServer({ queues: ['mail'] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  reader = await openFailureReader(server.database.url, pgBoss(server.boss))
})
afterAll(async () => {
  await reader?.close()
  await client?.end()
  await server?.stop()
})
beforeEach(() => client.query('truncate ops.error_group, ops.finding'))

const stackAt = (where: string) => `Error: failed\n    at ${where} (/srv/app/billing.js:12:7)`
interface Failed {
  error?: string
  errorName?: string
  errorStack?: string
}
const groupsOf = (failed: Failed) => groupsOfJob({ log: { info() {}, warn() {}, error() {} } }, { queue: 'mail', ...failed })
const group = (fingerprint: string, grouping: string) =>
  client.query(
    `insert into ops.error_group (fingerprint, grouping, queue, worker, error_class, title, sample, first_seen_at, last_seen_at, preexisting, created_at)
     values ($1, $2, 'mail', 'mail', 'Error', '', '', now(), now(), false, now())`,
    [fingerprint, grouping],
  )
const found = (all: (Failed & { groups?: object })[]) => {
  const jobs = all.map(({ error, groups }, n) => ({ id: String(n), queue: 'mail', attempt: 1, at: '2026-11-21T12:00:00Z', error, groups }))
  return client.query(`insert into ops.finding (key, as_of, data) values ($1, now(), $2)`, [discardedJobs.key, { tookMs: 1, found: [{ queue: 'mail', count: jobs.length, how: 'exact', jobs }] }])
}
const read = () => readDiscarded({ ...systemScope(reader.kit, reader.kit.db.em()), now: new Date() })

const timeout: Failed = { error: 'timeout after 30 s', errorName: 'Error' }
const invoice: Failed = { error: 'failed', errorName: 'Error', errorStack: stackAt('sendInvoice') }
const report: Failed = { ...invoice, errorStack: stackAt('renderReport') }

describe('the group of a job that failed for good', () => {
  test.each<[title: string, known: [fingerprint: string, grouping: string][], job: Failed, expected: string]>([
    ['is that of its error', [[groupsOf(timeout).fingerprint, 'default']], timeout, groupsOf(timeout).fingerprint],
    ['follows from its error before that was read', [], timeout, groupsOf(timeout).fingerprint],
    ['is told by the stack where the message says nothing', [[groupsOf(invoice).fingerprint, 'default']], report, groupsOf(report).fingerprint],
    ['is that of all errors of its class, if its worker has too many others', [[groupsOf(timeout).ofWorker, 'worker']], timeout, groupsOf(timeout).ofWorker],
    ['is its own, if it was one before there were too many', [[groupsOf(timeout).ofWorker, 'worker'], [groupsOf(timeout).fingerprint, 'default']], timeout, groupsOf(timeout).fingerprint],
  ])('%s', async (_title, known, job, expected) => {
    for (const [fingerprint, grouping] of known) await group(fingerprint, grouping)
    await found([{ ...job, groups: groupsOf(job) }])
    expect((await read())?.value).toMatchObject([{ queue: 'mail', fingerprint: expected, count: 1 }])
  })

  test('is not the same for two errors that have only their message in common', async () => {
    await found([invoice, report, invoice].map((job) => ({ ...job, groups: groupsOf(job) })))
    expect((await read())?.value.map(({ fingerprint, ids }) => [fingerprint, ids])).toEqual([[groupsOf(invoice).fingerprint, ['0', '2']], [groupsOf(report).fingerprint, ['1']]])
  })

  test('is unknown as long as a process of an older version reads them', async () => {
    await found([{ ...timeout, groups: groupsOf(timeout) }, timeout])
    expect(await read()).toBeNull()
  })
})
