import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobAction, JobOutcome } from '../../server/engines/engine.ts'
import { oban } from '../../server/engines/oban/index.ts'
import { addProducers, addUniqueIndex, type ObanWorld, startOban } from '../support/oban.ts'

/** What only Oban has: its columns, its notifications, its versions. What every engine must do is in the contract. */
describe.each([11, 15])('Oban at version %i', (version) => {
  let world: ObanWorld
  beforeAll(async () => (world = await startOban(version)), 30_000)
  afterAll(() => world.stop())

  const act = async (action: JobAction, ...ids: string[]): Promise<JobOutcome[]> => {
    const jobs = await world.engine.read(ids)
    return world.transact((tx) => world.engine.act(action, jobs, tx))
  }

  test('reports the version of its migrations', async () => {
    expect(await world.engine.check()).toMatchObject({ ok: true, version: String(version) })
  })

  test('a retry gives one more attempt, makes the job due now and wakes its queue', async () => {
    const id = await world.insert({ state: 'discarded', queue: 'retry', attempt: 20, discardedIn: -60, scheduledIn: -90 })
    const heard = await world.heard(async () => expect(await act('retry', id)).toMatchObject([{ outcome: 'done', state: 'available' }]))
    const row = await world.row(id)
    expect(row).toMatchObject({ state: 'available', attempt: 20, max_attempts: 21, discarded_at: null, due: true })
    expect(row.age).toBeLessThan(10)
    expect(heard).toContainEqual({ channel: 'public.oban_insert', payload: { queue: 'retry' } })
  })

  test('a retry keeps the remaining attempts', async () => {
    const id = await world.insert({ state: 'retryable', attempt: 2, scheduledIn: 600 })
    await act('retry', id)
    expect(await world.row(id)).toMatchObject({ state: 'available', max_attempts: 20, due: true })
  })

  test('cancelling an executing job tells its producer to stop it', async () => {
    const id = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -5, attemptedBy: ['web.1', 'a'] })
    const waiting = await world.insert({ state: 'scheduled', scheduledIn: 60 })
    const heard = await world.heard(() => act('cancel', id, waiting))
    expect(heard).toEqual([{ channel: 'public.oban_signal', payload: { action: 'pkill', job_id: Number(id) } }])
    expect(await world.row(id)).toMatchObject({ state: 'cancelled' })
    expect((await world.row(id)).age).toBeLessThan(10)
    expect(await world.row(waiting)).toMatchObject({ state: 'cancelled' })
  })

  test('discarding an executing job is refused with the reason', async () => {
    const id = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -5 })
    expect(world.engine.refuses?.('discard', { id, queue: 'default', version: '', state: 'executing' })).toMatch(/cancel it instead/)
    expect(await act('discard', id)).toMatchObject([{ outcome: 'refused', state: 'executing' }])
    expect(await world.row(id)).toMatchObject({ state: 'executing' })
  })

  test.each([
    ['available', {}],
    ['scheduled', { scheduledIn: 600 }],
    ['retryable', { scheduledIn: 600, attempt: 2, errors: [{ at: '2026-01-01T00:00:00.000000Z', attempt: 2, error: 'no' }] }],
  ])('a discarded job that was %s is restored to that state', async (state, job) => {
    const id = await world.insert({ state, ...job })
    expect(await act('discard', id)).toMatchObject([{ outcome: 'done', state: 'discarded' }])
    expect((await world.row(id)).age).toBeLessThan(10)
    expect(await act('restore', id)).toMatchObject([{ outcome: 'done', state }])
    expect(await world.row(id)).toMatchObject({ state, discarded_at: null })
  })

  test('without a table of producers, only a job that started long ago is rescued', async () => {
    const young = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -60 })
    const old = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -4000 })
    const spent = await world.insert({ state: 'executing', attempt: 20, attemptedIn: -4000 })
    expect(await act('rescue', young, old, spent)).toMatchObject([
      { outcome: 'refused', detail: expect.stringContaining('60 minutes') },
      { outcome: 'done', state: 'available' },
      { outcome: 'done', state: 'discarded' },
    ])
  })

  test('a queue is paused, resumed and scaled with Oban’s own signals', async () => {
    const heard = await world.heard(async () => {
      await world.transact((tx) => world.engine.pauseQueue!('default', tx))
      await world.transact((tx) => world.engine.resumeQueue!('default', tx))
      await world.transact((tx) => world.engine.scaleQueue!('default', 3, tx))
    })
    expect(heard.map(({ payload }) => payload)).toEqual([
      { action: 'pause', queue: 'default', ident: 'any' },
      { action: 'resume', queue: 'default', ident: 'any' },
      { action: 'scale', queue: 'default', limit: 3, ident: 'any' },
    ])
  })

  test('a queue without jobs exists if the host names it', async () => {
    const engine = oban({ pool: world.pool, queues: ['rarely'] })
    expect(await engine.readQueue('rarely')).toEqual({ name: 'rarely', paused: null, limit: null })
    expect((await engine.measure(new Date())).queues).toContainEqual(expect.objectContaining({ name: 'rarely', finished: 0 }))
    expect(await world.engine.readQueue('rarely')).toBeNull()
  })

  test('a signal is not sent if the transaction is rolled back', async () => {
    const heard = await world.heard(() =>
      world
        .transact(async (tx) => {
          await world.engine.pauseQueue!('default', tx)
          throw new Error('undone')
        })
        .catch(() => {}),
    )
    expect(heard).toEqual([])
  })

  test('times are in UTC, whatever the time zone of the session', async () => {
    const id = await world.insert({ state: 'scheduled', scheduledIn: 3600 })
    const [job] = await world.engine.read([id])
    expect(Math.abs(job!.dueAt!.getTime() - Date.now() - 3_600_000)).toBeLessThan(10_000)
    const soon = { field: 'due' as const, from: new Date(Date.now() + 3_500_000), to: new Date(Date.now() + 3_700_000) }
    const page = await world.engine.list({ time: soon, id }, { order: 'newest', limit: 5 })
    expect(page.jobs.map((found) => found.id)).toEqual([id])
  })

  test('every failed attempt is listed with its error', async () => {
    const errors = [1, 2].map((attempt) => ({ attempt, at: `2026-01-0${attempt}T10:00:00.123456Z`, error: `** (RuntimeError) no. ${attempt}` }))
    const id = await world.insert({ state: 'completed', attempt: 3, errors, attemptedIn: -2, completedIn: -1, attemptedBy: ['web.1', 'uuid'] })
    const detail = await world.engine.detail(id)
    expect(detail!.attempts).toMatchObject([
      { number: 1, outcome: 'failed', error: '** (RuntimeError) no. 1' },
      { number: 2, outcome: 'failed' },
      { number: 3, outcome: 'completed', executor: 'web.1' },
    ])
    expect(detail!.waiting).toEqual([])
  })

  test('jobs of a queue without known producers wait for an unknown reason, others for a known one', async () => {
    const available = await world.insert()
    const spent = await world.insert({ attempt: 20 })
    const due = await world.insert({ state: 'scheduled', scheduledIn: -30 })
    expect((await world.engine.detail(available))!.waiting).toEqual([])
    expect((await world.engine.detail(spent))!.waiting).toMatchObject([{ reason: 'attempts_used_up' }])
    await world.pool.query(`insert into oban_peers values ('Oban', 'web.1', timezone('utc', now()) - interval '1 h', timezone('utc', now()) - interval '1 min')`)
    expect((await world.engine.detail(due))!.waiting).toMatchObject([{ reason: 'no_executor' }])
  })

  test('a job is created for the worker it names, and announced', async () => {
    const job = { queue: 'cron', worker: 'Shop.Nightly', args: { scope: 'all' }, origin: { cronEntry: 'nightly', slotAt: '2026-01-01T00:00:00Z' } }
    let id = ''
    const heard = await world.heard(async () => ({ id } = await world.transact((tx) => world.engine.enqueue(job, tx))))
    expect(await world.row(id)).toMatchObject({ state: 'available', worker: 'Shop.Nightly', args: { scope: 'all' }, max_attempts: 20 })
    expect(heard).toContainEqual({ channel: 'public.oban_insert', payload: { queue: 'cron' } })
    await expect(world.transact((tx) => world.engine.enqueue({ ...job, worker: undefined }, tx))).rejects.toThrow(/needs a worker/)
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const traced = await world.transact((tx) => world.engine.enqueue({ ...job, trace }, tx))
    // Where OpenTelemetry's integration for Oban looks for it.
    expect(await world.row(traced.id)).toMatchObject({ meta: { traceparent: trace, cron_entry: 'nightly' } })
  })
})

