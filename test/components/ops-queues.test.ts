import type { Queue } from '../../schemas/queue.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { queue, queuePage } from './job-sample.ts'
import { at, everything, plan, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listQueues: () => queuePage(),
    createPreview: () => preview({ reasonRequired: true, plan: plan({ action: 'pause_queue', subject: { type: 'queue', id: 'mail' }, title: 'Pause mail' }) }),
    ...over,
  })

const opened = async (api = usual(), attributes: Record<string, string> = {}) => {
  const page = mount('ops-queues', api, attributes)
  await until(() => all(page, '[part=row]').length > 0, 'the queues')
  return page
}
const rowOf = (page: Element, name: string) => all<HTMLElement>(page, '[part=row]').find((row) => seen(row.querySelector('.name a')) === name)!
const only = (item: Queue) => usual({ listQueues: () => queuePage([item]) })

describe('ops-queues', () => {
  afterEach(clear)

  it('shows depth by state, who works on it, what is paused by whom and why', async () => {
    const page = await opened()
    const mail = seen(rowOf(page, 'mail'))
    for (const part of ['3 executors · 20 at once', '3,902 available', '≈ 1.2 million completed', 'oldest has waited 4 min', '128/min', '2.1/min failed', '4.1 s', 'Runnable']) includes(mail, part)
    const reports = seen(rowOf(page, 'reports'))
    for (const part of ['Blocked', 'paused by ops-demo', 'warehouse migration']) includes(reports, part)
    includes(seen(rowOf(page, 'search_index')), 'jobs are waiting and no executor is seen')
    excludes(seen(rowOf(page, 'empty')), '0 available')
  })

  it('does not say of a queue where something failed that nothing did', async () => {
    const page = await opened(only(queue('mail', { failedPerMinute: 0.02 })))
    includes(seen(rowOf(page, 'mail')), 'under 0.1/min failed')
  })

  it('leads from each figure to the jobs behind it', async () => {
    const page = await opened()
    const hrefs = [...rowOf(page, 'mail').querySelectorAll('a')].map((link) => link.getAttribute('href'))
    equal(hrefs[0], '/ops/jobs/list?queue=mail')
    ok(hrefs.includes('/ops/jobs/list?queue=mail&state=retryable'), 'the retryable ones')
  })

  it('draws the last hour with what failed in it, says it in words, and leaves a gap where nobody measured', async () => {
    const page = await opened()
    const charts = [...rowOf(page, 'mail').querySelectorAll('.chart svg')]
    equal(charts.length, 3, 'charts')
    ok(charts[0]!.getAttribute('aria-label')!.startsWith('Waiting: rising over 59 min'), charts[0]!.getAttribute('aria-label')!)
    ok(charts[1]!.getAttribute('aria-label')!.endsWith('failed'), 'failures in words')
    ok(charts[1]!.querySelectorAll('.bad').length > 5, 'failures in the picture')
    equal(charts[0]!.querySelectorAll('.gap').length, 1, 'gaps')
    ok(seen(rowOf(page, 'empty')).includes('Waiting –'), 'nothing measured is no zero')
    includes([...rowOf(page, 'empty').querySelectorAll('.chart svg')][0]!.getAttribute('aria-label')!, 'not measured yet')
  })

  it('pauses through the dialog, and resumes what is paused', async () => {
    const api = usual()
    const page = await opened(api)
    button(page, 'Pause… mail')!.click()
    await until(() => button(page, 'Pause queue'), 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'pause_queue', subject: { type: 'queue', id: 'mail' } })
    ok(!button(page, 'Resume… reports')!.disabled, 'resuming is open')
  })

  it('changes how many jobs run at once, from what it is now, and takes whole numbers only', async () => {
    const api = usual({ createPreview: () => preview({ plan: plan({ action: 'scale_queue' }) }) })
    const page = await opened(api)
    button(page, 'More for mail')!.click()
    ;(await until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item) === 'Change concurrency…'), 'the item')).click()
    const field = await until(() => all<HTMLInputElement>(page, '#limit')[0], 'the field')
    equal(field.value, '20')
    type(field, '0')
    button(page, 'Review')!.click()
    await until(() => seen(all(page, 'dialog')[0]).includes('whole number from 1'), 'the complaint')
    type(field, '40')
    button(page, 'Review')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'scale_queue', subject: { type: 'queue', id: 'mail' }, input: { limit: 40 } })
  })

  it('closes what the engine cannot do, with the reason in words', async () => {
    const page = await opened()
    const pause = button(page, 'Pause… search_index')!
    ok(pause.disabled, 'closed')
    includes(seen(all(page, `[id="${pause.getAttribute('aria-describedby')}"]`)[0]), 'This engine cannot pause a queue; stop its workers instead.')
  })

  it('says once what the engine does for no queue at all', async () => {
    const lack = 'pg-boss has no pause: its workers stop taking jobs when the host says so.'
    const lacks = { pause_queue: lack, executors: 'pg-boss keeps no list of its workers.' }
    const closed = queue('mail', { executors: null, operations: { pause_queue: { allowed: false, reason: lack } } })
    const page = await opened(usual({ getSession: () => session({ engine: { ...session().engine, lacks } }), listQueues: () => queuePage([closed]) }))
    await until(() => seen(all(page, '[part=limits]')[0]) === `Not on this engine. ${lack} ${lacks.executors}`, 'the note')
    ok(button(page, 'Pause… mail')!.disabled, 'closed')
    equal(seen(all(page, '.do .refusal .refusal')[0]), `Not on this engine : ${lack}`)
  })

  it('says it once on top for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const denied = queue('mail', { operations: Object.fromEntries(['pause_queue', 'resume_queue', 'scale_queue'].map((action) => [action, { allowed: false, reason }])) })
    const page = await opened(usual({ getSession: () => session({ permissions: everything(false, reason) }), listQueues: () => queuePage([denied]) }))
    await until(() => seen(page).includes('Read-only.'), 'the banner')
    ok(button(page, 'Pause… mail')!.disabled, 'closed')
    includes(seen(all(page, '.do .refusal')[0]), 'Read-only')
  })

  it('names no author of a pause that the engine made itself', async () => {
    const page = await opened(only(queue('mail', { paused: {} })))
    includes(seen(page), 'in the engine; nobody is on record')
  })

  it('says that figures are old, and nothing while they are fresh', async () => {
    const page = await opened()
    excludes(seen(page), 'Figures are old')
    clear()
    const stale = await opened(only(queue('mail', { asOf: at(-5 * 60_000) })))
    includes(seen(stale), 'Figures are old')
    includes(seen(stale), 'as of 5 min ago')
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
    const none = mount('ops-queues', usual({ listQueues: () => queuePage([]) }))
    await until(() => seen(none).includes('No queues'), 'the empty state')
    clear()
    const broken = mount('ops-queues', usual({ listQueues: () => { throw new Refusal('forbidden', 'Support may not see queues.') } }))
    await until(() => seen(broken).includes('Support may not see queues.'), 'the refusal')
  })

  it('reads again upon a hint without replacing a row', async () => {
    let count = 10
    const api = usual({ listQueues: () => queuePage([queue('mail', { depth: [{ state: 'available', count, how: 'exact' }] })]) })
    const page = await opened(api)
    await until(() => api.openStreams === 1, 'the stream')
    const row = rowOf(page, 'mail')
    count = 11
    api.hint({ topic: 'queues' })
    await until(() => seen(row).includes('11 available'), 'the new figure')
    equal(rowOf(page, 'mail'), row)
  })

  it('breaks nothing, however long the words of a queue are', async () => {
    const word = 'q'.repeat(300)
    const page = await opened(only(queue(word, { paused: { at: at(-1000), by: { id: 'x', type: 'user', label: word }, reason: word } })))
    for (const width of [1200, 800, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} at ${width}`)
    }
  })
})
