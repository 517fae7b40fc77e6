import type { Queue } from '../../schemas/queue.ts'
import type { OpsSheet } from '../../components/parts/sheet.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { queue, queueDetail, queuePage } from './job-sample.ts'
import { at, everything, plan, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listQueues: () => queuePage(),
    getQueue: ({ params }) => queueDetail(params.name!),
    createPreview: () => preview({ reasonRequired: true, plan: plan({ action: 'pause_queue', subject: { type: 'queue', id: 'mail' }, title: 'Pause mail' }) }),
    ...over,
  })

const opened = async (api = usual(), attributes: Record<string, string> = {}) => {
  const page = mount('ops-queues', api, attributes)
  await until(() => all(page, '[part=row]').length > 0, 'the queues')
  return page
}
const rowOf = (page: Element, name: string) => all<HTMLElement>(page, '[part=row]').find((row) => seen(row.querySelector('.name a')) === name)!
const cell = (page: Element, name: string, kind: string) => seen(rowOf(page, name).querySelector(`td.${kind} > :not(.label)`))
const names = (page: Element) => all(page, '[part=row] .name').map(seen)
const only = (item: Queue) => usual({ listQueues: () => queuePage([item]) })

describe('ops-queues', () => {
  afterEach(clear)

  it('says where work is piling up, and leads there', async () => {
    const page = await opened()
    equal(seen(all(page, '[part=sentence]')[0]), 'Work piles up in search_index : 3,902 of the 7,804 waiting jobs, the oldest for 4 min. Everywhere else the oldest waits 6 s.')
    equal(all(page, '[part=sentence] a')[0]!.getAttribute('href'), '/ops/jobs/queue/search_index')
  })

  it('has one line for each queue: its status and cause, its figures, and who works on it', async () => {
    const page = await opened()
    includes(seen(rowOf(page, 'mail')), 'Runnable moving')
    equal(['oldest', 'started', 'failed', 'wait', 'executors'].map((kind) => cell(page, 'mail', kind).replace(/ ,.*/, '')), ['4 min 4 min', '131', '2.1', '4.6 s', '3'])
    includes(seen(rowOf(page, 'mail')), '3,902')
    for (const part of ['Waiting', 'paused by ops-demo', 'warehouse migration']) includes(seen(rowOf(page, 'reports')), part)
    includes(seen(rowOf(page, 'search_index')), 'Blocked 3,902 jobs wait and no executor is seen')
    equal(cell(page, 'search_index', 'executors'), 'none')
  })

  it('does not call a queue healthy that has not been measured', async () => {
    const row = rowOf(await opened(), 'empty')
    includes(seen(row), 'unknown not measured yet')
    excludes(seen(row), 'Runnable')
    equal(['started', 'failed', 'wait', 'oldest'].map((kind) => seen(row.querySelector(`td.${kind} > :not(.label)`))), ['–', '–', '–', '–'])
  })

  it('counts a missing executor, and says of a queue where something failed that something did', async () => {
    const failing = { startedPerMinute: 24.6, failedPerMinute: 5, usualFailedPerMinute: 0.02, failing: true, waitP95Seconds: 6.1 }
    const page = await opened(usual({ listQueues: () => queuePage([
      queue('mail', { executors: 2, attendance: { healthy: 2, late: 0, missing: 1, slots: 4, used: 1 }, lately: failing }),
      queue('web', { lately: { ...failing, failedPerMinute: 0.02, failing: false } }),
    ]) }))
    equal(cell(page, 'mail', 'executors'), '2 −1 missing')
    ok(rowOf(page, 'mail').querySelector('.failed .bad'), 'failures in red')
    equal(rowOf(page, 'mail').querySelector('.failed')!.getAttribute('title'), 'usually < 0.1 a minute')
    equal(cell(page, 'web', 'failed'), '< 0.1')
    ok(!rowOf(page, 'web').querySelector('.failed .bad'), 'nothing out of the ordinary')
  })

  it('leads from a name to its queue, and from the waiting jobs to these', async () => {
    const page = await opened()
    const hrefs = [...rowOf(page, 'mail').querySelectorAll('a')].map((link) => link.getAttribute('href'))
    equal(hrefs, ['/ops/jobs/queue/mail', '/ops/jobs/list?queue=mail&state=available'])
  })

  it('leads from a cause that is an incident to it', async () => {
    const page = await opened(only(queue('mail', { status: 'needs_review', diagnosis: 'incident', cause: '140 fail since 12:54', incident: { id: '8c1f', title: '140 fail' } })))
    equal(rowOf(page, 'mail').querySelector('.cause a')!.getAttribute('href'), '/ops/jobs/incident/8c1f')
  })

  it('draws the jobs waiting in the last hour on one scale for all rows, with a text alternative, and gaps where nothing was measured', async () => {
    const page = await opened()
    const [picture] = rowOf(page, 'mail').querySelectorAll('.histogram')
    equal(picture!.getAttribute('aria-label'), 'Waiting in mail, last hour: from 2,000 to 3,770, at most 3,770; 1 minute not measured')
    equal(picture!.querySelectorAll('.unmeasured').length, 1, 'gaps')
    includes(seen(all(page, 'thead')[0]), 'one scale, 0–3,770')
    clear()
    const small = queue('small', { series: queue('small').series.map((point) => ({ ...point, waiting: 1 })) })
    const two = await opened(usual({ listQueues: () => queuePage([queue('mail'), small]) }))
    const tallest = Math.max(...[...rowOf(two, 'small').querySelector('.histogram .bars')!.getAttribute('d')!.matchAll(/v-([\d.]+)/g)].map(([, height]) => Number(height)))
    equal(tallest, 1.5, 'the smallest that can be seen')
  })

  it('asks for the worst first without the quiet ones, and unfolds these on request', async () => {
    const api = usual({
      listQueues: ({ query }) =>
        query.get('quiet') === 'only' ? queuePage([queue('ledger', { quiet: true })]) : queuePage([queue('mail')], { summary: { ...queuePage().summary, quiet: { count: 4, names: ['export_feed', 'ledger'] } } }),
    })
    const page = await opened(api)
    equal([...api.calls.find(({ name }) => name === 'listQueues')!.query].map(String), ['order,worst', 'limit,100', 'quiet,no'])
    const fold = all<HTMLButtonElement>(page, '.fold')[0]!
    equal(seen(fold), '4 quiet queues export_feed, ledger, …: no jobs are waiting, and nothing happened in the last hour')
    equal(api.count('listQueues'), 1, 'the quiet ones are not read')
    fold.click()
    await until(() => names(page).includes('ledger'), 'the quiet ones')
    equal(fold.getAttribute('aria-expanded'), 'true')
  })

  it('keeps rows where they are until the reader asks for the new order', async () => {
    let items = [queue('mail'), queue('web'), queue('feed')]
    const api = usual({ listQueues: () => queuePage(items) })
    const page = await opened(api)
    await until(() => api.openStreams === 1, 'the stream')
    const row = rowOf(page, 'mail')
    items = [queue('feed', { cause: 'nothing started for 11 min', status: 'blocked' }), queue('new'), queue('mail', { cause: 'moving on' })]
    api.hint({ topic: 'queues' })
    await until(() => seen(page).includes('moving on'), 'the new figures')
    equal(names(page), ['mail', 'feed', 'new'])
    equal(rowOf(page, 'mail'), row, 'the same row')
    button(page, 'The order has changed · sort again')!.click()
    await until(() => names(page)[0] === 'feed', 'the new order')
    ok(!button(page, 'The order has changed · sort again'), 'nothing more to sort')
  })

  it('sorts and finds on request, and says so in the address', async () => {
    const api = usual()
    const page = await opened(api)
    const told: unknown[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent<{ query: unknown }>).detail.query))
    button(page, 'Failed')!.click()
    await until(() => api.calls.at(-1)?.query.get('order') === 'failed', 'the order')
    equal(button(page, 'Failed')!.getAttribute('aria-pressed'), 'true')
    type(all(page, 'input[type=search]')[0], 'ma')
    await until(() => api.calls.at(-1)?.query.get('name') === 'ma', 'the name')
    ok(!api.calls.at(-1)!.query.has('quiet'), 'quiet ones are found, too')
    equal(told, [{ order: 'failed', find: '' }, { order: 'failed', find: 'ma' }])
  })

  it('pauses through the dialog, and resumes what is paused', async () => {
    const api = usual()
    const page = await opened(api)
    button(page, 'Pause… mail')!.click()
    await until(() => button(page, 'Pause queue'), 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'pause_queue', subject: { type: 'queue', id: 'mail' } })
    ok(!button(page, 'Resume… reports')!.disabled, 'resuming is open')
  })

  it('opens a sheet of what may be done: what helps, what the host does, what is not possible and why', async () => {
    const closed = { ...queue('search_index').operations, pause_queue: { allowed: false, reason: 'No process with a companion attends it.' } }
    const api = usual({ getQueue: ({ params }) => queueDetail(params.name!, { operations: closed, due: { count: 84, how: 'exact' } }) })
    const page = await opened(api)
    button(page, 'More for mail')!.click()
    const sheet = await until(() => all<OpsSheet>(page, 'ops-sheet[open]')[0], 'the sheet')
    await until(() => seen(sheet).includes('Cancel the 84 waiting…'), 'what is possible')
    for (const part of ['Pause nightly_sync… 60 of 84', '1 cron entry feeds mail. 24 waiting jobs come from elsewhere and are not affected.', 'host-owned follow-up', 'await boss.offWork("mail")', 'Not possible now. No process with a companion attends it.']) includes(seen(sheet), part)
    ok(button(page, 'Pause queue…')!.disabled, 'closed')
    button(page, 'Cancel the 84 waiting…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'cancel_job', selection: { filter: { queue: 'mail', state: 'available' } } })
    ok(!sheet.open, 'the sheet is closed')
  })

  it('changes how many jobs run at once, from what it is now, and takes whole numbers only', async () => {
    const api = usual({ createPreview: () => preview({ plan: plan({ action: 'scale_queue' }) }) })
    const page = await opened(api)
    button(page, 'More for mail')!.click()
    ;(await until(() => button(page, 'Change concurrency…'), 'the button')).click()
    const field = await until(() => all<HTMLInputElement>(page, '#limit')[0], 'the field')
    equal(field.value, '20')
    type(field, '0')
    button(page, 'Review')!.click()
    await until(() => all(page, 'dialog').some((dialog) => seen(dialog).includes('whole number from 1')), 'the complaint')
    type(field, '40')
    button(page, 'Review')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'scale_queue', subject: { type: 'queue', id: 'mail' }, input: { limit: 40 } })
  })

  it('closes what the engine cannot do, with the reason in words', async () => {
    const page = await opened()
    const pause = button(page, 'Pause… search_index')!
    ok(pause.disabled, 'closed')
    equal(seen(all(page, `[id="${pause.getAttribute('aria-describedby')}"]`)[0]), 'This engine cannot pause a queue; stop its workers instead.')
  })

  it('says once what the engine does for no queue at all', async () => {
    const lack = 'pg-boss has no pause: its workers stop taking jobs when the host says so.'
    const lacks = { pause_queue: lack, executors: 'pg-boss keeps no list of its workers.' }
    const closed = queue('mail', { executors: null, operations: { pause_queue: { allowed: false, reason: lack } } })
    const page = await opened(usual({ getSession: () => session({ engine: { ...session().engine, lacks } }), listQueues: () => queuePage([closed]) }))
    await until(() => seen(all(page, '[part=limits]')[0]) === `On this engine. ${lack} ${lacks.executors}`, 'the note')
    ok(button(page, 'Pause… mail')!.disabled, 'closed')
  })

  it('says it once on top for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const denied = queue('mail', { operations: Object.fromEntries(['pause_queue', 'resume_queue', 'scale_queue'].map((action) => [action, { allowed: false, reason }])) })
    const page = await opened(usual({ getSession: () => session({ permissions: everything(false, reason) }), listQueues: () => queuePage([denied]) }))
    await until(() => seen(page).includes('Read-only.'), 'the banner')
    ok(button(page, 'Pause… mail')!.disabled, 'closed')
  })

  it('says that figures are old, and nothing while they are fresh', async () => {
    const page = await opened()
    excludes(seen(page), 'Figures are old')
    clear()
    const stale = await opened(only(queue('mail', { asOf: at(-6 * 60_000), age: 'unknown', status: 'unknown', diagnosis: 'not_looked', cause: 'not measured for 6 min' })))
    includes(seen(stale), 'Figures are old')
    includes(seen(stale), 'as of 6 min ago')
    excludes(seen(stale), 'Runnable')
  })

  it('shows one queue alone, not those with a similar name, and the way back to all', async () => {
    const api = usual({ listQueues: () => queuePage([queue('mail'), queue('mail_bulk')]) })
    const page = await opened(api, { queue: 'mail' })
    equal(all(page, '[part=row]').length, 1, 'queues')
    button(page, 'Show all queues')!.click()
    await until(() => all(page, '[part=row]').length === 2, 'all queues')
    ok(!api.calls.findLast(({ name }) => name === 'listQueues')!.query.has('name'), 'no name is asked')
  })

  it('says what is not there, and what went wrong', async () => {
    const none = mount('ops-queues', usual({ listQueues: () => queuePage([], { summary: { queues: 0, quiet: { count: 0, names: [] }, waiting: 0, sentence: { before: 'There are no queues yet.' } } }) }))
    await until(() => seen(none).includes('No queues'), 'the empty state')
    clear()
    const broken = mount('ops-queues', usual({ listQueues: () => { throw new Refusal('forbidden', 'Support may not see queues.') } }))
    await until(() => seen(broken).includes('Support may not see queues.'), 'the refusal')
  })

  it('breaks nothing, however long the words of a queue are', async () => {
    const word = 'q'.repeat(300)
    const page = await opened(only(queue(word, { cause: word, paused: { at: at(-1000), by: { id: 'x', type: 'user', label: word }, reason: word } })))
    for (const width of [1200, 800, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} at ${width}`)
    }
  })
})
