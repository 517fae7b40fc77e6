import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JobServer, startJobServer } from '../support/jobs.ts'

/** Statements as Oban's stager and pruner run them: what they chose they change by its id alone. */
const now = `timezone('utc', clock_timestamp())`
const stage = `update oban_jobs j set state = 'available' from (
    select id, state from oban_jobs where state in ('scheduled', 'retryable') and queue is not null and scheduled_at <= ${now} limit 5000
  ) x where j.id = x.id returning j.id, j.queue, x.state`
const prune = `delete from oban_jobs j using (
    select id, queue, state from oban_jobs
    where state in ('completed', 'cancelled', 'discarded') and queue is not null and scheduled_at < ${now} - interval '60 seconds' limit 10000
  ) x where j.id = x.id returning x.id, x.queue, x.state`
const acknowledge = `update oban_jobs set state = 'completed', completed_at = ${now} where id = any($1::bigint[])`

let server: JobServer
let oban: Pool
/** Called while the change is made and not yet committed. */
let meanwhile: ((ids: string[]) => Promise<void>) | undefined
beforeAll(async () => {
  server = await startJobServer({
    loops: true,
    cron: [],
    wrap: (engine) => ({
      ...engine,
      lacks: {},
      async act(action, jobs, tx) {
        const outcomes = await engine.act(action, jobs, tx)
        const during = meanwhile
        meanwhile = undefined
        await during?.(jobs.map(({ id }) => id))
        return outcomes
      },
    }),
  })
  oban = new Pool({ connectionString: server.oban.url, max: 4, application_name: 'oban itself' })
  oban.on('error', () => {})
})
afterAll(async () => {
  await oban?.end()
  await server?.stop()
})

/** Begins it, and waits until it waits for our lock. */
async function begin(statement: string): Promise<{ ended: Promise<unknown> }> {
  const ended = oban.query(statement)
  ended.catch(() => {})
  await expect
    .poll(async () => {
      const { rows } = await server.oban.pool.query(`select count(*)::int as n from pg_stat_activity where application_name = 'oban itself' and wait_event_type = 'Lock'`)
      return (rows[0] as { n: number }).n
    })
    .toBeGreaterThan(0)
  return { ended }
}

