import { afterEach, expect, test } from 'vitest'
import type { Engine } from '../../../server/engines/engine.ts'
import { glance, type Harness, openHarness } from './harness.ts'

let harness: Harness
afterEach(() => harness.close())

const every = { name: 'every', queue: 'work', expression: '* * * * *', overlap: 'queue_one' as const, catchUp: 'none' as const }

/** An engine in a database of its own: what it does stays, whatever becomes of our transaction. */
async function open(wrap?: (engine: Engine) => Engine) {
  harness = await openHarness({ sharesDatabase: false, wrap })
  await harness.sync([every])
  return harness
}

test('jobs are created after the claim has committed, including follow-ups', async () => {
  const { tickAt, slots, boss } = await open()
  await tickAt('2026-03-02T10:01:01Z')
  const [running] = await boss.fetch('work')
  await tickAt('2026-03-02T10:02:01Z')
  await boss.complete('work', running!.id)
  await tickAt('2026-03-02T10:02:05Z')
  expect((await slots()).map(({ state, job_id }) => [state, job_id !== null])).toEqual([['claimed', true], ['queued_follow_up', true]])
  expect(await boss.fetch('work', { batchSize: 5 })).toHaveLength(1)
})

test('a job that the engine refuses is not retried, because it may have arrived', async () => {
  const refusing = (engine: Engine): Engine => ({
    ...engine,
    async enqueue(job, tx) {
      await engine.enqueue(job, tx)
      throw new Error('the line broke after the job was made')
    },
  })
  const { tickAt, slots, boss, ask } = await open(refusing)
  await tickAt('2026-03-02T10:01:01Z')
  await tickAt('2026-03-02T10:01:30Z')
  expect(glance(await slots())).toEqual(['10:01 missed_fire'])
  expect(await boss.fetch('work', { batchSize: 5 })).toHaveLength(1)
  expect(await ask('select last_error from ops.cron_entry')).toEqual([{ last_error: 'the line broke after the job was made' }])
})

test('a process that ended between claim and job leaves a slot that says so, and no second job is created', async () => {
  const hanging = (engine: Engine): Engine => ({ ...engine, enqueue: () => new Promise(() => {}) })
  const { clock, tick, slots, kit, boss } = await open(hanging)
  clock.now = new Date('2026-03-02T10:01:01Z')
  // Our limit ends this one too, perhaps after the test.
  void tick().catch(() => {})
  while (!(await slots()).length) await new Promise((resolve) => setTimeout(resolve, 20))
  const { openState, tick: tickAs } = await import('../../../server/cron/tick.ts')
  const { pgBoss } = await import('../../../server/engines/pg-boss/index.ts')
  const other = { ...kit, engine: pgBoss(boss, { sharesDatabase: false }) }
  clock.now = new Date('2026-03-02T10:01:40Z')
  await tickAs(other, openState())
  expect(glance(await slots())).toEqual(['10:01 claimed'])
  clock.now = new Date('2026-03-02T10:02:02Z')
  await tickAs(other, openState())
  expect(glance(await slots())).toEqual(['10:01 missed_fire', '10:02 claimed'])
  expect(await boss.fetch('work', { batchSize: 5 })).toHaveLength(1)
})

test('a hanging queue delays no other queue and loses at most one slot', async () => {
  let hanging = true
  const hangs = (engine: Engine): Engine => ({
    ...engine,
    enqueue: (job, tx) => (hanging && job.queue === 'sick' ? new Promise(() => {}) : engine.enqueue(job, tx)),
    readQueue: (name, ...rest) => (hanging && name === 'sick' ? new Promise(() => {}) : engine.readQueue(name, ...rest)),
  })
  harness = await openHarness({ sharesDatabase: false, wrap: hangs, queues: ['work', 'sick'] })
  const { kit, sync, clock, slots, boss } = harness
  const { openState, tick, claim } = await import('../../../server/cron/tick.ts')
  const sick = { ...every, queue: 'sick', overlap: 'allow' as const, catchUp: 'all' as const, maxCatchUp: 10 }
  await sync([every, { ...sick, name: 'sick_1' }, { ...sick, name: 'sick_2' }])
  const state = openState()
  const seen = async (entry: string) => (await slots()).filter((slot) => slot.entry === entry)

  clock.now = new Date('2026-03-02T10:01:01Z')
  const began = performance.now()
  await claim(kit, state)
  expect(performance.now() - began).toBeLessThan(3_000)
  expect((await seen('every')).map(({ job_id }) => job_id !== null)).toEqual([true])
  await Promise.all(state.making)
  // One may have reached the engine; the other was never asked for, and is due again.
  expect([...(await seen('sick_1')), ...(await seen('sick_2'))].map(({ state: of }) => of)).toEqual(['missed_fire'])

  clock.now = new Date('2026-03-02T10:02:01Z')
  await tick(kit, state)
  expect((await seen('sick_1')).length + (await seen('sick_2')).length).toBe(1)
  hanging = false
  clock.now = new Date('2026-03-02T10:02:59Z')
  await tick(kit, state)
  await tick(kit, state)
  const all = [...(await seen('sick_1')), ...(await seen('sick_2'))]
  expect(all.filter(({ job_id }) => job_id !== null)).toHaveLength(3)
  expect(all.filter(({ state: of }) => of === 'scheduler_down')).toEqual([])
  expect(await boss.fetch('sick', { batchSize: 9 })).toHaveLength(3)
}, 60_000)
