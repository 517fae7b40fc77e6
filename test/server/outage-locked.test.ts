import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertJobs } from '../support/failed-jobs.ts'
import { nightlySync, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let job: string

beforeAll(async () => {
  server = await startServer({ loops: true, queues: ['nightly_sync', 'mail'], cron: [nightlySync, { ...nightlySync, name: 'hourly', expression: '0 * * * *' }] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  job = (await insertJobs(client, 1, { queue: 'mail' }))[0]!
})
afterAll(async () => {
  await client?.query('rollback')
  await client?.end()
  await server?.stop()
})

interface Answered {
  what: string
  status: number
  code: unknown
  ms: number
}

async function timed(what: string, method: string, path: string, body?: unknown): Promise<Answered> {
  const began = performance.now()
  const { status, body: answer } = await server.call('ops-demo', method, path, body, method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {})
  return { what, status, code: answer.code, ms: performance.now() - began }
}

const cronEntry = { type: 'cron_entry', id: 'nightly_sync' }
const requests: Record<string, () => Promise<Answered>> = {
  audit: () => timed('audit', 'GET', '/audit-events'),
  cron: () => timed('cron', 'GET', '/cron-entries'),
  queues: () => timed('queues', 'GET', '/queues'),
  overview: () => timed('overview', 'GET', '/overview'),
  jobs: () => timed('jobs', 'GET', '/jobs'),
  bulk: () => timed('bulk', 'GET', '/bulk'),
  views: () => timed('views', 'GET', '/job-views'),
  session: () => timed('session', 'GET', '/session'),
  preview: () => timed('preview', 'POST', '/previews', { action: 'pause_cron_entry', subject: cronEntry }),
  run: () => timed('run', 'POST', '/operations', { action: 'run_cron_entry', subject: cronEntry }),
  retry: () => timed('retry', 'POST', '/operations', { action: 'retry_job', subject: { type: 'job', id: job }, reason: 'the mail server is back' }),
}

/**
 * Who is refused without the table, and who does not need it. Lists of jobs and of events leave out queues that the viewer may not
 * see, so they need to know which queues there are.
 */
const cases: { table: string; refused: string[]; well: string[] }[] = [
  { table: 'ops.preview', refused: ['preview'], well: ['audit', 'cron', 'queues', 'overview', 'jobs', 'bulk', 'views', 'session', 'run', 'retry'] },
  { table: 'ops.audit_event', refused: ['audit', 'run', 'retry'], well: ['cron', 'jobs', 'bulk', 'views', 'session', 'preview'] },
  { table: 'ops.idempotency_key', refused: ['run', 'retry'], well: ['audit', 'cron', 'queues', 'overview', 'jobs', 'bulk', 'views', 'session', 'preview'] },
  { table: 'ops.cron_entry', refused: ['cron', 'preview', 'run'], well: ['bulk', 'views', 'session'] },
  { table: 'ops.queue_figure', refused: ['queues'], well: ['cron', 'bulk', 'views', 'session', 'preview', 'run', 'retry'] },
  { table: 'ops.bulk_run', refused: ['bulk'], well: ['audit', 'cron', 'queues', 'overview', 'jobs', 'views', 'session', 'preview', 'run'] },
  { table: 'ops.job_view', refused: ['views'], well: ['audit', 'cron', 'queues', 'overview', 'jobs', 'bulk', 'session', 'preview', 'run', 'retry'] },
  { table: 'pgboss.job', refused: ['jobs', 'run', 'retry'], well: ['audit', 'cron', 'bulk', 'views', 'session', 'preview'] },
]

describe('a table that another session has locked', () => {
  test.each(cases)('$table keeps nobody waiting longer than five seconds, and nobody waiting who does not need it', { timeout: 60_000 }, async ({ table, refused, well }) => {
    await client.query(`begin; lock table ${table} in access exclusive mode`)
    try {
      for (let round = 0; round < 2; round++) {
        const answers = await Promise.all(Object.values(requests).map((request) => request()))
        for (const { what, status, code, ms } of answers) {
          expect([what, Math.round(ms)]).toEqual([what, expect.toSatisfy((took: number) => took < 5_000)])
          if (refused.includes(what)) expect([what, status, code]).toEqual([what, expect.toBeOneOf([409, 503]), expect.toBeOneOf(['mutation_conflict', 'unavailable'])])
          else if (well.includes(what)) expect([what, status, Math.round(ms)]).toEqual([what, expect.toBeOneOf([200, 201]), expect.toSatisfy((took: number) => took < 1_500)])
          else expect([what, status]).toEqual([what, expect.toBeOneOf([200, 201, 409, 503])])
        }
      }
    } finally {
      await client.query('rollback')
    }
    // The job is retried once only; whether this one is refused then depends on its state.
    await expect.poll(async () => {
      const answers = await Promise.all(Object.entries(requests).flatMap(([what, request]) => (what === 'retry' ? [] : [request()])))
      return answers.filter(({ status }) => status > 201)
    }, { timeout: 15_000 }).toEqual([])
  })
})

test('more requests for a locked table than there are connections hold up the others only until the first lock has timed out', { timeout: 60_000 }, async () => {
  await client.query('begin; lock table ops.preview in access exclusive mode')
  try {
    const locked = Array.from({ length: 40 }, () => requests.preview!())
    const others = await Promise.all(['cron', 'queues', 'session'].map((what) => requests[what]!()))
    for (const { what, status, ms } of others) expect([what, status, Math.round(ms)]).toEqual([what, 200, expect.toSatisfy((took: number) => took < 4_000)])
    for (const { status, ms } of await Promise.all(locked)) expect([status, Math.round(ms)]).toEqual([503, expect.toSatisfy((took: number) => took < 5_000)])
  } finally {
    await client.query('rollback')
  }
  expect((await requests.preview!()).status).toBe(201)
})
