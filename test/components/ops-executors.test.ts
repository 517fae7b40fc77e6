import type { Executor, ExecutorDetail, ExecutorList } from '../../schemas/executor.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, everything, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const minute = 60_000
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

function executor(n: number, over: Partial<Executor> = {}): Executor {
  return {
    id: id(n), name: `worker-${n}`, host: 'eu-app-1', pid: 4000 + n, version: 'v412', source: 'companion', health: 'healthy',
    startedAt: at(-31 * minute), beatAt: at(-3_000), endedAt: null, lateAt: null, missingAt: null,
    queues: [{ name: 'order_mail', slots: 4, used: 3, paused: false, limit: null, donePerMinute: 6.1, failedPerMinute: 0 }],
    slots: 4, held: 3, oldestHeldAt: at(-4_000), donePerMinute: 6.1, failedPerMinute: 0,
    ...over,
  }
}

const missing = executor(7, {
  host: 'eu-app-3', version: 'v411', health: 'missing', beatAt: at(-22 * minute), lateAt: at(-21 * minute), missingAt: at(-20 * minute),
  queues: [{ name: 'payment_webhook', slots: 8, used: null, paused: false, limit: null, donePerMinute: null, failedPerMinute: null }],
  slots: 8, held: 2, oldestHeldAt: at(-22 * minute), donePerMinute: null, failedPerMinute: null,
})

const everyone = [
  missing,
  executor(1, { failedPerMinute: 1.8 }),
  executor(2, { version: 'v411', queues: [{ name: 'gift_reminder', slots: 2, used: 0, paused: true, limit: null, donePerMinute: 0, failedPerMinute: 0 }], slots: 2, held: 0, oldestHeldAt: null, donePerMinute: 0 }),
]

function list(items = everyone, over: Partial<ExecutorList['summary']> = {}): ExecutorList {
  return {
    items,
    asOf: at(0),
    summary: {
      executors: items.length, hosts: 2, health: { healthy: items.length - 1, late: 0, missing: 1, unknown: 0 }, ended: 3, slots: 6, used: 3,
      versions: [{ version: 'v412', executors: 1, firstStartedAt: at(-31 * minute), lastStartedAt: at(-31 * minute) }, { version: 'v411', executors: 1, firstStartedAt: at(-90 * minute), lastStartedAt: at(-90 * minute) }],
      unattended: [{ queue: 'report', since: at(-180 * minute) }],
      ...over,
    },
  }
}

const job = { queue: 'payment_webhook', attempt: 1, maxAttempts: 5, startedAt: at(-22 * minute), state: 'executing', usualSeconds: 0.4 } as const
const detailOf = (wanted: string): ExecutorDetail => ({
  ...everyone.find((each) => each.id === wanted)!,
  jobs: [{ id: 'job-0001', ...job }, { id: 'job-0002', ...job, usualSeconds: null }, { id: 'job-0003', ...job, state: 'completed' }],
  gaps: [{ from: at(-90 * minute), to: at(-80 * minute), cause: 'database' }],
  asOf: at(0),
})

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), listExecutors: () => list(), getExecutor: ({ params }) => detailOf(params.id!), createPreview: () => preview(), ...over })

async function opened(api = usual(), attributes: Record<string, string> = {}) {
  const page = mount('ops-executors', api, attributes)
  await until(() => all(page, '[part=row]').length > 0, 'the executors')
  return page
}
const rows = (page: Element) => all<HTMLElement>(page, '[part=row]')
const rowOf = (page: Element, name: string) => rows(page).find((row) => seen(row.querySelector('.fold')).includes(name))!

