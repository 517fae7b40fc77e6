import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getQueue as endpoint } from '../../schemas/index.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { auth, nightlySync } from '../support/server.ts'

let server: JobServer
let client: Client
let closed: string[] = []
beforeAll(async () => {
  server = await startJobServer({
    cron: [{ ...nightlySync, name: 'sales_report', queue: 'report' }, { ...nightlySync, name: 'vat_report', queue: 'report' }],
    auth: {
      ...auth,
      authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') || closed.includes(action) || closed.includes(resource.id ?? '') ? false : auth.authorize(person, action, resource)),
    },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query('truncate ops.queue_figure, ops.queue_minute, ops.queue_pause, ops.snapshot, ops.finding, ops.engine_minute, ops.usual_duration, oban_jobs')
})

const get = async (name: string, query = '') => {
  const { status, body, text } = await server.call('ops-demo', 'GET', `/queues/${encodeURIComponent(name)}?${query}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return endpoint.output.parse(body)
}

/** Ten minutes in which the queue held these jobs at the end of each, and the oldest could have started so many minutes ago. */
async function measured(queue: string, depths: number[], oldest: number, started = 0): Promise<void> {
  await client.query(
    `insert into ops.snapshot select now() - n * interval '3 seconds', 3, 0, 0, 0, null, 'exact' from generate_series(0, 300) n`,
  )
  await client.query(
    `insert into ops.engine_minute (minute, seconds, started, finished, failed, discarded, waiting, due, executing)
     select date_trunc('minute', now()) - (n || ' minutes')::interval, 60, 0, 0, 0, 0, 0, 0, 0 from generate_series(1, $1::int) n`,
    [depths.length],
  )
  await client.query(
    `insert into ops.queue_figure (queue, as_of, depth, paused, due, due_how, oldest_due_at, started, moved_at)
     values ($1, now(), $2, false, $3, 'exact', now() - make_interval(mins => $4), $5, now() - interval '3 hours')`,
    [queue, JSON.stringify([{ state: 'available', count: depths.at(-1), how: 'exact' }]), depths.at(-1), oldest, started],
  )
  for (const [index, due] of depths.entries()) {
    await client.query(
      `insert into ops.queue_minute (queue, minute, started, finished, failed, discarded, waiting, due, executing) values ($1, date_trunc('minute', now()) - make_interval(mins => $2), $3, $3, 0, 0, $4, $4, 0)`,
      [queue, depths.length - index, started, due],
    )
  }
}

describe('one queue', () => {
  test('describes its condition, what was ruled out, and shows its last hour', async () => {
    await measured('report', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 181)
    const queue = await get('report')
    expect(queue).toMatchObject({ status: 'blocked', diagnosis: 'stuck', headline: 'Nothing started for 3 h: 15 jobs wait.', ruledOut: ['a pause', 'failures here'], drainMinutes: null, chart: { stepSeconds: 60 } })
    expect(queue.chart.steps.map(({ due }) => due)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
    expect((await get('report', 'range=24h')).chart.stepSeconds).toBe(900)
    expect((await server.call('ops-demo', 'GET', '/queues/report?range=2h')).status).toBe(400)
  })

  test('tells when a backlog will be gone while it shrinks', async () => {
    await measured('report', [110, 100, 90, 80, 70, 60], 2, 12)
    const queue = await get('report')
    expect(queue).toMatchObject({ status: 'runnable', headline: 'Moving: 60 jobs wait, the oldest for 2 min.', ruledOut: [] })
    expect(queue.drainMinutes).toBeCloseTo(6)
  })

  test('lists its oldest jobs with what made them, and adds up what feeds it', async () => {
    await measured('report', [3, 3, 3, 3, 3], 1)
    const ids: string[] = []
    for (const scheduledIn of [-300, -100, -200]) ids.push(await server.oban.insert({ queue: 'report', scheduledIn }))
    await client.query(
      `insert into ops.cron_slot (entry_id, slot_at, kind, state, decided_at, job_id, job_queue, claimed_at)
       select id, now(), 'scheduled', 'claimed', now(), $1, 'report', now() from ops.cron_entry where name = 'sales_report'`,
      [ids[2]],
    )
    const queue = await get('report')
    expect(queue.oldest!.map(({ id, cronEntry }) => [id, cronEntry])).toEqual([[ids[0], undefined], [ids[2], 'sales_report'], [ids[1], undefined]])
    expect(queue.fedBy).toMatchObject({ entries: [{ name: 'sales_report', waiting: 1 }, { name: 'vat_report', waiting: 0 }], looked: { jobs: 3, all: true } })
    closed = ['sales_report', ids[0]!]
    const less = await get('report')
    expect(less.oldest!.map(({ id, cronEntry }) => [id, cronEntry])).toEqual([[ids[2], undefined], [ids[1], undefined]])
    expect(less.fedBy).toMatchObject({ entries: [{ name: 'vat_report' }], looked: { jobs: 2 } })
    expect(JSON.stringify(less)).not.toContain('sales_report')
    closed = ['view_jobs', 'view_cron']
    expect(await get('report')).toMatchObject({ oldest: [], running: null, fedBy: { entries: [] } })
  })

  test('lists the jobs that run longest with what is usual for them', async () => {
    await measured('report', [0, 0, 0, 0, 0], 0)
    const job = { id: '7', queue: 'report', worker: 'Sales', attempt: 1, startedAt: '2026-11-21T08:00:00.000Z', executor: 'worker-7' }
    await client.query(`insert into ops.finding values ('long_running_jobs', now(), $1)`, [JSON.stringify({ found: [{ ...job, id: '8', queue: 'other' }, job], tookMs: 1 })])
    await client.query(`insert into ops.usual_duration values ('report', 'Sales', now(), '{"0": 50}')`)
    expect((await get('report')).running).toMatchObject({ jobs: [{ id: '7', worker: 'Sales', startedAt: job.startedAt, executor: 'worker-7', usualSeconds: 1 }] })
  })

  test('that is unknown or hidden is not found, in the same words', async () => {
    await measured('secret', [1], 1)
    closed = ['secret']
    const [hidden, unknown] = [await server.call('ops-demo', 'GET', '/queues/secret'), await server.call('ops-demo', 'GET', '/queues/nowhere')]
    expect([hidden.status, unknown.status]).toEqual([404, 404])
    expect(String(hidden.body.detail).replace('secret', 'nowhere')).toBe(unknown.body.detail)
  })
})
