import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Harness, openHarness } from './harness.ts'

const at = '2026-03-02T10:10:00.000Z'
let harness: Harness
beforeAll(async () => {
  harness = await openHarness()
})
afterAll(() => harness.close())
beforeEach(async () => {
  harness.clock.now = new Date('2026-03-02T10:00:30Z')
  await harness.ask('delete from ops.cron_entry')
  await harness.ask('delete from pgboss.job')
  await harness.sync([{ name: 'feed', queue: 'work', expression: '*/10 * * * *', args: { what: 'prices' }, overlap: 'allow', catchUp: 'none' }])
})

const run = (slotAt: string) => harness.operate('run_cron_entry', 'feed', { slotAt })
const scheduled = async () => (await harness.slots()).map(({ kind, at, state, job_id }) => `${kind} ${at} ${state}${job_id ? ' with a job' : ''}`)

describe('a missed slot', () => {
  test('is run as that slot, keeps its instant, and counts as run late', async () => {
    await harness.tickAt('2026-03-02T10:15:00Z')
    expect(await scheduled()).toEqual(['scheduled 03-02 10:10 scheduler_down'])
    const { event, result } = await run(at)
    expect(event).toMatchObject({ eventType: 'cron.run_now', before: { slotAt: at, slot: 'scheduler_down' }, after: { slotAt: at, slot: 'claimed', jobId: result.jobId } })
    expect(await scheduled()).toEqual(['scheduled 03-02 10:10 claimed with a job'])
    expect((await harness.boss.fetch('work'))[0]).toMatchObject({ id: result.jobId, data: { what: 'prices' } })
  })

  test('is run once, also when two operators ask at the same moment', async () => {
    await harness.tickAt('2026-03-02T10:15:00Z')
    const answers = await Promise.allSettled([run(at), run(at), run(at)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(run(at)).rejects.toMatchObject({ code: 'illegal_transition' })
    expect(await harness.ask('select 1 from pgboss.job')).toHaveLength(1)
  })

  test('that no scheduler has looked at yet is not run again by one that comes back', async () => {
    harness.clock.now = new Date('2026-03-02T10:15:00Z')
    const { result } = await run(at)
    await harness.tickAt('2026-03-02T10:16:00Z')
    expect(await scheduled()).toEqual(['scheduled 03-02 10:10 claimed with a job'])
    expect(await harness.ask<{ id: string }>('select id from pgboss.job')).toEqual([{ id: result.jobId }])
  })

  test.each([
    ['an instant between two slots', '2026-03-02T10:11:00Z', 'invalid_request'],
    ['an instant in the future', '2026-03-02T10:20:00Z', 'invalid_request'],
    ['a slot before the entry existed', '2026-03-02T09:50:00Z', 'invalid_request'],
  ])('is not %s', async (_, slotAt, code) => {
    await harness.tickAt('2026-03-02T10:15:00Z')
    await expect(run(slotAt)).rejects.toMatchObject({ code })
    expect(await harness.ask('select 1 from pgboss.job')).toEqual([])
  })

  test('is not one that ran, was skipped by an operator, or passed during a pause', async () => {
    await harness.operate('skip_cron_slot', 'feed', { slotAt: '2026-03-02T10:20:00Z' })
    await harness.tickAt(at)
    await harness.tickAt('2026-03-02T10:20:05Z')
    await harness.operate('pause_cron_entry', 'feed')
    await harness.tickAt('2026-03-02T10:35:00Z')
    await expect(run(at)).rejects.toMatchObject({ code: 'illegal_transition', message: expect.stringContaining('it ran') })
    await expect(run('2026-03-02T10:20:00Z')).rejects.toMatchObject({ code: 'illegal_transition' })
    await expect(run('2026-03-02T10:30:00Z')).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
