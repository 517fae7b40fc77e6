import { FakeApi, Refusal } from './fake-api.ts'
import { queueDetail } from './job-sample.ts'
import { at, everything, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const minute = 60_000
const executor = { id: 'e1', name: 'worker-5', host: 'print-1', pid: 7, version: 'v410', source: 'companion', health: 'missing', startedAt: at(-9e6), beatAt: at(-3 * minute), endedAt: null, lateAt: null, missingAt: null, queues: [], slots: 2, held: 0, oldestHeldAt: null, donePerMinute: null, failedPerMinute: null }
const group = { fingerprint: 'e1:7c0d41b2a90f33e8', title: 'RangeError: canvas of <int> MB is too large', state: 'known', count: 3, lastSeenAt: at(-4 * 60 * minute), histogram: { from: at(-24 * 60 * minute), stepSeconds: 900, counts: [0, null, 3, 0] } }

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    getQueue: ({ params }) => queueDetail(params.name!),
    listExecutors: () => ({ items: [executor], asOf: at(0), summary: {} }),
    listErrorGroups: () => ({ items: [group], asOf: at(0), summary: {} }),
    listAuditEvents: () => ({ items: [{ id: 'a1', occurredAt: at(-60 * minute), action: 'resume_queue', eventType: 'queue.resumed', outcome: 'succeeded', actor: { id: 'ops-lead', type: 'user', label: 'ops-lead' }, subject: { type: 'queue', id: 'report' }, reason: 'reports are back', source: 'page', requestId: 'r', metadata: {} }], asOf: at(0) }),
    listDeploys: () => ({ items: [{ id: 'd1', version: 'v411', at: at(-30 * minute) }], asOf: at(0) }),
    ...over,
  })

const opened = async (api = usual(), attributes: Record<string, string> = {}) => {
  const page = mount('ops-queue', api, { queue: 'report', ...attributes })
  await until(() => all(page, '[part=possible]').length > 0, 'the queue')
  return page
}
const part = (page: Element, name: string) => seen(all(page, `[part=${name}]`)[0])