describe('ops-executors', () => {
  afterEach(clear)

  it('says the worst first in one sentence, with the rest and the queues without an executor', async () => {
    const page = await opened()
    const said = seen(all(page, '[part=headline]')[0])
    for (const part of ['worker-7 has been missing since', 'and holds 2 jobs', '2 others are healthy, 3 of 6 slots in use.', 'Queue report has had no executor since', 'v412', '1 of 2', 'v411 on 1 executor']) includes(said, part)
  })

  it('shows hosts as bands, the worst first, with slots, jobs in hand and rates, and says ? for what is not known', async () => {
    const page = await opened()
    equal(all(page, '.band').map((band) => seen(band)), ['eu-app-3 1 of 1 missing', 'eu-app-1 two versions side by side'])
    const lost = seen(rowOf(page, 'worker-7'))
    for (const part of ['missing', 'v411', 'payment_webhook', '2 held', '2 jobs , 22 min', '? not known']) includes(lost, part)
    // What is unknown is not 0; the times of day may have one.
    excludes(lost.replaceAll(/\d\d:\d\d:\d\d/g, ''), '0')
    const one = seen(rowOf(page, 'worker-1'))
    for (const part of ['healthy', '3 of 4', '3 jobs', '6.1', '1.8', ' s ago']) includes(one, part)
    includes(seen(rowOf(page, 'worker-2')), 'gift_reminder paused')
    equal(rowOf(page, 'worker-1').querySelectorAll('.cells .on').length, 3, 'cells')
  })

  it('unfolds a missing one by itself, with its jobs, what is usual for them, and the warning; and rescues those it still holds', async () => {
    const api = usual()
    const page = await opened(api)
    const details = await until(() => all(page, '[part=details]')[0], 'the details')
    await until(() => seen(details).includes('job-0001'), 'the jobs')
    for (const part of ['It did not sign off.', 'No other executor on host eu-app-3 is known', 'usually 0.4 s · attempt 1 of 5', 'now completed', 'they run twice', 'because it could not reach the database']) includes(seen(details), part)
    equal(all(page, '[part=details]').length, 1, 'unfolded')
    button(page, 'Rescue 2 jobs…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'rescue_job', selection: { ids: ['job-0001', 'job-0002'] } })
  })

  it('can be folded, and any other unfolded; a healthy one has nothing to rescue', async () => {
    const page = await opened()
    await until(() => all(page, '[part=details]').length === 1, 'the missing one')
    rowOf(page, 'worker-7').querySelector<HTMLElement>('.fold')!.click()
    await until(() => all(page, '[part=details]').length === 0, 'folded')
    rowOf(page, 'worker-1').querySelector<HTMLElement>('.fold')!.click()
    const details = await until(() => all(page, '[part=details]')[0], 'the other')
    await until(() => seen(details).includes('process 4001'), 'its story')
    ok(!button(page, 'Rescue 2 jobs…'), 'nothing to rescue')
  })

  it('groups by queue and version, shows those that ended or are not healthy, and announces each for the address', async () => {
    const api = usual()
    const page = await opened(api)
    const heard: unknown[] = []
    page.addEventListener('ops-filter', (event) => heard.push((event as CustomEvent).detail))
    button(page, 'By version')!.click()
    await until(() => seen(all(page, '.band')[0]).startsWith('v411'), 'the versions')
    button(page, 'Not healthy 1')!.click()
    await until(() => rows(page).length === 1, 'the missing one')
    button(page, 'Ended 24 h 3')!.click()
    await until(() => api.calls.some(({ query }) => query.get('health') === 'ended'), 'the ended ones')
    equal(heard.at(-1), { path: '/executors', query: { by: 'version', show: 'ended', q: '', queue: '' } })
  })

  it('asks only for those of one queue', async () => {
    const api = usual()
    const page = await opened(api, { queue: 'order_mail' })
    equal(api.calls.find(({ name }) => name === 'listExecutors')!.query.get('queue'), 'order_mail')
    includes(seen(page), 'Only executors of order_mail')
  })

  it('says how to start when none reports itself', async () => {
    const none = list([], { executors: 0, ended: 0, hosts: 0, health: { healthy: 0, late: 0, missing: 0, unknown: 0 }, versions: [], unattended: [] })
    const page = mount('ops-executors', usual({ listExecutors: () => none }), {})
    await until(() => seen(page).includes('No executor reports itself yet'), 'the empty state')
    includes(seen(page), "attendPgBoss(boss, { database: { url: databaseUrl } })")
  })

  it('disables the rescue for a viewer who may not act, with the reason', async () => {
    const reason = 'Role viewer may look, not change.'
    const page = await opened(usual({ getSession: () => session({ permissions: everything(false, reason) }) }))
    const rescue = await until(() => button(page, 'Rescue 2 jobs…'), 'the button')
    ok(rescue.disabled, 'closed')
    includes(seen(all(page, '[part=details]')[0]), reason)
  })

  it('does not guess what a missing one holds when the engine does not answer', async () => {
    const page = await opened(usual({ getExecutor: ({ params }) => ({ ...detailOf(params.id!), jobs: null }) }))
    await until(() => seen(page).includes('cannot be shown: the engine does not answer'), 'the words')
    ok(!button(page, 'Rescue 2 jobs…'), 'nothing to rescue')
  })

  for (const theme of ['light', 'dark']) {
    it(`is accessible, ${theme}`, async () => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
      const page = await opened(usual(), { theme })
      await until(() => seen(page).includes('job-0001'), 'the details')
      await accessible(page)
      page.style.width = '366px'
      await accessible(page)
    })

    it(`is accessible when nothing came, ${theme}`, async () => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
      const page = mount('ops-executors', usual({ listExecutors: () => { throw new Refusal('unavailable', 'The database did not answer.') } }), { theme })
      await until(() => seen(page).includes('did not answer'), 'the problem')
      await accessible(page)
    })
  }
})
