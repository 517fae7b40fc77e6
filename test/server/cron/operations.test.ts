import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Executed, OperationRequest } from '../../../schemas/index.ts'
import { getCronEntry } from '../../../server/cron/read.ts'
import { createPreview, executePreview } from '../../../server/operations/pipeline.ts'
import type { DeclaredCronEntry } from '../../../server/options.ts'
import { type Harness, openHarness } from './harness.ts'

const nightly: DeclaredCronEntry = { name: 'nightly', queue: 'work', expression: '0 2 * * *', args: { scope: 'all' } }
const definition = { queue: 'work', args: {}, expression: '*/10 * * * *', timezone: 'Europe/Berlin', overlap: 'queue_one', catchUp: 'latest', maxCatchUp: 1 }
const reason = 'wanted by the warehouse'

let harness: Harness
beforeAll(async () => {
  harness = await openHarness()
})
afterAll(() => harness.close())
beforeEach(async () => {
  harness.clock.now = new Date('2026-03-02T10:00:30Z')
  await harness.ask('delete from ops.cron_entry')
  await harness.ask('delete from pgboss.job')
  await harness.sync([nightly])
})

function preview(action: string, name: string, input: Record<string, unknown> = {}) {
  return createPreview(harness.as(), { action, subject: { type: 'cron_entry', id: name }, input } as OperationRequest)
}

async function execute({ id, token }: { id: string; token: string }, given?: string): Promise<Executed> {
  const done = await executePreview(harness.as('ops-demo'), { id, token, reason: given })
  if ('bulk' in done) throw new Error('nothing about a cron entry is done in bulk')
  return done
}

const entry = (name = 'nightly', who?: string) => getCronEntry(harness.as(who), name)

describe('pause and resume', () => {
  test('a pause is previewed, executed, and recorded with actor and reason', async () => {
    const shown = await preview('pause_cron_entry', 'nightly')
    expect(shown.plan).toMatchObject({ title: 'Pause nightly', before: { pausedAt: null }, after: { pausedAt: 'now' }, record: { eventType: 'cron.paused' } })
    const { event } = await execute(shown, 'fixture maintenance')
    expect(event).toMatchObject({ before: { pausedAt: null }, after: { pausedAt: '2026-03-02T10:00:30.000Z', pausedBy: 'ops-demo' } })
    expect(await entry()).toMatchObject({
      status: 'waiting',
      diagnosis: 'paused',
      nextRuns: [],
      version: 2,
      pause: { at: '2026-03-02T10:00:30.000Z', by: { id: 'ops-demo' }, reason: 'fixture maintenance' },
    })
    expect((await entry()).coming).toHaveLength(12)
  })

  test('a paused entry cannot be paused again, and an active one cannot be resumed', async () => {
    await expect(harness.operate('resume_cron_entry', 'nightly')).rejects.toMatchObject({ code: 'illegal_transition' })
    await harness.operate('pause_cron_entry', 'nightly')
    await expect(harness.operate('pause_cron_entry', 'nightly')).rejects.toMatchObject({ code: 'illegal_transition' })
    await harness.operate('resume_cron_entry', 'nightly')
    expect(await entry()).toMatchObject({ status: 'runnable', version: 3 })
    expect((await entry()).pause).toBeUndefined()
  })

  test('a resume names the pause that it lifts', async () => {
    const paused = await harness.operate('pause_cron_entry', 'nightly', {}, { reason: 'why not' })
    const { event } = await harness.operate('resume_cron_entry', 'nightly')
    expect(event).toMatchObject({
      before: { pausedAt: '2026-03-02T10:00:30.000Z', pausedBy: 'ops-demo', pauseReason: 'why not' },
      after: { pausedAt: null, pausedBy: null, pauseReason: null },
      metadata: { pauseEventId: paused.event.id, pausedBy: 'ops-demo' },
    })
  })

  test('the end of a pause must be in the future', async () => {
    for (const resumeAt of ['2026-03-02T10:00:30Z', '2020-01-01T00:00:00Z']) {
      await expect(harness.operate('pause_cron_entry', 'nightly', { resumeAt })).rejects.toMatchObject({
        code: 'invalid_request',
        details: { errors: [{ path: 'input.resumeAt' }] },
      })
    }
    const { event } = await harness.operate('pause_cron_entry', 'nightly', { resumeAt: '2026-03-02T14:00:00+02:00' })
    expect(event.after).toMatchObject({ resumeAt: '2026-03-02T12:00:00.000Z' })
  })

  test('a slot that became due just before the pause belongs to the pause', async () => {
    await harness.sync([{ ...nightly, expression: '* * * * *' }])
    harness.clock.now = new Date('2026-03-02T10:01:00.400Z')
    await harness.operate('pause_cron_entry', 'nightly')
    harness.clock.now = new Date('2026-03-02T10:02:30Z')
    await harness.operate('resume_cron_entry', 'nightly')
    const { recent } = await entry()
    expect(recent.map(({ at, outcome }) => `${at.slice(11, 16)} ${outcome}`)).toEqual(['10:01 paused', '10:02 paused'])
  })

  test('two previews of one entry: the second has drifted', async () => {
    const [first, second] = [await preview('pause_cron_entry', 'nightly'), await preview('pause_cron_entry', 'nightly', { resumeAt: '2026-03-02T12:00:00Z' })]
    await execute(first)
    await expect(execute(second)).rejects.toMatchObject({ code: 'illegal_transition' })
    const [run, again] = [await preview('run_cron_entry', 'nightly'), await preview('resume_cron_entry', 'nightly')]
    await execute(run)
    await expect(execute(again)).rejects.toMatchObject({ code: 'preview_drifted' })
  })
})

