import type { Job, Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { Engine, EngineJob, SqlExecutor } from '../../server/engines/engine.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'

const tx: SqlExecutor = { executeSql: () => Promise.reject(new Error('BullMQ cannot join a transaction')) }
const minute = 60_000

describe.each(bullBackends)('BullMQ on $name', ({ skipped, start }) => {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'operated', () => {
    let world: BullWorld
    let engine: Engine
    const queues = new Map<string, Queue>()
    const release = new Map<string, () => void>()
    const queueOf = (name: string): Queue => {
      const queue = queues.get(name) ?? world.queue(name)
      queues.set(name, queue)
      return queue
    }
    beforeAll(async () => {
      world = await start()
      engine = bullmq({ queues: () => [...queues.values()] })
    })
    afterAll(() => world?.close())

    /** Does what the job's name says. */
    async function run({ id, name, queueName, attemptsStarted }: Job): Promise<unknown> {
      if (name.startsWith('fail')) throw new Error(`smtp is down, attempt ${attemptsStarted}`)
      if (name === 'hold') await new Promise<void>((resolve) => release.set(`${queueName}:${id}`, resolve))
      return { sent: true }
    }

    const jobsOf = async (queue: string) => (await engine.list({ queue }, { order: 'oldest', limit: 200 })).jobs
    const jobNamed = async (queue: string, worker: string) => (await jobsOf(queue)).find((job) => job.worker === worker)
    async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
      for (;;) {
        const found = await look()
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const untilState = (queue: string, worker: string, state: string): Promise<EngineJob> =>
      until(async () => (await jobsOf(queue)).find((job) => job.worker === worker && job.state === state))
    const seen = ({ id, queue, version }: EngineJob) => ({ id, queue, version })

    test('the job of a slot is created once, however often it is enqueued', async () => {
      queueOf('slots')
      const job = { queue: 'slots', worker: 'digest', args: { to: 'all' }, origin: { cronEntry: 'digest', slotAt: '2031-01-01T00:00:00.000Z' } }
      const first = await engine.enqueue(job, tx)
      expect(await engine.enqueue(job, tx)).toEqual(first)
      expect(first.id).toMatch(/^slots:ops-/)
      expect(await jobsOf('slots')).toMatchObject([{ ...first, worker: 'digest', state: 'available', args: { to: 'all' } }])
      expect(await engine.find([first, { queue: 'slots', id: 'slots:gone' }])).toMatchObject([{ ...first, state: 'available', engineState: 'waiting' }])
      await expect(engine.enqueue({ ...job, queue: 'nowhere' }, tx)).rejects.toThrow("no BullMQ queue 'nowhere'")
      expect(await engine.missingQueues!(['slots', 'nowhere'])).toEqual(['nowhere'])
    })

    test('a job is created with the trace of its request, where BullMQ’s telemetry looks for it', async () => {
      const queue = queueOf('traced')
      const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
      await engine.enqueue({ queue: 'traced', args: {}, origin: { cronEntry: 'digest', slotAt: '2031-01-01T00:00:00.000Z' }, trace }, tx)
      const [job] = await queue.getJobs()
      expect(JSON.parse(job!.opts.telemetry!.metadata!)).toEqual({ traceparent: trace })
    })

    test('each BullMQ state is reported together with its canonical state', async () => {
      const states = queueOf('states')
      await world.work('states', run, { concurrency: 5 })
      await states.add('ok', { n: 1 })
      await states.add('fail', {})
      await states.add('fail again', {}, { attempts: 3, backoff: 10 * minute })
      await states.add('hold', {})
      await untilState('states', 'ok', 'completed')
      await untilState('states', 'hold', 'executing')
      await untilState('states', 'fail again', 'retryable')
      await states.pause()
      await states.add('waits', {})
      await states.add('first', {}, { priority: 3 })
      await states.add('later', {}, { delay: 10 * minute })
      await world.flow().add({ name: 'parent', queueName: 'states', data: {}, children: [{ name: 'child', queueName: 'states', data: {} }] })
      await untilState('states', 'fail', 'discarded')
      const found = Object.fromEntries((await jobsOf('states')).map(({ worker, state, engineState }) => [worker, [state, engineState]]))
      expect(found).toEqual({
        ok: ['completed', 'completed'],
        fail: ['discarded', 'failed'],
        'fail again': ['retryable', 'delayed'],
        hold: ['executing', 'active'],
        waits: ['available', 'waiting'],
        first: ['available', 'prioritized'],
        later: ['scheduled', 'delayed'],
        parent: ['scheduled', 'waiting-children'],
        child: ['available', 'waiting'],
      })
    })

    test('a retry returns failed, completed and delayed jobs to their queue, but only in the version they were seen in', async () => {
      const retries = queueOf('retries')
      const worker = await world.work('retries', run)
      await retries.add('ok', {})
      await retries.add('fail', {})
      await retries.add('fail later', {}, { attempts: 2, backoff: 10 * minute })
      const jobs = [
        await untilState('retries', 'ok', 'completed'),
        await untilState('retries', 'fail', 'discarded'),
        await untilState('retries', 'fail later', 'retryable'),
      ]
      await worker.close()
      const outcomes = await engine.act('retry', jobs.map(seen), tx)
      expect(outcomes).toEqual(jobs.map(({ id, queue }) => ({ id, queue, outcome: 'done', state: 'available' })))
      expect((await engine.read(jobs.map(({ id }) => id))).map(({ state }) => state)).toEqual(['available', 'available', 'available'])
      const again = await engine.act('retry', [...jobs.map(seen), { id: 'retries:gone', queue: 'retries', version: 'x' }], tx)
      expect(again.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed', 'missing'])
      await world.work('retries', run)
      await untilState('retries', 'fail', 'discarded')
      expect((await engine.detail(jobs[1]!.id))!.attempts).toMatchObject([
        { number: 1, outcome: 'failed' },
        { number: 2, outcome: 'failed', error: expect.stringContaining('smtp is down, attempt 2') as string },
      ])
    })

    test('every attempt is listed with the error that BullMQ kept; times are known only for the last', async () => {
      const attempts = queueOf('attempts')
      await attempts.add('fail', {}, { attempts: 3, stackTraceLimit: 2 })
      await attempts.add('ok', {})
      await world.work('attempts', run, { name: 'worker one' })
      const failed = (await engine.detail((await untilState('attempts', 'fail', 'discarded')).id))!
      expect(failed).toMatchObject({ attempt: 3, maxAttempts: 3, error: 'smtp is down, attempt 3', executor: 'worker one' })
      expect(failed.attempts.map(({ number, outcome, error, startedAt }) => [number, outcome, error?.split('\n')[0], startedAt])).toEqual([
        [1, 'failed', undefined, undefined],
        [2, 'failed', 'Error: smtp is down, attempt 2', undefined],
        [3, 'failed', 'Error: smtp is down, attempt 3', failed.startedAt],
      ])
      const done = (await engine.detail((await untilState('attempts', 'ok', 'completed')).id))!
      expect(done).toMatchObject({ output: { sent: true }, attempts: [{ number: 1, outcome: 'completed', executor: 'worker one' }], waiting: [] })
    })

    test('a cancelled job is removed; a running job and a job of a scheduler are refused', async () => {
      const cancels = queueOf('cancels')
      await world.work('cancels', run)
      await cancels.add('hold', {})
      const held = await untilState('cancels', 'hold', 'executing')
      await cancels.add('waits', {})
      await cancels.add('later', {}, { delay: minute })
      await cancels.upsertJobScheduler('tick', { every: 10 * minute, startDate: new Date(Date.now() + 10 * minute) }, { name: 'ticks' })
      const jobs = [held, await jobNamed('cancels', 'waits'), await jobNamed('cancels', 'later'), await jobNamed('cancels', 'ticks')].map((job) => seen(job!))
      const outcomes = await engine.act('cancel', jobs, tx)
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused', 'done', 'done', 'refused'])
      expect(outcomes.map(({ detail }) => detail)).toEqual([
        expect.stringContaining('can only be stopped from inside its own worker'),
        'The job was removed: BullMQ does not keep cancelled jobs.',
        'The job was removed: BullMQ does not keep cancelled jobs.',
        expect.stringContaining('belongs to a BullMQ job scheduler'),
      ])
      expect((await jobsOf('cancels')).map(({ worker }) => worker).toSorted()).toEqual(['hold', 'ticks'])
      expect(engine.refuses!('cancel', held)).toBe(outcomes[0]!.detail)
      expect((await engine.act('discard', [seen(held)], tx))[0]).toMatchObject({ outcome: 'refused', detail: engine.lacks.discard_job })
      await engine.cancel([held, { queue: 'cancels', id: 'cancels:gone' }], tx)
      release.get(held.id)!()
      await untilState('cancels', 'hold', 'completed')
    })

    test('a job that a worker started after it was seen is left alone', async () => {
      const races = queueOf('races')
      await races.add('hold', {})
      const waiting = (await jobNamed('races', 'hold'))!
      await world.work('races', run)
      const held = await untilState('races', 'hold', 'executing')
      expect(await engine.act('cancel', [seen(waiting)], tx)).toEqual([{ id: held.id, queue: 'races', outcome: 'changed', state: 'executing' }])
      release.get(held.id)!()
    })

    test('numbers beyond 2^53 remain exact, in arguments and in output', async () => {
      const numbers = queueOf('numbers')
      const big = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('12345678901234567890')
      await numbers.add('exact', { account: big, rate: 1.5 })
      const [job] = await jobsOf('numbers')
      expect(JSON.stringify(job!.args)).toMatch(/"account": ?12345678901234567890/)
      const found = (args: string) => engine.count({ queue: 'numbers', args }, 10)
      expect(await found('{"account":12345678901234567890}')).toMatchObject({ count: 1 })
      expect(await found('{"account":12345678901234567891}')).toMatchObject({ count: 0 })
    })

    test('finds jobs by name, arguments, error and time', async () => {
      const looks = queueOf('looks')
      await looks.add('fail', { order: { id: 7 }, tags: ['a', 'b'] })
      await looks.add('ok', { order: { id: 8 } })
      await looks.add('later', { order: { id: 9 } }, { delay: 10 * minute })
      await world.work('looks', run)
      await untilState('looks', 'ok', 'completed')
      await untilState('looks', 'fail', 'discarded')
      const found = async (filter: Parameters<Engine['list']>[0]) =>
        (await engine.list({ queue: 'looks', ...filter }, { order: 'newest', limit: 10 })).jobs.map(({ worker }) => worker)
      expect(await found({})).toEqual(['later', 'ok', 'fail'])
      expect(await found({ worker: 'ok' })).toEqual(['ok'])
      expect(await found({ args: '{"order":{"id":7},"tags":["b"]}' })).toEqual(['fail'])
      expect(await found({ error: 'SMTP is' })).toEqual(['fail'])
      expect(await found({ states: ['scheduled'] })).toEqual(['later'])
      expect(await found({ states: ['retryable', 'cancelled'] })).toEqual([])
      expect(await found({ time: { field: 'due', from: new Date(Date.now() + minute) } })).toEqual(['later'])
      expect(await found({ time: { field: 'finished', to: new Date() } })).toEqual(['ok', 'fail'])
      expect(await found({ createdBefore: new Date(Date.now() - minute) })).toEqual([])
      const [later] = await engine.list({ queue: 'looks', worker: 'later' }, { order: 'newest', limit: 1 }).then(({ jobs }) => jobs)
      expect(await found({ id: later!.id })).toEqual(['later'])
      expect(await found({ id: 'elsewhere:1' })).toEqual([])
      expect(await engine.hints('worker', 'LA', 10)).toContain('later')
      expect(await engine.hints('queue', 'look', 10)).toEqual(['looks'])
    })

    test('pages are ordered by creation time and stay correct while jobs are added, removed and changed', async () => {
      const pages = queueOf('pages')
      for (let n = 0; n < 30; n++) await pages.add(`job ${n}`, { n }, n % 3 ? {} : { delay: (40 - n) * minute })
      const first = await engine.list({ queue: 'pages' }, { order: 'newest', limit: 10 })
      await pages.add('new', {})
      const [gone, promoted] = first.jobs.slice(-2)
      await (await pages.getJob(gone!.id.split(':')[1]!))!.remove()
      await pages.promoteJobs()
      const second = await engine.list({ queue: 'pages' }, { order: 'newest', limit: 15, after: first.next })
      const third = await engine.list({ queue: 'pages' }, { order: 'newest', limit: 15, after: second.next })
      const names = [...first.jobs, ...second.jobs, ...third.jobs].map(({ worker }) => worker)
      expect(names).toEqual(Array.from({ length: 30 }, (_, n) => `job ${29 - n}`))
      expect([promoted!.id.split(':')[0], third.next]).toEqual(['pages', undefined])
    })

    test('a queue with many jobs is read in steps, each job once, even while jobs are added', async () => {
      const many = queueOf('many')
      const jobs = (from: number, count: number) => Array.from({ length: count }, (_, n) => ({ name: (from + n) % 500 ? 'bulk' : 'rare', data: { n: from + n } }))
      for (let from = 0; from < 2500; from += 500) await many.addBulk(jobs(from, 500))
      for (const order of ['newest', 'oldest'] as const) {
        const numbers: number[] = []
        let after: string | undefined
        do {
          const page = await engine.list({ queue: 'many' }, { order, limit: 400, after })
          numbers.push(...page.jobs.map(({ args }) => (args as { n: number }).n))
          after = page.next
          expect(after?.length ?? 0).toBeLessThan(400)
          if (order === 'newest') await many.addBulk(jobs(9000, 10))
        } while (after)
        const old = numbers.filter((n) => n < 2500)
        expect(old).toEqual(Array.from({ length: 2500 }, (_, n) => (order === 'newest' ? 2499 - n : n)))
      }
      expect(await engine.count({ queue: 'many', worker: 'rare' }, 3)).toEqual({ count: 3, how: 'capped' })
      expect((await engine.select({ queue: 'many', worker: 'rare' }, { limit: 100 })).jobs.length).toBeGreaterThanOrEqual(5)
      await expect(engine.list({ queue: 'many' }, { order: 'newest', limit: 5, after: 'm1~' })).rejects.toThrow('The set of queues has changed')
      await expect(engine.list({ queue: 'many' }, { order: 'newest', limit: 5, after: 'tX' })).rejects.toThrow('not a cursor of this list')
    })

    test('explains why a job is waiting', async () => {
      const waits = queueOf('waits')
      const reasons = async (worker: string) => (await engine.detail((await jobNamed('waits', worker))!.id))!.waiting.map(({ reason }) => reason)
      await waits.add('one', {})
      await waits.add('later', {}, { delay: 10 * minute })
      expect(await reasons('one')).toEqual(['no_executor'])
      expect(await reasons('later')).toEqual(['scheduled_until', 'no_executor'])
      await waits.pause()
      await world.work('waits', run)
      expect(await reasons('one')).toEqual(['queue_paused'])
      await engine.scaleQueue!('waits', 1, tx)
      await waits.add('hold', {}, { lifo: true })
      await engine.resumeQueue!('waits', tx)
      await untilState('waits', 'hold', 'executing')
      expect(await reasons('one')).toEqual(['concurrency_limit'])
      const held = (await jobNamed('waits', 'hold'))!
      expect(held.executor ?? null).toBeNull()
      release.get(held.id)!()
      await untilState('waits', 'one', 'completed')
      await waits.add('fail', {})
      await untilState('waits', 'fail', 'discarded')
      expect(await reasons('fail')).toEqual(['attempts_used_up'])
    })

    test('a parent lists its children, and a child its parent', async () => {
      const flows = queueOf('flows')
      await flows.pause()
      await world.flow().add({ name: 'parent', queueName: 'flows', data: {}, children: [{ name: 'child', queueName: 'flows', data: {} }] })
      const parent = (await jobNamed('flows', 'parent'))!
      const child = (await jobNamed('flows', 'child'))!
      expect(await engine.detail(parent.id)).toMatchObject({
        dependencies: [{ id: child.id, queue: 'flows', state: 'available', engineState: 'waiting' }],
        waiting: [{ reason: 'waits_for_dependency', detail: 'Waiting for 1 of its 1 children.' }],
      })
      expect(await engine.detail(child.id)).toMatchObject({ parent: { queue: 'flows', id: parent.id } })
      expect(await engine.detail('flows:gone')).toBeNull()
      expect(await engine.detail('nowhere:1')).toBeNull()
    })

    test('pauses, resumes and scales a queue', async () => {
      const paused = queueOf('paused')
      expect(await engine.readQueue('paused')).toEqual({ name: 'paused', paused: false, limit: null })
      await engine.pauseQueue!('paused', tx)
      await engine.scaleQueue!('paused', 7, tx)
      await paused.add('waits', {})
      expect(await engine.readQueue('paused')).toEqual({ name: 'paused', paused: true, limit: 7 })
      expect(await engine.count({ queue: 'paused', states: ['available'] }, 10)).toEqual({ count: 1, how: 'exact' })
      await engine.resumeQueue!('paused', tx)
      expect(await paused.isPaused()).toBe(false)
      expect(await engine.readQueue('nowhere')).toBeNull()
      await expect(engine.pauseQueue!('nowhere', tx)).rejects.toThrow("no BullMQ queue 'nowhere'")
    })

    test('measures the depth, rates and waits of each queue', async () => {
      const measured = queueOf('measured')
      const since = new Date(Date.now() - 1)
      await measured.add('ok', {})
      await measured.add('fail', {})
      await world.work('measured', run)
      await untilState('measured', 'fail', 'discarded')
      await untilState('measured', 'ok', 'completed')
      await measured.pause()
      await measured.add('waits', {})
      await measured.add('later', {}, { delay: minute })
      const { queues: all, executing, how } = await engine.measure(since)
      const queue = all.find(({ name }) => name === 'measured')!
      expect(queue).toMatchObject({ paused: true, executors: 1, limit: null, finished: 2, failed: 1 })
      expect(Object.fromEntries(queue.depth.map(({ state, count }) => [state, count]))).toEqual({
        scheduled: 1,
        retryable: 0,
        available: 1,
        executing: 0,
        completed: 1,
        discarded: 1,
      })
      expect(queue.waitP95Seconds).toBeLessThan(30)
      expect(queue.oldestAvailableAt!.getTime()).toBeGreaterThan(since.getTime())
      expect([executing >= 1, how]).toEqual([true, 'exact'])
      expect((await engine.measure(new Date(Date.now() + minute))).finished).toBe(0)
    })

    test('also counts jobs that are removed when they end, if the workers keep metrics', async () => {
      const removed = queueOf('removed')
      await world.work('removed', run, { metrics: { maxDataPoints: 60 } })
      const endTwo = async () => {
        const before = (await removed.getMetrics('completed')).meta.count
        for (const n of [1, 2]) await removed.add('ok', { n }, { removeOnComplete: true })
        await until(async () => (await removed.getMetrics('completed')).meta.count === before + 2)
      }
      await endTwo()
      const measured = new Date()
      await engine.measure(measured)
      await endTwo()
      const { queues: all } = await engine.measure(measured)
      expect(all.find(({ name }) => name === 'removed')).toMatchObject({ finished: 2, failed: 0 })
      expect(await jobsOf('removed')).toEqual([])
    })
  })
})