test('a job of a cron entry gets the options that the host gives for its worker', async () => {
  const options = { 'Shop.Nightly': { maxAttempts: 3, priority: 2, tags: ['night', 'eu'], meta: { team: 'shop', cron_entry: 'not this' } }, 'Shop.Wrong': { priority: 10 } }
  const world = await startOban(12, { optionsOf: (worker) => options[worker as keyof typeof options] })
  try {
    const enqueue = (worker: string) => world.transact((tx) => world.engine.enqueue({ queue: 'cron', worker, args: {}, origin: { cronEntry: 'nightly', slotAt: '2026-11-21T02:00:00.000Z' } }, tx))
    const { id } = await enqueue('Shop.Nightly')
    expect(await world.row(id)).toMatchObject({ max_attempts: 3, priority: 2, tags: ['night', 'eu'], meta: { team: 'shop', cron_entry: 'nightly', slot_at: '2026-11-21T02:00:00.000Z' } })
    expect(await world.row((await enqueue('Shop.Plain')).id)).toMatchObject({ max_attempts: 20, priority: 0, tags: [] })
    await expect(enqueue('Shop.Wrong')).rejects.toThrow(/priority is 10; expected a whole number from 0 to 9/)
  } finally {
    await world.stop()
  }
})

describe('Oban Pro and Oban for Python', () => {
  let world: ObanWorld
  beforeAll(async () => {
    world = await startOban(15)
    await addProducers(world)
    await addUniqueIndex(world)
  }, 30_000)
  afterAll(() => world.stop())

  const producer = (queue: string, meta: object, seenAgo = 0) =>
    world.pool
      .query<{ uuid: string }>(
        `insert into oban_producers (uuid, node, queue, meta, updated_at)
         values (gen_random_uuid(), 'web.1', $1, $2, timezone('utc', now()) - make_interval(secs => $3)) returning uuid::text as uuid`,
        [queue, meta, seenAgo],
      )
      .then(({ rows }) => rows[0]!.uuid)

  test('the executors, limit and pause of a queue come from its producers', async () => {
    await producer('mail', { paused: true, local_limit: 5 })
    await producer('mail', { paused: true, local_limit: 5 })
    await producer('mail', { paused: false, local_limit: 5 }, 600)
    expect(await world.engine.readQueue('mail')).toEqual({ name: 'mail', paused: true, limit: 10 })
    expect(world.engine.lacks).toEqual({})
    const id = await world.insert({ queue: 'mail' })
    expect((await world.engine.detail(id))!.waiting).toMatchObject([{ reason: 'queue_paused' }])
    const { queues } = await world.engine.measure(new Date(Date.now() - 60_000))
    expect(queues).toContainEqual(expect.objectContaining({ name: 'mail', paused: true, executors: 2, limit: 10 }))
  })

  test('nodes are listed as executors, with their queues and when their producers were last seen', async () => {
    await producer('listed', { paused: true, local_limit: 5 })
    const nodes = (await world.engine.listExecutors!())!
    expect(nodes).toMatchObject([{ id: 'node web.1', name: 'web.1', host: 'web.1' }])
    expect(nodes[0]!.queues).toContainEqual({ name: 'listed', slots: 5, paused: true })
    expect(Date.now() - nodes[0]!.beatAt!.getTime()).toBeLessThan(60_000)
  })

  test('a global limit counts once, and a limit that is not a number counts as none', async () => {
    await producer('global', { local_limit: 5, global_limit: { allowed: 7 } })
    await producer('global', { local_limit: 5, global_limit: { allowed: 7 } })
    await producer('odd', { paused: 'maybe', local_limit: { burst: 5 }, global_limit: null })
    expect(await world.engine.readQueue('global')).toEqual({ name: 'global', paused: false, limit: 7 })
    expect(await world.engine.readQueue('odd')).toEqual({ name: 'odd', paused: false, limit: null })
  })

  test('only a job whose producer is gone is rescued', async () => {
    const living = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -9000, attemptedBy: ['web.1', await producer('rescue', {})] })
    const orphan = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -60, attemptedBy: ['web.1', await producer('rescue', {}, 600)] })
    const jobs = await world.engine.read([living, orphan])
    expect(await world.transact((tx) => world.engine.act('rescue', jobs, tx))).toMatchObject([
      { id: living, outcome: 'refused' },
      { id: orphan, outcome: 'done', state: 'available' },
    ])
  })

  test('a retry that would break uniqueness is refused; the other jobs of its batch are retried', async () => {
    const unique = { uniq: true, uniq_bmp: [0, 1, 2, 3], uniq_key: 'same' }
    await world.insert({ meta: unique })
    const ids = []
    for (let index = 0; index < 5; index++) ids.push(await world.insert({ state: 'discarded', meta: index === 2 ? unique : {} }))
    const jobs = await world.engine.read(ids)
    const outcomes = await world.transact((tx) => world.engine.act('retry', jobs, tx))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'refused', 'done', 'done'])
    expect(await world.row(ids[2]!)).toMatchObject({ state: 'discarded' })
    expect(await world.row(ids[4]!)).toMatchObject({ state: 'available' })
  })

  test('a job of a workflow lists what it waits for', async () => {
    const first = await world.insert({ state: 'executing', attempt: 1, attemptedIn: -1, meta: { workflow_id: 'w', name: 'a' } })
    const held = await world.insert({ state: 'suspended', meta: { workflow_id: 'w', name: 'b', deps: ['a'] } })
    const detail = await world.engine.detail(held)
    expect(detail).toMatchObject({ state: 'scheduled', engineState: 'suspended', dependencies: [{ id: first, state: 'executing' }] })
    expect(detail!.waiting).toMatchObject([{ reason: 'waits_for_dependency' }])
    const { jobs } = await world.engine.list({ states: ['scheduled'] }, { order: 'newest', limit: 10 })
    expect(jobs.map(({ id }) => id)).toContain(held)
  })
})