describe('run now', () => {
  test('creates one job at once, as a slot of its own kind', async () => {
    const { event, result } = await harness.operate('run_cron_entry', 'nightly')
    const job = await harness.boss.fetch('work')
    expect(job[0]).toMatchObject({ id: result.jobId, data: { scope: 'all' } })
    expect(event.after).toMatchObject({ jobId: result.jobId, queue: 'work' })
    expect(await entry()).toMatchObject({ unfinishedJobs: 1, lastRun: { outcome: 'manual_run', jobId: result.jobId }, nextRuns: expect.arrayContaining(['2026-03-03T02:00:00.000Z']) })
    await harness.boss.complete('work', job[0]!.id)
  })

  test('never collides: not with another run at the same instant, nor with a scheduled slot', async () => {
    await harness.sync([{ ...nightly, expression: '* * * * *', overlap: 'allow' }])
    harness.clock.now = new Date('2026-03-02T10:01:00Z')
    await Promise.all([harness.operate('run_cron_entry', 'nightly'), harness.operate('run_cron_entry', 'nightly')])
    await harness.tick()
    expect((await harness.slots()).map(({ kind, job_id }) => [kind, job_id !== null])).toEqual([['manual', true], ['scheduled', true], ['manual', true]])
  })

  test('is allowed while the entry is paused, says so, and leaves the pause alone', async () => {
    await harness.operate('pause_cron_entry', 'nightly')
    await harness.operate('run_cron_entry', 'nightly')
    const { plan } = await preview('run_cron_entry', 'nightly')
    expect(plan.cautions).toEqual([expect.stringContaining('It is paused'), expect.stringContaining('1 job of this entry has not ended')])
    expect((await entry()).status).toBe('waiting')
  })

  test('leaves no trace if the engine refuses', async () => {
    await harness.sync([{ ...nightly, queue: 'nowhere' }])
    await expect(harness.operate('run_cron_entry', 'nightly')).rejects.toMatchObject({ code: 'unsupported_by_engine' })
    expect(await harness.slots()).toEqual([])
    expect((await harness.events('cron.run_now')).at(-1)).toMatchObject({ outcome: 'failed', code: 'unsupported_by_engine' })
  })
})

