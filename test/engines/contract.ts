import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JobFilterName, jobFilterTable, jobSetNames, type JobState, jobStates } from '../../schemas/index.ts'
import type { Engine, EngineFailure, EngineJob, JobAction, JobFilter, JobOutcome, JobTime, SqlExecutor } from '../../server/engines/engine.ts'
import { isLegal } from '../../server/jobs/legality.ts'

export interface MadeJob {
  queue: string
  state: JobState
  /** JSON text, so that numbers beyond 2^53 remain exact. Default `{}`. */
  args?: string
  /** Text of the last error; only given for states that have one. */
  error?: string
  worker?: string
  tags?: string[]
  /** For an executing job: its worker has not reported for a long time, as after a crash. Only used if the engine does not lack `rescue_job`. */
  lost?: boolean
}

/**
 * What a test of an engine provides: the adapter over the real engine, and ways to create and run jobs that bypass the adapter.
 * Jobs are created with the engine's own library and tables, never through the adapter under test.
 */
export interface EngineFixture {
  engine: Engine
  /** States in which `make` can create a job: those that the engine has. */
  states: readonly JobState[]
  /** An id in the engine's format, of a job that does not exist. */
  missingId: string
  /** Creates a new queue that accepts jobs; its name starts with the given word. */
  queue(word: string): Promise<string>
  /** Creates `count` equal jobs, one after the other, and returns their public ids in that order. No worker runs them. */
  make(job: MadeJob, count?: number): Promise<string[]>
  /** Runs the work in one transaction of the product's database and commits; rolls back and rethrows if the work throws. */
  transact<Answer>(work: (tx: SqlExecutor) => Promise<Answer>): Promise<Answer>
  /** Starts a real worker of the engine on the queue, until `stop` is called. A job fails if `run` throws. */
  work(queue: string, run: (job: { id: string; args: unknown }) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/**
 * Everything that the product relies on, for any engine. What the engine says it lacks must be refused, and the rest must work.
 *
 * @example
 * engineContract('pg-boss', () => startPgBossFixture())
 */
export function engineContract(name: string, start: () => Promise<EngineFixture>): void {
  describe(`${name} fulfils the contract`, () => {
    let fixture: EngineFixture
    let engine: Engine
    beforeAll(async () => {
      fixture = await start()
      engine = fixture.engine
    }, 60_000)
    afterAll(() => fixture?.stop(), 60_000)

    const make = async (job: MadeJob) => (await fixture.make(job))[0]!
    const act = (action: JobAction, jobs: { id: string; queue: string; version: string }[]) => fixture.transact((tx) => engine.act(action, jobs, tx))
    const readOne = async (id: string): Promise<EngineJob | undefined> => (await engine.read([id]))[0]
    const readKnown = async (id: string): Promise<EngineJob> => (await readOne(id)) ?? expect.fail(`the engine does not know job ${id}`)
    const list = async (filter: JobFilter, limit = 50) => (await engine.list(filter, { order: 'newest', limit })).jobs
    const has = (feature: keyof Engine['lacks']) => engine.lacks[feature] === undefined
    /** Why a test is skipped, in the engine's own words. */
    const lacking = (...features: (keyof Engine['lacks'])[]) => features.flatMap((feature) => engine.lacks[feature] ?? []).join(' ')

    describe('of itself', () => {
      test('it answers, and describes what it lacks in sentences', async () => {
        expect(await engine.check()).toMatchObject({ ok: true })
        for (const sentence of Object.values(engine.lacks)) expect(sentence).toMatch(/^\S.{15,}\.$/)
      })

      test('a queue can be operated unless the engine says otherwise', () => {
        expect([typeof engine.pauseQueue, typeof engine.resumeQueue, typeof engine.scaleQueue]).toEqual([
          has('pause_queue') ? 'function' : 'undefined',
          has('resume_queue') ? 'function' : 'undefined',
          has('scale_queue') ? 'function' : 'undefined',
        ])
      })
    })

    describe('failed attempts', () => {
      const until = async <T>(read: () => Promise<T | undefined>): Promise<T> => {
        for (const start = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 50))) {
          const value = await read()
          if (value !== undefined) return value
          if (Date.now() - start > 20_000) expect.fail('not in time')
        }
      }

      test('are reported with their error, the same each time, page by page', async (context) => {
        if (!engine.failures) return context.skip(lacking('failures'))
        const since = new Date(Date.now() - 5_000)
        const queue = await fixture.queue('failing')
        const ids = await fixture.make({ queue, state: 'available' }, 3)
        await fixture.work(queue, async () => {
          throw new TypeError('broken beyond repair')
        })
        const read = async (from: Date, limit: number) => {
          const found: EngineFailure[] = []
          for (let after: string | undefined; ; ) {
            const page = await engine.failures!(from, { after, limit })
            found.push(...page.failures.filter((failure) => failure.queue === queue))
            if (page.next === undefined) return found
            after = page.next
          }
        }
        const failures = await until(async () => {
          const found = await read(since, 100)
          return new Set(found.map(({ id }) => id)).size === 3 ? found : undefined
        })
        expect(failures.map(({ id }) => id).toSorted().filter((id, index, all) => all.indexOf(id) === index)).toEqual(ids.toSorted())
        for (const failure of failures) {
          expect(failure).toMatchObject({ queue, error: { text: expect.stringContaining('broken beyond repair') } })
          expect(failure.attempt).toBeGreaterThanOrEqual(1)
          expect(Math.abs(failure.at.getTime() - Date.now())).toBeLessThan(60_000)
        }
        const identity = ({ id, key }: EngineFailure) => `${id} ${key}`
        const first = failures.find(({ attempt }) => attempt === 1) ?? failures[0]!
        const again = await read(since, 1)
        expect(new Set(again.map(identity)).size).toBe(again.length)
        if (engine.attemptHistory === 'all') expect(again.map(identity)).toContain(identity(first))
        expect(await read(new Date(Date.now() + 3_600_000), 100)).toEqual([])
      })
    })

    describe('reading', () => {
      test('jobs of each state are read, found by the filter of that state only, and counted', async () => {
        const queue = await fixture.queue('states')
        const made = new Map<JobState, string>()
        for (const state of fixture.states) made.set(state, await make({ queue, state }))
        for (const [state, id] of made) {
          expect(await readKnown(id)).toMatchObject({ id, queue, state })
          expect([state, (await list({ queue, states: [state] })).map((job) => job.id)]).toEqual([state, [id]])
          expect([state, await engine.count({ queue, states: [state] }, 10)]).toMatchObject([state, { count: 1, how: 'exact' }])
        }
        const pair = fixture.states.slice(0, 2)
        expect(new Set((await list({ queue, states: pair })).map(({ state }) => state))).toEqual(new Set(pair))
      })

      test('pages are ordered by creation time and stay correct while jobs are added', async () => {
        const queue = await fixture.queue('pages')
        const ids = await fixture.make({ queue, state: 'available' }, 25)
        for (const order of ['newest', 'oldest'] as const) {
          const seen: string[] = []
          let after: string | undefined
          do {
            const page = await engine.list({ queue }, { order, limit: 10, after })
            seen.push(...page.jobs.map(({ id }) => id))
            after = page.next
            if (order === 'newest') await fixture.make({ queue, state: 'available' })
          } while (after)
          const old = seen.filter((id) => ids.includes(id))
          expect(old).toEqual(order === 'newest' ? ids.toReversed() : ids)
          expect(new Set(seen).size).toBe(seen.length)
        }
      })

      test('a cursor that no page has returned is refused, never treated as the end of the list', async () => {
        const queue = await fixture.queue('cursors')
        await make({ queue, state: 'available' })
        for (const after of ['', 'nonsense', 'no~such~cursor', 'm1~?', 'mx', 't.', '-5', '12 or 1=1', `2026-13-45T99:99:99.000000Z~${crypto.randomUUID()}`, `2026-02-31T00:00:00.000000Z~${crypto.randomUUID()}`, `294277-01-01T00:00:00.000000Z~${crypto.randomUUID()}`]) {
          const refused = { code: 'invalid_request', details: { errors: [{ path: 'query.cursor' }] } }
          await expect(engine.list({ queue }, { order: 'newest', limit: 4, after }), after).rejects.toMatchObject(refused)
          await expect(engine.select({ queue }, { limit: 4, after }), after).rejects.toMatchObject(refused)
        }
      })

      test('the last page has no cursor', async () => {
        const queue = await fixture.queue('ends')
        await fixture.make({ queue, state: 'available' }, 4)
        const first = await engine.list({ queue }, { order: 'newest', limit: 4 })
        expect([first.jobs.length, first.next]).toEqual([4, undefined])
        expect(await engine.list({ queue: `${queue}-none` }, { order: 'newest', limit: 4 })).toMatchObject({ jobs: [] })
      })

      test('a selection contains the same jobs without their large fields, oldest first', async () => {
        const queue = await fixture.queue('selects')
        const ids = await fixture.make({ queue, state: 'available' }, 7)
        const first = await engine.select({ queue }, { limit: 5 })
        const second = await engine.select({ queue }, { limit: 5, after: first.next })
        expect([...first.jobs, ...second.jobs].map(({ id }) => id)).toEqual(ids)
        expect(second.next).toBeUndefined()
        const [listed] = await list({ queue, id: ids[0] })
        expect(first.jobs[0]).toMatchObject({ id: ids[0], queue, state: 'available', version: listed!.version })
      })

      test('a count stops at its limit', async () => {
        const queue = await fixture.queue('counts')
        await fixture.make({ queue, state: 'available' }, 6)
        expect(await engine.count({ queue }, 6)).toMatchObject({ count: 6, how: 'exact' })
        expect(await engine.count({ queue }, 5)).toMatchObject({ count: 5, how: 'capped' })
      })

      test('jobs are found by queue and id, and by both together', async () => {
        const [queue, other] = [await fixture.queue('finds'), await fixture.queue('other')]
        const id = await make({ queue, state: 'available', args: '{"order":{"id":7},"tags":["a","b"]}' })
        const next = await make({ queue, state: 'available', args: '{"order":{"id":8}}' })
        await make({ queue: other, state: 'available', args: '{"order":{"id":7}}' })
        const found = async (filter: JobFilter) => (await list(filter)).map((job) => job.id)
        expect(await found({ queue })).toEqual([next, id])
        expect(await found({ id })).toEqual([id])
        expect(await found({ id, queue: other })).toEqual([])
        expect(await found({ id: fixture.missingId })).toEqual([])
        expect(await found({ id: 'no such id at all' })).toEqual([])
      })

      test('each filter of the job list narrows the list, or the engine declares that it lacks it', async () => {
        const queue = await fixture.queue('narrowed')
        await make({ queue, state: 'available', args: '{"order":{"id":7}}' })
        const unmatched: Record<string, string> = { text: 'no such value', integer: '-12345', object: '{"noSuchKey":1}' }
        for (const [name, { kind }] of Object.entries(jobFilterTable)) {
          const value = unmatched[kind]
          if (value === undefined || name === 'cronEntry' || name === 'notQueue' || (jobSetNames as readonly string[]).includes(name) || !has(`filter_${name as JobFilterName}`)) continue
          expect([name, await list({ queue, [name]: value })]).toEqual([name, []])
        }
      })

      test('jobs are found by what their arguments contain', async (ctx) => {
        if (!has('filter_args')) ctx.skip(lacking('filter_args'))
        const queue = await fixture.queue('contains')
        const id = await make({ queue, state: 'available', args: '{"order":{"id":7},"tags":["a","b"]}' })
        const next = await make({ queue, state: 'available', args: '{"order":{"id":8}}' })
        const found = async (filter: JobFilter) => (await list(filter)).map((job) => job.id)
        expect(await found({ queue, args: '{"order":{"id":7}}' })).toEqual([id])
        expect(await found({ queue, args: '{"tags":["b"]}' })).toEqual([id])
        expect(await found({ queue, args: '{}' })).toEqual([next, id])
        expect(await engine.count({ queue, args: '{"order":{"id":9}}' }, 10)).toMatchObject({ count: 0 })
      })

      test('jobs are found by worker and tag if they have them, and those values are suggested', async () => {
        const queue = await fixture.queue('names')
        const id = await make({ queue, state: 'available', worker: 'ReceiptMailer', tags: ['Invoice', 'eu'] })
        await make({ queue, state: 'available', worker: 'Other', tags: ['us'] })
        const found = async (filter: JobFilter) => (await list({ queue, ...filter })).map((job) => job.id)
        expect(await engine.hints('queue', queue.slice(0, 4).toUpperCase(), 50)).toContain(queue)
        expect(await engine.hints('queue', 'zz-no-such', 50)).toEqual([])
        if (has('filter_worker')) {
          expect(await found({ worker: 'ReceiptMailer' })).toEqual([id])
          expect(await engine.hints('worker', 'receipt', 10)).toContain('ReceiptMailer')
        } else expect(await engine.hints('worker', '', 10)).toEqual([])
        if (has('filter_tag')) {
          expect(await found({ tag: 'Invoice' })).toEqual([id])
          expect(await engine.hints('tag', 'inv', 10)).toContain('Invoice')
        } else expect(await engine.hints('tag', '', 10)).toEqual([])
      })

      test('jobs are found by part of their last error, taken literally', async (ctx) => {
        if (!has('filter_error')) ctx.skip(lacking('filter_error'))
        const queue = await fixture.queue('errors')
        const id = await make({ queue, state: 'discarded', error: 'SMTP said 50% of "it" was down' })
        await make({ queue, state: 'discarded', error: 'timed out after 500 ms' })
        const found = async (error: string) => (await list({ queue, error })).map((job) => job.id)
        expect(await found('smtp SAID')).toEqual([id])
        expect(await found('50%')).toEqual([id])
        expect(await found('5_0')).toEqual([])
        expect((await readKnown(id)).error).toContain('SMTP said 50% of "it" was down')
      })

      test('jobs are found by words in their error or their arguments, taken literally', async () => {
        const queue = await fixture.queue('words')
        const failed = await make({ queue, state: 'discarded', error: 'SMTP said 50% of it was down' })
        const waits = await make({ queue, state: 'available', args: '{"to":{"mail":"Kim.Sato@mail.example"}}' })
        const found = async (words: string, filter: JobFilter = {}) => (await list({ queue, ...filter, words })).map((job) => job.id)
        expect(await found('smtp SAID 50%')).toEqual([failed])
        expect(await found('kim.sato@')).toEqual([waits])
        expect(await found('5_0')).toEqual([])
        expect(await found('kim', { states: ['discarded'] })).toEqual([])
        expect(await engine.count({ queue, words: 'sato' }, 10)).toMatchObject({ count: 1 })
      })

      test('a page that says it is sorted by due or end time is, in both directions and across pages', async () => {
        const queue = await fixture.queue('sorted')
        await fixture.make({ queue, state: 'scheduled' }, 3)
        for (let each = 0; each < 4; each++) await make({ queue, state: 'discarded', error: 'out of order' })
        await fixture.make({ queue, state: 'available' }, 2)
        const timeOf = (job: EngineJob, by: JobTime) => ({ created: job.createdAt, due: job.dueAt, finished: job.finishedAt })[by] ?? job.createdAt
        const cases = [['due', ['scheduled', 'available'], 5], ['finished', ['discarded'], 4]] as const
        for (const [by, states, count] of cases) {
          if ((await engine.list({ queue }, { order: 'newest', by, limit: 1 })).by === undefined) continue
          for (const order of ['newest', 'oldest'] as const) {
            const jobs: EngineJob[] = []
            let after: string | undefined
            do {
              const page = await engine.list({ queue, states: [...states] }, { order, by, limit: 2, after })
              expect(page.by).toBe(by)
              jobs.push(...page.jobs)
              after = page.next
            } while (after !== undefined)
            expect(new Set(jobs.map(({ id }) => id)).size).toBe(count)
            const times = jobs.map((job) => timeOf(job, by).getTime())
            expect(times).toEqual(times.toSorted((a, b) => (order === 'newest' ? b - a : a - b)))
          }
          for (const after of ['', 'nonsense', 's1~', 's1~x', 'tx', 's99999999999999999999~1'])
            await expect(engine.list({ queue, states: [...states] }, { order: 'newest', by, limit: 4, after }), after).rejects.toMatchObject({ code: 'invalid_request' })
        }
      })

      test('jobs are found by creation time and due time', async () => {
        const queue = await fixture.queue('times')
        const id = await make({ queue, state: 'scheduled' })
        const now = await make({ queue, state: 'available' })
        const { createdAt, dueAt } = await readKnown(id)
        const found = async (filter: JobFilter) => (await list({ queue, ...filter })).map((job) => job.id)
        const after = (at: Date) => new Date(at.getTime() + 1)
        expect(await found({ time: { field: 'due', from: new Date(dueAt!.getTime() - 1000), to: after(dueAt!) } })).toEqual([id])
        expect(await found({ time: { field: 'created', from: createdAt } })).toContain(now)
        expect(await found({ time: { field: 'created', to: new Date(createdAt.getTime() - 60_000) } })).toEqual([])
        expect(await found({ createdBefore: new Date(createdAt.getTime() - 60_000) })).toEqual([])
        expect(await found({ createdBefore: new Date(Date.now() + 60_000) })).toEqual([now, id])
      })

      test('numbers beyond 2^53 remain exact', async (ctx) => {
        const queue = await fixture.queue('numbers')
        const id = await make({ queue, state: 'available', args: '{"account":9007199254740993,"rate":1.5}' })
        for (const job of [await readKnown(id), (await list({ queue }))[0], await engine.detail(id)]) {
          expect(JSON.stringify(job?.args).replaceAll(' ', '')).toContain('"account":9007199254740993')
        }
        if (!has('filter_args')) ctx.skip(`read back as written, and not searched for: ${lacking('filter_args')}`)
        expect(await list({ queue, args: '{"account":9007199254740993}' })).toHaveLength(1)
        expect(await list({ queue, args: '{"account":9007199254740992}' })).toHaveLength(0)
      })

      test('missing jobs are left out', async () => {
        const queue = await fixture.queue('reads')
        const id = await make({ queue, state: 'available' })
        expect((await engine.read([fixture.missingId, id, 'not an id'])).map((job) => job.id)).toEqual([id])
        expect(await engine.detail(fixture.missingId)).toBeNull()
        expect(await engine.detail('not an id')).toBeNull()
        expect((await engine.find([{ queue, id }, { queue, id: fixture.missingId }])).map((job) => job.id)).toEqual([id])
      })

      test('the detail of a job explains why it is waiting, and has its last error', async () => {
        const queue = await fixture.queue('details')
        const scheduled = await engine.detail(await make({ queue, state: 'scheduled' }))
        expect(scheduled!.waiting.map(({ reason }) => reason)).toContain('scheduled_until')
        const discarded = await engine.detail(await make({ queue, state: 'discarded', error: 'no such host' }))
        expect(discarded!.error).toContain('no such host')
        if (engine.attemptHistory !== 'none') expect(discarded!.attempts.at(-1)).toMatchObject({ outcome: 'failed' })
      })
    })

    describe('acting', () => {
      /** The states a job may have afterwards; `gone` if the engine does not keep such jobs. */
      const afterwards: Record<JobAction, readonly (JobState | 'gone')[]> = {
        retry: ['available', 'retryable'],
        cancel: ['cancelled', 'gone'],
        discard: ['discarded'],
        restore: ['scheduled', 'available', 'retryable'],
        rescue: ['available', 'retryable', 'scheduled', 'discarded'],
      }
      const canDo = (action: JobAction, job: EngineJob) => has(`${action}_job`) && !engine.refuses?.(action, job) && isLegal(`${action}_job`, job.state)

      for (const action of Object.keys(afterwards) as JobAction[]) {
        test(`${action} takes effect in the states that allow it, and in no other`, async () => {
          const queue = await fixture.queue(action)
          for (const state of fixture.states) {
            const lost = action === 'rescue' && state === 'executing' && has('rescue_job')
            const seen = await readKnown(await make({ queue, state, error: state === 'discarded' || state === 'retryable' ? 'it failed' : undefined, lost }))
            const [outcome] = await act(action, [seen])
            const later = await readOne(seen.id)
            if (canDo(action, seen)) {
              expect([state, outcome!.outcome, outcome!.detail]).toEqual([state, 'done', outcome!.detail])
              expect(afterwards[action]).toContain(later?.state ?? 'gone')
              if (later && outcome!.state) expect([state, later.state]).toEqual([state, outcome!.state])
            } else {
              expect([state, outcome!.outcome]).not.toEqual([state, 'done'])
              expect(later).toMatchObject({ state: seen.state, version: seen.version })
            }
          }
        })
      }

      test('a job that is still running says beforehand why it cannot be rescued, and an abandoned one does not', async (ctx) => {
        if (!has('rescue_job')) ctx.skip(lacking('rescue_job'))
        const queue = await fixture.queue('attends')
        const alive = await make({ queue, state: 'executing' })
        const lost = await make({ queue, state: 'executing', lost: true })
        const waiting = await make({ queue, state: 'available' })
        const selected = (await engine.select({ queue }, { limit: 10 })).jobs
        const attendedOf = async (id: string) =>
          [await readOne(id), (await list({ queue, id }))[0], await engine.detail(id), selected.find((job) => job.id === id)].map((job) => job?.attended)
        const [sentence] = await attendedOf(alive)
        expect(sentence).toMatch(/^\S.{15,}\.$/)
        expect(await attendedOf(alive)).toEqual([sentence, sentence, sentence, sentence])
        for (const id of [lost, waiting]) expect(await attendedOf(id)).toEqual([undefined, undefined, undefined, undefined])
        expect(await act('rescue', [await readKnown(alive)])).toMatchObject([{ outcome: 'refused', detail: sentence }])
        expect(await act('rescue', [await readKnown(lost)])).toMatchObject([{ outcome: 'done' }])
      })

      test('a discarded job is restored to its previous state', async (ctx) => {
        if (!has('discard_job') || !has('restore_job')) ctx.skip(lacking('discard_job', 'restore_job'))
        const queue = await fixture.queue('restores')
        for (const state of fixture.states.filter((each) => ['scheduled', 'available', 'retryable'].includes(each))) {
          const before = await readKnown(await make({ queue, state }))
          if (!canDo('discard', before)) continue
          expect(await act('discard', [before])).toMatchObject([{ outcome: 'done', state: 'discarded' }])
          const discarded = await readKnown(before.id)
          expect(discarded).toMatchObject({ state: 'discarded', args: before.args })
          expect(await act('restore', [discarded])).toMatchObject([{ outcome: 'done', state }])
          expect(await readKnown(before.id)).toMatchObject({ state, attempt: before.attempt, dueAt: before.dueAt })
        }
      })

      test('a job that changed since it was seen is left alone and reported', async () => {
        const queue = await fixture.queue('changes')
        const seen = await readKnown(await make({ queue, state: 'discarded', error: 'it failed' }))
        expect(await act('retry', [seen])).toMatchObject([{ outcome: 'done' }])
        const now = await readKnown(seen.id)
        expect(now.version).not.toBe(seen.version)
        expect(now.state, 'as the engine says it becomes').toBe(engine.becomes?.('retry', 'discarded') ?? 'available')
        expect(await act('retry', [seen])).toMatchObject([{ id: seen.id, queue, outcome: 'changed' }])
        expect(await readKnown(seen.id)).toMatchObject({ state: now.state, version: now.version })
      })

      test('each job has an outcome, in the given order', async () => {
        const queue = await fixture.queue('orders')
        const jobs = await Promise.all((await fixture.make({ queue, state: 'discarded', error: 'it failed' }, 3)).map(readKnown))
        const missing = { id: fixture.missingId, queue, version: jobs[0]!.version }
        const given = [jobs[2]!, missing, { ...jobs[0]!, version: 'another' }, jobs[1]!]
        const outcomes = await act('retry', given)
        expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual([
          [jobs[2]!.id, 'done'],
          [missing.id, 'missing'],
          [jobs[0]!.id, 'changed'],
          [jobs[1]!.id, 'done'],
        ])
        expect(await act('retry', [])).toEqual([])
      })

      test('a change joins our transaction, or the engine is not transactional', async () => {
        const queue = await fixture.queue('undone')
        const seen = await readKnown(await make({ queue, state: 'discarded', error: 'it failed' }))
        const failing = fixture.transact(async (tx) => {
          await engine.act('retry', [seen], tx)
          await engine.enqueue({ queue, args: { left: 'behind' }, origin: { cronEntry: 'contract', slotAt: '2030-01-01T00:00:00Z' } }, tx)
          throw new Error('on purpose')
        })
        await expect(failing).rejects.toThrow('on purpose')
        const untouched = (await readKnown(seen.id)).version === seen.version && (await list({ queue })).length === 1
        expect(untouched).toBe(engine.transactional)
      })

      test('a thousand jobs at once', async () => {
        const queue = await fixture.queue('many')
        const ids = await fixture.make({ queue, state: 'discarded', error: 'it failed' }, 1000)
        const { jobs } = await engine.select({ queue, states: ['discarded'] }, { limit: 1000 })
        expect(new Set(jobs.map(({ id }) => id))).toEqual(new Set(ids))
        const outcomes: JobOutcome[] = await act('retry', jobs)
        expect(outcomes.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id))
        expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
        expect(await engine.count({ queue, states: ['discarded'] }, 10)).toMatchObject({ count: 0 })
        expect(await engine.count({ queue, states: ['available', 'retryable'] }, 2000)).toMatchObject({ count: 1000 })
      }, 30_000)
    })

    describe('with a real worker', () => {
      test('an enqueued job runs with its arguments, and its history is kept as the engine declares', async () => {
        const queue = await fixture.queue('runs')
        const ran: unknown[] = []
        await fixture.work(queue, async ({ args }) => void ran.push(args))
        const origin = { cronEntry: 'contract', slotAt: '2030-01-02T00:00:00Z' }
        const ref = await fixture.transact((tx) => engine.enqueue({ queue, args: { hello: 'there' }, origin }, tx))
        await until(() => ran.length === 1)
        expect(ran).toEqual([{ hello: 'there' }])
        await until(async () => (await readOne(ref.id))?.state === (engine.capabilities.keepsFinishedJobs ? 'completed' : undefined))
        expect((await engine.find([ref])).map(({ state }) => state)).toEqual(engine.capabilities.keepsFinishedJobs ? ['completed'] : [])
      })

      test('a retried job runs once more, and a cancelled one never', async () => {
        const queue = await fixture.queue('again')
        const ran: string[] = []
        const [again, never] = [await readKnown(await make({ queue, state: 'discarded', error: 'no' })), await readKnown(await make({ queue, state: 'available' }))]
        const last = await make({ queue, state: 'available' })
        expect(await act('retry', [again])).toMatchObject([{ outcome: 'done' }])
        const cancels = canBeCancelled(never)
        if (cancels) expect(await act('cancel', [never])).toMatchObject([{ outcome: 'done' }])
        await fixture.work(queue, async ({ id }) => void ran.push(id))
        await until(() => ran.includes(again.id) && ran.includes(last))
        await until(async () => [undefined, 'completed'].includes((await readOne(again.id))?.state) && [undefined, 'completed'].includes((await readOne(last))?.state))
        expect(ran.filter((id) => id === again.id)).toHaveLength(1)
        if (cancels) expect(ran).not.toContain(never.id)
      })

      test('a completed job that is retried runs once more', async (ctx) => {
        if (!engine.capabilities.keepsFinishedJobs) ctx.skip('it keeps no finished jobs')
        const queue = await fixture.queue('twice')
        const ran: string[] = []
        await fixture.work(queue, async ({ id }) => void ran.push(id))
        const id = await make({ queue, state: 'available' })
        await until(async () => (await readOne(id))?.state === 'completed')
        expect(await act('retry', [await readKnown(id)])).toMatchObject([{ outcome: 'done' }])
        await until(async () => ran.length === 2 && (await readOne(id))?.state === 'completed')
        expect(ran).toEqual([id, id])
      })

      test('a job cancelled while running stays cancelled when its worker is done, if the engine can do that', async () => {
        const queue = await fixture.queue('stops')
        const release = Promise.withResolvers<void>()
        const ended: string[] = []
        await fixture.work(queue, async ({ id }) => {
          await release.promise
          ended.push(id)
        })
        const id = await make({ queue, state: 'available' })
        await until(async () => (await readOne(id))?.state === 'executing')
        const running = await readKnown(id)
        const possible = engine.capabilities.cancelExecuting && canBeCancelled(running)
        const [outcome] = await act('cancel', [running])
        expect(outcome!.outcome === 'done').toBe(possible)
        release.resolve()
        // Once the worker has run another job, it is done with the cancelled one.
        const next = await make({ queue, state: 'available' })
        await until(async () => ['completed', undefined].includes((await readOne(next))?.state))
        expect(ended).toContain(next)
        expect([possible ? 'cancelled' : 'completed', undefined]).toContain((await readOne(id))?.state)
      })

      const canBeCancelled = (job: EngineJob) => has('cancel_job') && !engine.refuses?.('cancel', job)
    })

    describe('queues', () => {
      test('a queue is found by its name', async () => {
        const queue = await fixture.queue('known')
        await make({ queue, state: 'available' })
        expect(await engine.readQueue(queue)).toMatchObject({ name: queue })
        expect((await engine.measure(new Date(Date.now() - 1000))).queues.map(({ name }) => name)).toContain(queue)
        if (engine.missingQueues) expect(await engine.missingQueues([queue])).toEqual([])
      })

      test('a paused queue starts nothing until it is resumed', async (ctx) => {
        if (!has('pause_queue')) ctx.skip(lacking('pause_queue'))
        const queue = await fixture.queue('pauses')
        const ran: string[] = []
        // If the pause exists only in the running workers, one must be running to receive it, and no table shows it.
        await fixture.work(queue, async ({ id }) => void ran.push(id))
        await fixture.transact((tx) => engine.pauseQueue!(queue, tx))
        const reported = typeof (await engine.readQueue(queue))?.paused === 'boolean'
        if (reported) expect(await engine.readQueue(queue)).toMatchObject({ paused: true })
        const id = await make({ queue, state: 'available' })
        // Long enough for a worker to have taken it: a job of another queue has run meanwhile.
        const other = await fixture.queue('moves')
        const moved: string[] = []
        await fixture.work(other, async (job) => void moved.push(job.id))
        await make({ queue: other, state: 'available' })
        await until(() => moved.length === 1)
        expect(ran).toEqual([])
        await fixture.transact((tx) => engine.resumeQueue!(queue, tx))
        await until(() => ran.length === 1)
        expect(ran).toEqual([id])
        if (reported) expect(await engine.readQueue(queue)).toMatchObject({ paused: false })
      })

      test('the concurrency of a queue is changed', async (ctx) => {
        if (!has('scale_queue')) ctx.skip(lacking('scale_queue'))
        const queue = await fixture.queue('scales')
        await fixture.work(queue, async () => {})
        await fixture.transact((tx) => engine.scaleQueue!(queue, 3, tx))
        await until(async () => [3, null].includes((await engine.readQueue(queue))?.limit ?? null))
      })
    })

    describe('measuring', () => {
      test('depths match the jobs that exist', async () => {
        const queue = await fixture.queue('depths')
        const made = fixture.states.map((state, index) => [state, index + 1] as const)
        for (const [state, count] of made) await fixture.make({ queue, state }, count)
        const before = Date.now()
        const measured = await engine.measure(new Date(before - 3_600_000))
        const { depth, oldestAvailableAt } = measured.queues.find(({ name }) => name === queue)!
        for (const { state, count, how } of depth) {
          if (how === 'exact') expect([state, count]).toEqual([state, made.find(([each]) => each === state)?.[1] ?? 0])
        }
        const counted = new Set(depth.map(({ state }) => state))
        for (const state of ['available', 'executing'] as const) expect(counted).toContain(state)
        if (oldestAvailableAt) expect(oldestAvailableAt.getTime()).toBeLessThanOrEqual(before + 1000)
        expect(measured.waiting).toBeGreaterThanOrEqual(made.find(([state]) => state === 'available')![1])
        for (const state of Object.keys(jobStates) as JobState[]) expect(depth.filter((each) => each.state === state).length).toBeLessThanOrEqual(1)
      })

      test('what is due is what could start now, with the age of the oldest and how long each has waited', async () => {
        const queue = await fixture.queue('dues')
        await fixture.make({ queue, state: 'scheduled' }, 2)
        const before = Date.now()
        const ids = await fixture.make({ queue, state: 'available' }, 3)
        for (const state of fixture.states.filter((each) => each === 'retryable' || each === 'executing')) await make({ queue, state })
        const since = new Date(Date.now() + 60_000)
        const { due, waits } = (await engine.measure(since)).queues.find(({ name }) => name === queue)!
        expect(due).toMatchObject({ count: ids.length, how: 'exact' })
        expect(due!.oldestAt!.getTime()).toBeGreaterThanOrEqual(before - 3000)
        expect(due!.oldestAt!.getTime()).toBeLessThanOrEqual(Date.now() + 1000)
        expect(waits!.reduce((sum, [, jobs]) => sum + jobs, 0)).toBe(ids.length)
        for (const [seconds] of waits!) expect(seconds).toBeLessThan((Date.now() - before) / 1000 + 3)
        const empty = await fixture.queue('idle')
        await fixture.work(empty, async () => {})
        await until(async () => (await engine.measure(since)).queues.every(({ name, ...idle }) => name !== empty || (idle.due?.count === 0 && idle.due.oldestAt === null)))
      })

      test('what started is counted, and what ended says how long it ran', async () => {
        const queue = await fixture.queue('started')
        await engine.measure(new Date())
        const since = new Date(Date.now() - 1)
        const release = Promise.withResolvers<void>()
        await fixture.work(queue, () => release.promise)
        const id = await make({ queue, state: 'available' })
        const measured = async (from = since) => (await engine.measure(from)).queues.find(({ name }) => name === queue)!
        await until(async () => (await readOne(id))?.state === 'executing')
        expect(await measured()).toMatchObject({ started: 1, discarded: 0, due: { count: 0, oldestAt: null } })
        expect((await measured(new Date(Date.now() + 60_000))).started).toBe(0)
        release.resolve()
        await until(async () => [undefined, 'completed'].includes((await readOne(id))?.state))
        const { runs } = await measured()
        if (engine.capabilities.keepsFinishedJobs) {
          const took = runs!.flatMap(({ seconds }) => seconds)
          expect(took.reduce((sum, [, jobs]) => sum + jobs, 0)).toBe(1)
          expect(took[0]![0]).toBeLessThan((Date.now() - since.getTime()) / 1000)
        } else expect(runs ?? null, 'unknown, not 0').toBeNull()
      })

      test('the jobs that have been executing for the longest are found, in each queue, or nothing is claimed', async (ctx) => {
        const queue = await fixture.queue('long')
        const early = await fixture.make({ queue, state: 'executing' }, 3)
        const other = await fixture.queue('longer')
        const [alone] = await fixture.make({ queue: other, state: 'executing' })
        await make({ queue, state: 'available' })
        const later = new Date(Date.now() + 60_000)
        const found = await engine.longestRunning?.({ startedBefore: later, perQueue: 2, total: 1_000 })
        if (!found) ctx.skip('it cannot find them cheaply')
        const of = (name: string) => found!.filter((job) => job.queue === name)
        expect(of(queue)).toHaveLength(2)
        expect(early).toEqual(expect.arrayContaining(of(queue).map(({ id }) => id)))
        expect(of(other).map(({ id }) => id)).toEqual([alone])
        const times = found!.map(({ startedAt }) => startedAt.getTime())
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        const { startedAt, attended } = await readKnown(alone!)
        expect(of(other).map((job) => [job.state, job.startedAt, job.attended])).toEqual([['executing', startedAt, attended]])
        expect(await engine.longestRunning!({ startedBefore: later, perQueue: 2, total: 1 })).toHaveLength(1)
        expect((await engine.longestRunning!({ startedBefore: new Date(Date.now() - 3_600_000), perQueue: 2, total: 100 }))!.filter((job) => job.queue === queue)).toEqual([])
      })

      test('a job that failed for good is told from an attempt that failed', async () => {
        const queue = await fixture.queue('fails')
        const since = new Date(Date.now() - 30_000)
        await make({ queue, state: 'discarded', error: 'no' })
        const { failed, discarded } = (await engine.measure(since)).queues.find(({ name }) => name === queue)!
        expect([failed > 0, discarded]).toEqual([true, 1])
        expect((await engine.measure(new Date(Date.now() + 60_000))).queues.find(({ name }) => name === queue)).toMatchObject({ discarded: 0 })
      })

      test('jobs that ended within the window are counted, and not after it has passed', async (ctx) => {
        if (!engine.capabilities.keepsFinishedJobs) ctx.skip('it keeps no finished jobs')
        const queue = await fixture.queue('ended')
        await engine.measure(new Date())
        const since = new Date(Date.now() - 1)
        await fixture.work(queue, async () => {})
        const ids = await fixture.make({ queue, state: 'available' }, 3)
        await until(async () => (await engine.read(ids)).every(({ state }) => state === 'completed'))
        const of = async (from: Date) => (await engine.measure(from)).queues.find(({ name }) => name === queue)!
        expect(await of(since)).toMatchObject({ finished: 3, failed: 0 })
        expect((await of(new Date(Date.now() + 60_000))).finished).toBe(0)
      })
    })
  })
}

async function until(holds: () => boolean | Promise<boolean>, within = 15_000): Promise<void> {
  const end = performance.now() + within
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come to hold within ${within / 1000} s: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