const operate = (body: object) => server.call('ops-demo', 'POST', '/operations', { reason: 'held against Oban itself', ...body }, { 'idempotency-key': crypto.randomUUID() })
const eventsOf = async (id: string) => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=job&subjectId=${id}`)).body.items!
const settled = () =>
  expect.poll(async () => (await server.oban.pool.query('select 1 from ops.second_look')).rowCount, { timeout: 25_000 }).toBe(0)
const stateOf = async (id: string) => (await server.oban.row(id))?.state

test('a job that the stager makes available again is cancelled again, with an event that refers to the first', async () => {
  const id = await server.oban.insert({ state: 'retryable', scheduledIn: -1, attempt: 1 })
  meanwhile = async () => void (await begin(stage))
  const { status, body } = await operate({ action: 'cancel_job', subject: { type: 'job', id } })
  expect(status).toBe(200)
  await expect.poll(async () => (await eventsOf(id)).length).toBe(2)
  const [second, first] = await eventsOf(id)
  expect(first).toMatchObject({ id: (body.event as { id: string }).id, outcome: 'succeeded' })
  expect(second).toMatchObject({ outcome: 'succeeded', eventType: 'job.cancelled', actor: { type: 'system' }, metadata: { corrects: first!.id } })
  await settled()
  expect(await stateOf(id)).toBe('cancelled')
})

test('a job that ended before it could be cancelled again gets a corrected outcome', async () => {
  const id = await server.oban.insert({ state: 'retryable', scheduledIn: -1, attempt: 1 })
  meanwhile = async () => void (await begin(stage)).ended.then(() => oban.query(acknowledge, [[id]]))
  await operate({ action: 'cancel_job', subject: { type: 'job', id } })
  await expect.poll(async () => (await eventsOf(id))[0]).toMatchObject({ outcome: 'failed', code: 'mutation_conflict' })
  await settled()
  expect(await stateOf(id)).toBe('completed')
})

test('a job that was deliberately retried meanwhile is left alone', async () => {
  const id = await server.oban.insert({ state: 'retryable', scheduledIn: 600, attempt: 1 })
  await operate({ action: 'cancel_job', subject: { type: 'job', id } })
  await server.oban.pool.query(`update oban_jobs set state = 'available', cancelled_at = null, scheduled_at = ${now} where id = $1`, [id])
  await settled()
  expect([await stateOf(id), (await eventsOf(id)).length]).toEqual(['available', 1])
})

test('jobs of a selection that the pruner removes are corrected to missing, in the run and in an event', async () => {
  const ids = await server.oban.insertMany({ queue: 'pruned', state: 'discarded', scheduledIn: -120, discardedIn: -120, attempt: 20 }, 30)
  meanwhile = async () => void (await begin(prune))
  const { body } = await operate({ action: 'retry_job', selection: { filter: { queue: 'pruned' } } })
  const bulkId = (body.event as { bulkId: string }).bulkId
  await expect.poll(async () => (await server.call('ops-demo', 'GET', `/bulk/${bulkId}`)).body.outcomes).toEqual({ missing: 30 })
  const items = (await server.call('ops-demo', 'GET', `/bulk/${bulkId}/items?limit=200`)).body.items!
  expect(items.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'missing'))
  const events = (await server.call('ops-demo', 'GET', `/audit-events?subjectType=bulk&subjectId=${bulkId}`)).body.items!
  expect(events[0]).toMatchObject({ outcome: 'failed', code: 'mutation_conflict', after: { outcomes: { missing: 30 } }, jobs: 30 })
  await settled()
})

/** Oban's own work, over and over, until it is told to stop. */
function keepDoing(statement: string): () => Promise<void> {
  let stopped = false
  const done = (async () => {
    while (!stopped) await oban.query(statement).catch(() => {})
  })()
  return async () => {
    stopped = true
    await done
  }
}

async function runToItsEnd(action: string, queue: string): Promise<{ done: Set<string>; all: string[]; bulkId: string }> {
  const { status, body } = await operate({ action, selection: { filter: { queue } } })
  expect([status, body.detail]).toEqual([202, undefined])
  const bulkId = (body.bulk as { id: string }).id
  await expect.poll(async () => (await server.call('ops-demo', 'GET', `/bulk/${bulkId}`)).body.status, { timeout: 60_000 }).toBe('finished')
  await settled()
  const done = new Set<string>()
  const all: string[] = []
  for (let cursor = ''; ; ) {
    const { items, nextCursor } = (await server.call('ops-demo', 'GET', `/bulk/${bulkId}/items?limit=200${cursor}`)).body
    for (const { id, outcome } of items!) {
      all.push(String(id))
      if (outcome === 'done') done.add(String(id))
    }
    if (nextCursor === undefined) return { done, all, bulkId }
    cursor = `&cursor=${encodeURIComponent(String(nextCursor))}`
  }
}

test('thousands of jobs cancelled while they fall due: every job reported as done is cancelled', async () => {
  await server.oban.pool.query(
    `insert into oban_jobs (queue, worker, state, attempt, scheduled_at)
     select 'falling', 'Shop.Mailer', 'retryable', 1, ${now} + n * interval '1 millisecond' from generate_series(1, 4000) n`,
  )
  const stop = keepDoing(stage)
  const { done, all } = await runToItsEnd('cancel_job', 'falling').finally(stop)
  const { rows } = await server.oban.pool.query<{ id: string }>(`select id::text as id from oban_jobs where queue = 'falling' and state = 'cancelled'`)
  expect(all.length).toBeGreaterThan(1_000)
  expect(rows.filter(({ id }) => !done.has(id))).toEqual([])
  expect(rows).toHaveLength(done.size)
}, 120_000)

test('thousands of jobs retried while the pruner deletes them: every job reported as done exists', async () => {
  await server.oban.pool.query(
    `insert into oban_jobs (queue, worker, state, attempt, scheduled_at, discarded_at)
     select 'ageing', 'Shop.Mailer', 'discarded', 20, ${now} - interval '59 seconds' + n * interval '1 millisecond', ${now} - interval '59 seconds' from generate_series(1, 4000) n`,
  )
  const stop = keepDoing(prune)
  const { done, all } = await runToItsEnd('retry_job', 'ageing').finally(stop)
  const { rows } = await server.oban.pool.query<{ id: string }>(`select id::text as id from oban_jobs where queue = 'ageing' and state = 'available'`)
  expect(all.length).toBeGreaterThan(1_000)
  expect(new Set(rows.map(({ id }) => id))).toEqual(done)
}, 120_000)
