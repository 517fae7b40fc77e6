import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, EngineJob, JobFilter } from '../../server/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

/**
 * An engine that no file of the product knows, written against the public types alone: jobs in a map, discarded and retried by
 * changing them. What it cannot do it says as data, and the rest follows.
 */
function memoryEngine(jobs: Map<string, EngineJob>): Engine {
  const cannot = 'The memory engine has nothing of the kind.'
  const found = ({ states, queue, id, worker }: JobFilter) =>
    [...jobs.values()].filter(
      (job) => (!states || states.includes(job.state)) && (!queue || job.queue === queue) && (!id || job.id === id) && (!worker || job.worker === worker),
    )
  const page = (all: EngineJob[], { after, limit }: { after?: string; limit: number }) => {
    const from = Number(after ?? 0)
    const next = from + limit < all.length ? { next: String(from + limit) } : {}
    return { jobs: all.slice(from, from + limit), ...next }
  }
  return {
    name: 'memory',
    transactional: false,
    capabilities: { enqueue: true, cancelExecuting: false, keepsFinishedJobs: true },
    lacks: { rescue_job: cannot, restore_job: cannot, pause_queue: cannot, resume_queue: cannot, scale_queue: cannot, filter_tag: cannot, filter_args: cannot, filter_error: cannot, executors: cannot },
    attemptHistory: 'none',
    check: async () => ({ ok: true, version: '1', detail: 'it is memory' }),
    async enqueue({ queue, worker, args }) {
      const id = String(jobs.size + 1)
      jobs.set(id, { id, queue, worker, args, state: 'available', engineState: 'waits', version: '0', attempt: 0, createdAt: new Date() })
      return { id, queue }
    },
    find: async (refs) => refs.flatMap(({ id }) => jobs.get(id) ?? []),
    async cancel(refs) {
      for (const { id } of refs) jobs.set(id, { ...jobs.get(id)!, state: 'cancelled' })
    },
    list: async (filter, { order, ...asked }) => page(order === 'newest' ? found(filter).toReversed() : found(filter), asked),
    select: async (filter, asked) => page(found(filter), asked),
    count: async (filter) => ({ count: found(filter).length, how: 'exact' }),
    hints: async () => [],
    read: async (ids) => ids.flatMap((id) => jobs.get(id) ?? []),
    async detail(id) {
      const job = jobs.get(id)
      return job ? { ...job, attempts: [], dependencies: [], waiting: [] } : null
    },
    async act(action, seen) {
      return seen.map(({ id, queue, version }) => {
        const job = jobs.get(id)
        if (!job) return { id, queue, outcome: 'missing' }
        if (job.version !== version) return { id, queue, outcome: 'changed', state: job.state }
        const state = action === 'retry' ? 'available' : action === 'cancel' ? 'cancelled' : 'discarded'
        jobs.set(id, { ...job, state, engineState: state, version: String(Number(version) + 1) })
        return { id, queue, outcome: 'done', state }
      })
    },
    readQueue: async (name) => ([...jobs.values()].some(({ queue }) => queue === name) ? { name, paused: null, limit: null } : null),
    measure: async () => ({ waiting: found({ states: ['available'] }).length, executing: 0, finished: 0, waitP95Seconds: null, how: 'exact', queues: [] }),
  }
}

const jobs = new Map<string, EngineJob>()
let server: TestServer
beforeAll(async () => {
  for (let id = 1; id <= 5; id++) {
    const state = id <= 3 ? ('discarded' as const) : ('available' as const)
    jobs.set(String(id), { id: String(id), queue: 'mails', worker: 'Mailer', state, engineState: `kept ${state}`, version: '0', args: { order: id }, attempt: 1, createdAt: new Date(Date.now() - 10_000 + id), error: 'it failed' })
  }
  server = await startServer({ engine: memoryEngine(jobs), queues: [], cron: [] })
})
afterAll(() => server?.stop())

const get = (path: string) => server.call('ops-demo', 'GET', path)
const operate = (body: object) => server.call('ops-demo', 'POST', '/operations', { reason: 'tried by hand', ...body }, { 'idempotency-key': crypto.randomUUID() })

test('a custom engine is listed, paged, counted and read', async () => {
  const first = (await get('/jobs?limit=3')).body
  expect(first.items!.map(({ id }) => id)).toEqual(['5', '4', '3'])
  const second = (await get(`/jobs?limit=3&cursor=${encodeURIComponent(String(first.nextCursor))}`)).body
  expect(second.items!.map(({ id, engineState, args }) => [id, engineState, args])).toEqual([
    ['2', 'kept discarded', { order: 2 }],
    ['1', 'kept discarded', { order: 1 }],
  ])
  expect((await get('/jobs/count?state=discarded')).body).toMatchObject({ count: 3 })
  expect((await get('/jobs/2')).body).toMatchObject({ id: '2', queue: 'mails', state: 'discarded' })
  expect((await get('/forensics/job/2')).status).toBe(200)
  expect((await get('/session')).body).toMatchObject({ engine: { name: 'memory' } })
})

test('what it lacks is refused with the reason it gives', async () => {
  const sentence = 'The memory engine has nothing of the kind.'
  expect((await get('/jobs?args={"order":1}')).body).toMatchObject({ code: 'unsupported_by_engine', detail: sentence })
  expect((await operate({ action: 'pause_queue', subject: { type: 'queue', id: 'mails' } })).body).toMatchObject({ code: 'unsupported_by_engine', detail: sentence })
})

test('a job and a selection are retried, each with its evidence', async () => {
  const one = await operate({ action: 'retry_job', subject: { type: 'job', id: '1' } })
  expect([one.status, one.body.detail]).toEqual([200, undefined])
  expect(jobs.get('1')).toMatchObject({ state: 'available', version: '1' })
  const events = (await get('/audit-events?subjectType=job&subjectId=1')).body.items!
  expect(events.map(({ eventType, outcome }) => [eventType, outcome])).toEqual([['job.retried', 'succeeded'], ['job.retried', 'requested']])
  const many = await operate({ action: 'retry_job', selection: { filter: { state: 'discarded' } } })
  expect([many.status, many.body.detail]).toEqual([200, undefined])
  expect([...jobs.values()].map(({ state }) => state)).toEqual(Array(5).fill('available'))
})