describe('finding jobs', () => {
  let world: ObanWorld
  const ids: string[] = []
  beforeAll(async () => {
    world = await startOban(15, { schema: 'jobs "of" ours' })
    const states = ['available', 'completed', 'discarded', 'scheduled']
    for (let index = 0; index < 40; index++) {
      ids.push(
        await world.insert({
          state: states[index % 4],
          queue: `queue_${index % 5}`,
          worker: `Shop.Worker${index % 3}`,
          args: `{"order": 90071992547409${index + 10}, "place": {"row": ${index}}}`,
          tags: index % 2 ? ['odd', `t${index}`] : [],
          errors: index % 4 === 2 ? [{ attempt: 1, at: '2026-01-01T00:00:00Z', error: `100% lost_${index}` }] : [],
          attempt: index % 4 === 0 ? 0 : 1,
          attemptedIn: index % 4 === 1 ? -20 : undefined,
          completedIn: index % 4 === 1 ? -10 : undefined,
          discardedIn: index % 4 === 2 ? -10 : undefined,
          scheduledIn: index % 4 === 3 ? 60 : -30,
        }),
      )
    }
  }, 30_000)
  afterAll(() => world.stop())

  const walk = async (filter: object, order: 'newest' | 'oldest', limit = 7) => {
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await world.engine.list(filter, { order, after, limit })
      found.push(...page.jobs.map(({ id }) => id))
      after = page.next
    } while (after)
    return found
  }

  test('pages contain every job once, in both orders', async () => {
    expect(await walk({}, 'oldest')).toEqual(ids)
    expect(await walk({}, 'newest')).toEqual(ids.toReversed())
    expect(await walk({ states: ['discarded'], tag: 'odd' }, 'newest')).toEqual([])
    expect(await walk({ tag: 'odd' }, 'oldest', 3)).toEqual(ids.filter((_, index) => index % 2))
  })

  test.each([
    [{ states: ['discarded'] as const }, 10],
    [{ queue: 'queue_1' }, 8],
    [{ queue: 'queue_1', states: ['completed', 'discarded'] as const }, 4],
    [{ worker: 'Shop.Worker0' }, 14],
    [{ tag: 't3' }, 1],
    [{ args: '{"place":{"row":7}}' }, 1],
    [{ args: '{"order":9007199254740917}' }, 1],
    [{ error: '100% LOST_' }, 10],
    [{ error: '100_ lost' }, 0],
    [{ id: 'no number' }, 0],
    [{ id: '99999999999999999999' }, 0],
    [{ time: { field: 'finished' as const, from: new Date(Date.now() - 60_000) } }, 20],
    [{ createdBefore: new Date(Date.now() - 60_000) }, 0],
  ])('%j finds and counts what it describes', async (given, expected) => {
    const filter = { ...given, states: 'states' in given ? [...given.states] : undefined }
    expect(await walk(filter, 'newest')).toHaveLength(expected)
    expect(await world.engine.count(filter, 100)).toEqual({ count: expected, how: 'exact' })
    const selected = await world.engine.select(filter, { limit: 10_000 })
    expect(selected.jobs).toHaveLength(expected)
  })

  test('numbers beyond 2^53 remain exact', async () => {
    const { jobs } = await world.engine.list({ args: '{"order":9007199254740949}' }, { order: 'newest', limit: 1 })
    expect(JSON.stringify(jobs[0]!.args)).toContain('9007199254740949')
  })

  test('a count stops at its limit', async () => {
    expect(await world.engine.count({}, 25)).toEqual({ count: 25, how: 'capped' })
  })

  test('hints start with the typed text, in any case, and never come from arguments', async () => {
    expect(await world.engine.hints('queue', 'QUEUE_', 3)).toEqual(['queue_0', 'queue_1', 'queue_2'])
    expect(await world.engine.hints('worker', 'shop.', 10)).toEqual(['Shop.Worker0', 'Shop.Worker1', 'Shop.Worker2'])
    expect(await world.engine.hints('tag', 'o', 10)).toEqual(['odd'])
    expect(await world.engine.hints('worker', '%', 10)).toEqual([])
  })

  test('a measurement counts by queue and state, and measures the waits', async () => {
    const measured = await world.engine.measure(new Date(Date.now() - 60_000))
    expect(measured).toMatchObject({ waiting: 10, executing: 0, finished: 20, how: 'exact' })
    expect(measured.waitP95Seconds).toBeCloseTo(10, 0)
    expect(measured.queues).toHaveLength(5)
    const [first] = measured.queues
    expect(first!.depth.reduce((total, { count }) => total + count, 0)).toBe(8)
    expect(Date.now() - first!.oldestAvailableAt!.getTime()).toBeGreaterThan(25_000)
    expect(first).toMatchObject({ paused: null, executors: null, limit: null })
  })

  test('a job that changed since it was seen is left alone and reported', async () => {
    const seen = await world.engine.read([ids[2]!, ids[6]!])
    await world.pool.query(`update "jobs ""of"" ours".oban_jobs set state = 'available' where id = $1`, [ids[6]])
    const gone = { id: '123456789', queue: 'x', version: 'x' }
    const outcomes = await world.transact((tx) => world.engine.act('retry', [...seen, gone], tx))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'changed', 'missing'])
  })

  test('several jobs do not wait for one that is locked', async () => {
    const seen = await world.engine.read([ids[10]!, ids[14]!])
    await world.transact(async (other) => {
      await other.executeSql(`select from "jobs ""of"" ours".oban_jobs where id = $1 for update`, [ids[14]])
      const outcomes = await world.transact((tx) => world.engine.act('retry', seen, tx))
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'locked'])
    })
  })
})