describe('ops-queue', () => {
  afterEach(clear)

  it('shows the condition, what is ruled out, and the open incident', async () => {
    const page = await opened(usual({ getQueue: () => queueDetail('report', { status: 'blocked', diagnosis: 'stuck', headline: 'Nothing started for 3 h 1 min: 84 jobs wait.', ruledOut: ['a pause', 'failures here'], drainMinutes: null, incident: { id: 'i1', title: 'report is stuck' } }) }))
    equal(part(page, 'headline'), 'Blocked report is stuck Nothing started for 3 h 1 min: 84 jobs wait. Ruled out: a pause · failures here .')
    equal(all(page, '[part=headline] a')[0]!.getAttribute('href'), '/ops/jobs/incident/i1')
  })

  it('tells when a backlog will be gone, and claims nothing otherwise', async () => {
    const page = await opened()
    includes(part(page, 'headline'), 'At this rate, the backlog is gone in 31 min')
    clear()
    excludes(part(await opened(usual({ getQueue: () => queueDetail('report', { drainMinutes: null }) })), 'headline'), 'pace')
  })

  it('draws the chosen figure over the chosen time, with what failed below it, deploys and gaps', async () => {
    const api = usual()
    const page = await opened(api)
    const told: unknown[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent).detail))
    const charts = () => all<HTMLElement & { label: string; series: { value: number | null; failed?: number }[]; marks: { label: string }[]; hrefOf?: (from: string, to: string) => string }>(page, 'ops-chart')
    equal(charts().map(({ label }) => label), ['Waiting', 'Started per minute, failed attempts in red'])
    equal(charts()[0]!.series.length, 59, 'measured steps')
    equal(charts()[1]!.series.some(({ failed }) => failed === 30), true)
    await until(() => charts()[0]!.marks[0]?.label === 'v411', 'the deploy')
    equal(charts()[0]!.hrefOf!('2026-11-21T10:00:00Z', '2026-11-21T10:01:00Z'), '/ops/jobs/list?queue=report&state=available&time=due&to=2026-11-21T10%3A01%3A00Z')
    equal(charts()[1]!.hrefOf!('2026-11-21T10:00:00Z', '2026-11-21T10:01:00Z'), '/ops/jobs/list?queue=report&time=finished&from=2026-11-21T10%3A00%3A00Z&to=2026-11-21T10%3A01%3A00Z')
    button(page, 'Run time')!.click()
    await until(() => charts()[0]!.label.startsWith('Run time'), 'the figure')
    button(page, '24 h')!.click()
    await until(() => api.calls.findLast(({ name }) => name === 'getQueue')!.query.get('range') === '24h', 'the range')
    equal(told, [{ path: '/queue/report', query: { metric: 'run', range: '' } }, { path: '/queue/report', query: { metric: 'run', range: '24h' } }])
  })

  it('lists the oldest waiting jobs with what made them, and the longest runs beside what is usual', async () => {
    const page = await opened()
    for (const words of ['All 3,902', 'job-0009', '4 min', 'nightly_sync', 'Mailer']) includes(part(page, 'oldest'), words)
    for (const words of ['job-0002', '3 h 1 min', 'usually 4 s']) includes(part(page, 'running'), words)
    clear()
    const silent = await opened(usual({ getQueue: () => queueDetail('report', { oldest: null, running: null }) }))
    includes(part(silent, 'oldest'), 'the engine did not answer')
    includes(part(silent, 'running'), 'Not known')
  })

  it('adds up what feeds the backlog', async () => {
    const fed = part(await opened(), 'fed-by')
    for (const words of ['nightly_sync next in', '60 of 84', 'vat_report paused', 'the application 24 of 84']) includes(fed, words.replace(' of 84', ' of 84'))
  })

  it('shows errors, executors and changes to those who may see them, and asks for nothing else', async () => {
    const page = await opened()
    await until(() => part(page, 'changes').includes('ops-lead'), 'the changes')
    includes(part(page, 'changes'), 'resumed the queue')
    includes(part(page, 'changes'), 'deploy v411')
    includes(part(page, 'executors'), 'worker-5 print-1 · v410')
    includes(part(page, 'executors'), 'missing')
    includes(part(page, 'errors'), 'RangeError: canvas of <int> MB is too large')
    ok(all<HTMLAnchorElement>(page, '[part=errors] li a')[0]!.getAttribute('href')!.includes('/errors?group=e1%3A'), 'a link that opens the group')
    clear()
    const api = usual({ getSession: () => session({ permissions: { ...everything(true), ...Object.fromEntries(['view_jobs', 'view_audit', 'view_overview'].map((view) => [view, { allowed: false, reason: 'No.' }])) } }) })
    const less = await opened(api)
    await until(() => api.count('listExecutors') === 1, 'the executors')
    equal(['listErrorGroups', 'listAuditEvents', 'listDeploys'].map((name) => api.count(name as 'listDeploys')), [0, 0, 0])
    ok(all(less, '[part=errors]').length === 0, 'no errors')
  })

  it('offers the best action first where only the host can act, and shows why the others are not possible', async () => {
    const operations = { pause_queue: { allowed: false, reason: 'No companion attends it.' }, resume_queue: { allowed: false, reason: 'It is not paused.' }, scale_queue: { allowed: false, reason: 'No companion attends it.' } }
    const page = await opened(usual({ getQueue: () => queueDetail('report', { status: 'blocked', diagnosis: 'no_executor', operations }) }))
    const possible = part(page, 'possible')
    ok(possible.indexOf('boss.work("report", handler)') < possible.indexOf('Cancel the 3,902 waiting…'), possible)
    includes(possible, 'Not possible now. No companion attends it.')
    ok(button(page, 'Pause queue…')!.disabled, 'closed')
  })

  it('shows that a queue does not exist, and how fresh the figures are', async () => {
    const none = mount('ops-queue', usual({ getQueue: () => { throw new Refusal('not_found', "No queue 'report' that you may see.") } }), { queue: 'report' })
    await until(() => seen(none).includes("No queue 'report' that you may see."), 'the refusal')
    clear()
    const old = await opened(usual({ getQueue: () => queueDetail('report', { status: 'unknown', diagnosis: 'not_looked', age: 'unknown', headline: 'Not measured for 8 min.' }) }))
    includes(part(old, 'headline'), 'unknown Not measured for 8 min.')
    excludes(part(old, 'headline'), 'Runnable')
  })

  it('breaks nothing, however long the words are', async () => {
    const word = 'q'.repeat(300)
    const page = await opened(usual({ getQueue: () => queueDetail(word, { headline: word, fedBy: { entries: [{ name: word, nextSlotAt: null, paused: false, waiting: 1 }], looked: { jobs: 1, all: true } } }) }), { queue: word })
    for (const width of [1200, 800, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} at ${width}`)
    }
  })
})