describe('skip', () => {
  test('marks one upcoming slot and no other', async () => {
    const { event } = await harness.operate('skip_cron_slot', 'nightly', { slotAt: '2026-03-04T02:00:00Z' })
    expect(event.after).toEqual({ skippedSlot: '2026-03-04T02:00:00.000Z' })
    const shown = await entry()
    expect(shown.coming.slice(0, 3)).toEqual([
      { at: '2026-03-03T02:00:00.000Z', skipped: false },
      { at: '2026-03-04T02:00:00.000Z', skipped: true },
      { at: '2026-03-05T02:00:00.000Z', skipped: false },
    ])
    expect(shown.nextRuns.slice(0, 2)).toEqual(['2026-03-03T02:00:00.000Z', '2026-03-05T02:00:00.000Z'])
  })

  test.each([
    ['an instant between slots', '2026-03-03T02:00:01Z'],
    ['the past', '2026-03-02T02:00:00Z'],
    ['more than a year ahead', '2027-06-01T02:00:00Z'],
  ])('refuses %s and names the next slots', async (_what, slotAt) => {
    await expect(harness.operate('skip_cron_slot', 'nightly', { slotAt })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('the next ones are 2026-03-03T02:00:00.000Z, 2026-03-04T02:00:00.000Z'),
    })
  })

  test('refuses a slot that is already skipped', async () => {
    await harness.operate('skip_cron_slot', 'nightly', { slotAt: '2026-03-04T02:00:00Z' })
    await expect(harness.operate('skip_cron_slot', 'nightly', { slotAt: '2026-03-04T02:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('create, change, delete', () => {
  test('an entry created at runtime shows its next runs in the preview and is scheduled afterwards', async () => {
    const shown = await preview('create_cron_entry', 'digest', definition)
    expect(shown.plan.after).toMatchObject({ ...definition, nextRuns: ['2026-03-02T10:10:00.000Z', '2026-03-02T10:20:00.000Z', '2026-03-02T10:30:00.000Z'] })
    harness.clock.now = new Date('2026-03-02T10:15:00Z')
    const { event } = await execute(shown, reason)
    expect(event.after).not.toHaveProperty('nextRuns')
    expect(await entry('digest')).toMatchObject({ source: 'runtime', version: 1, nextRuns: expect.arrayContaining(['2026-03-02T10:20:00.000Z']) })
    expect((await entry('digest')).definitionLocked).toBeUndefined()
  })

  test('a name that is taken, by code or at runtime, is refused', async () => {
    await expect(harness.operate('create_cron_entry', 'nightly', definition, { reason })).rejects.toMatchObject({ code: 'illegal_transition' })
  })

  test('of two concurrent creations with the same name, one succeeds', async () => {
    const both = await Promise.allSettled([1, 2].map(() => harness.operate('create_cron_entry', 'twice', definition, { reason })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await harness.ask("select 1 from ops.cron_entry where name = 'twice'")).toHaveLength(1)
  })

  test.each([
    ['expression', { expression: '61 * * * *' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
  ])('a wrong %s is refused by its path', async (field, wrong) => {
    await expect(harness.operate('create_cron_entry', 'wrong', { ...definition, ...wrong }, { reason })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: `input.${field}` }] },
    })
  })

  test('a change shows and stores only what differs; a new schedule starts now', async () => {
    await harness.operate('create_cron_entry', 'digest', definition, { reason })
    harness.clock.now = new Date('2026-03-02T10:25:00Z')
    const { event } = await harness.operate('update_cron_entry', 'digest', { expression: '*/30 * * * *', queue: 'work' }, { reason })
    expect(event).toMatchObject({ before: { expression: '*/10 * * * *' }, after: { expression: '*/30 * * * *' } })
    expect(Object.keys(event.after ?? {})).toEqual(['expression'])
    expect(await entry('digest')).toMatchObject({ version: 2, nextRuns: expect.arrayContaining(['2026-03-02T10:30:00.000Z']) })
    expect((await entry('digest')).recent.map(({ at }) => at.slice(11, 16))).toEqual(['10:10', '10:20'])
    expect(await harness.ask(`select r.expression from ops.cron_revision r join ops.cron_entry e on e.id = r.entry_id where e.name = 'digest' order by from_at`))
      .toEqual([{ expression: '*/10 * * * *' }, { expression: '*/30 * * * *' }])
  })

  test('a change that changes nothing is refused', async () => {
    await harness.operate('create_cron_entry', 'digest', definition, { reason })
    await expect(harness.operate('update_cron_entry', 'digest', { queue: 'work', args: {} }, { reason })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('a deletion removes the entry and its slots, and leaves the definition in the evidence', async () => {
    await harness.operate('create_cron_entry', 'digest', definition, { reason })
    await harness.operate('run_cron_entry', 'digest')
    const shown = await preview('delete_cron_entry', 'digest')
    expect(shown.plan).toMatchObject({ risk: 'high', cautions: [expect.stringContaining('1 job of this entry has not ended')] })
    const { event } = await execute(shown, reason)
    expect(event).toMatchObject({ before: { source: 'runtime', expression: '*/10 * * * *' }, after: {} })
    await expect(entry('digest')).rejects.toMatchObject({ code: 'not_found' })
  })

  test.each(['update_cron_entry', 'delete_cron_entry'])('%s of an entry declared in code is refused', async (action) => {
    await expect(harness.operate(action, 'nightly', action === 'update_cron_entry' ? { queue: 'other' } : {}, { reason })).rejects.toMatchObject({
      code: 'code_managed_entry',
    })
  })

  test.each(['create_cron_entry', 'update_cron_entry', 'delete_cron_entry'])('%s needs a reason', async (action) => {
    await expect(harness.operate(action, 'digest', definition)).rejects.toMatchObject({ code: 'reason_required' })
  })
})

test.each(['pause_cron_entry', 'resume_cron_entry', 'run_cron_entry', 'delete_cron_entry'])('%s of an entry that does not exist is not found', async (action) => {
  await expect(harness.operate(action, 'nobody', {}, { reason })).rejects.toMatchObject({ code: 'not_found' })
})

test.each(['pause_cron_entry', 'resume_cron_entry', 'run_cron_entry'])('%s of a retired entry is refused', async (action) => {
  await harness.sync([])
  await expect(harness.operate(action, 'nightly')).rejects.toMatchObject({ code: 'illegal_transition', message: expect.stringContaining('retired') })
})
