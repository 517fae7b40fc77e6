import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobAction } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { type PgBossWorld, startPgBoss } from '../support/pg-boss.ts'
import { engineContract } from './contract.ts'

engineContract('pg-boss', () => startPgBoss())
engineContract('pg-boss in a database of its own', () => startPgBoss({ sharesDatabase: false }))
// Every table counts as large, so that everything goes along the indexes that are proposed for large ones.
engineContract('pg-boss with large tables', () => startPgBoss({ largeFrom: 0, indexes: true }))

describe('pg-boss itself', () => {
  let world: PgBossWorld
  beforeAll(async () => (world = await startPgBoss()), 30_000)
  afterAll(() => world.stop())

  const act = async (action: JobAction, ...ids: string[]) => {
    const jobs = await world.engine.read(ids)
    return world.transact((tx) => world.engine.act(action, jobs, tx))
  }

  test('a retry gives one more attempt, due now, with time to run before the job is deleted', async () => {
    const queue = await world.queue('retries')
    const [failed, cancelled] = [...(await world.make({ queue, state: 'discarded' })), ...(await world.make({ queue, state: 'cancelled' }))]
    await world.pool.query(`update pgboss.job set start_after = now() + interval '1 day', keep_until = now() where id = any($1)`, [[failed, cancelled]])
    expect((await act('retry', failed!, cancelled!)).map(({ outcome, state }) => [outcome, state]).toSorted()).toEqual([['done', 'available'], ['done', 'retryable']])
    const { rows } = await world.pool.query(
      `select retry_limit, completed_on, start_after <= now() as due, keep_until > now() as kept from pgboss.job where id = any($1) order by retry_limit`,
      [[failed, cancelled]],
    )
    expect(rows).toEqual([
      { retry_limit: 2, completed_on: null, due: true, kept: true },
      { retry_limit: 3, completed_on: null, due: true, kept: true },
    ])
  })

  test('a discard keeps the last error and sends nothing to the dead letter queue', async () => {
    const dead = await world.queue('dead')
    const queue = await world.queue('discards')
    const [id] = await world.make({ queue, state: 'retryable', error: 'no such host' })
    await world.pool.query('update pgboss.job set dead_letter = $2 where id = $1', [id, dead])
    expect(await act('discard', id!)).toMatchObject([{ outcome: 'done', state: 'discarded' }])
    expect(await world.row(id!)).toMatchObject({ state: 'failed', retry_count: 1, output: { message: 'no such host' } })
    expect(await world.engine.count({ queue: dead }, 10)).toMatchObject({ count: 0 })
  })

  test('a job that would violate the policy of its queue is refused, and the others are not', async () => {
    const queue = await world.queue('policies')
    const ids = await world.make({ queue, state: 'discarded' }, 3)
    await world.pool.query(`update pgboss.job set policy = 'exclusive' where id = any($1)`, [ids.slice(0, 2)])
    expect((await act('retry', ...ids)).map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'done', 'refused'])
    expect(await world.engine.count({ queue, states: ['retryable'] }, 10)).toMatchObject({ count: 2 })
  })

  test('only a job whose worker is overdue is rescued, with the result that pg-boss itself would produce', async () => {
    const queue = await world.queue('rescues')
    const [alive] = await world.make({ queue, state: 'executing' })
    const [lost] = await world.make({ queue, state: 'executing', lost: true })
    expect(await act('rescue', alive!)).toMatchObject([{ outcome: 'refused' }])
    expect(await act('rescue', lost!)).toMatchObject([{ outcome: 'done', state: 'retryable' }])
    expect((await world.engine.detail(lost!))!.error).toContain('did not report in time')
  })

  test('a locked row is left alone and reported', async () => {
    const queue = await world.queue('held')
    const ids = await world.make({ queue, state: 'discarded' }, 2)
    const jobs = await world.engine.read(ids)
    await world.transact(async (other) => {
      await other.executeSql('select from pgboss.job where id = $1 for update', [ids[0]])
      const outcomes = await world.transact((tx) => world.engine.act('retry', jobs, tx))
      expect(new Map(outcomes.map(({ id, outcome }) => [id, outcome]))).toEqual(new Map([[ids[0], 'locked'], [ids[1], 'done']]))
    })
  })

  test('the detail of a job lists what it waits for and where it came from', async () => {
    const queue = await world.queue('flows')
    const made = await world.boss.flow([
      { ref: 'parent', name: queue, data: {} },
      { ref: 'child', name: queue, data: {}, dependsOn: ['parent'] },
    ])
    await world.pool.query('update pgboss.job set source_name = $2, source_id = $1 where id = $3', [made.parent, queue, made.child])
    expect(await world.engine.detail(made.child!)).toMatchObject({
      state: 'scheduled',
      retryOf: { queue, id: made.parent },
      dependencies: [{ id: made.parent, queue, state: 'available' }],
      waiting: [{ reason: 'waits_for_dependency', detail: 'Waiting for 1 of the 1 jobs it depends on.' }],
    })
  })

  test('a large table without indexes is searched in part, which is reported, and the indexes are proposed', async () => {
    const engine = pgBoss(world.boss, { largeFrom: 0 })
    const queue = await world.queue('parts')
    const ids = await world.make({ queue, state: 'discarded', error: 'boom' }, 3)
    expect(await engine.list({ queue, error: 'BOOM' }, { order: 'newest', limit: 10 })).toMatchObject({
      jobs: [{ id: ids[2] }, { id: ids[1] }, { id: ids[0] }],
      searched: 'the part of the table that was written last',
    })
    expect(await engine.count({ queue }, 10)).toMatchObject({ count: 3, how: 'capped', searched: expect.any(String) })
    const advice = await engine.advise!(['nowhere'])
    expect(advice.map(({ kind }) => kind)).toEqual(['missing_queue', ...Array.from({ length: 4 }, () => 'missing_index')])
    expect(advice.at(-1)!.statement).toBe('create index concurrently on "pgboss"."job_common" using gin (data jsonb_path_ops)')
    expect(await world.engine.advise!([queue])).toEqual([])
  })
})
