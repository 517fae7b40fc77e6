import type { AuditEvent } from '../../schemas/audit.ts'
import { eventId, events } from './evidence-sample.ts'
import { type Call, FakeApi, Refusal } from './fake-api.ts'
import { at, session } from './sample.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

/** A log that answers as the API would: newest first, by cursor. */
class Log {
  items: AuditEvent[] = events(30, 30)

  readonly list = ({ query }: Call) => {
    const limit = Number(query.get('limit') ?? 50)
    const start = query.has('cursor') ? this.items.findIndex(({ id }) => id === query.get('cursor')) + 1 : 0
    const items = this.items.slice(start, start + limit)
    const more = start + limit < this.items.length
    return { items, nextCursor: more ? items.at(-1)!.id : undefined, asOf: at(0) }
  }

  add(count: number) {
    this.items = [...events(this.items.length + count, count), ...this.items]
  }
}

const usual = (over: Answers = {}, log = new Log()) =>
  new FakeApi({
    getSession: () => session(),
    listAuditEvents: log.list,
    getAuditEvent: ({ params }) => log.items.find(({ id }) => id === params.id),
    ...over,
  })

const refuse = (code: 'unavailable' | 'unauthenticated' | 'not_found') => () => {
  throw new Refusal(code, 'It did not answer.')
}

const rows = (page: Element) => all<HTMLElement>(page, 'tr.event')
const opener = (page: Element, index: number) => until(() => all<HTMLAnchorElement>(page, '.what a')[index], `row ${index}`)
const lastQuery = (api: FakeApi) => Object.fromEntries(api.calls.findLast(({ name }) => name === 'listAuditEvents')!.query)
const shown = (page: Element, count: number) => until(() => rows(page).length === count && rows(page), `${count} rows`)

describe('ops-audit', () => {
  afterEach(clear)

  it('shows who did what, to what, how it ended, why, when and from where, newest first', async () => {
    const page = mount('ops-audit', usual())
    const [first, , , fourth] = await shown(page, 30)
    for (const part of ['cron.paused', 'succeeded', 'ops-demo', 'nightly_sync', 'fixture maintenance', 'page', 'ago', 'UTC']) {
      if (part !== 'UTC') includes(seen(first), part)
    }
    equal(all(first, '.what a')[0]!.getAttribute('href'), `/ops/jobs/audit?event=${eventId(30)}`)
    ok(all(first, 'a[href="/ops/jobs/forensics/cron_entry/nightly_sync"]')[0], 'a link to the evidence')
    includes(seen(fourth), 'cron.resumed')
    excludes(seen(page), 'Edit')
    includes(seen(page), 'can be neither changed nor removed')
  })

  it('tells the batches of a bulk run apart, and how many jobs each event names', async () => {
    const log = new Log()
    const subject = { type: 'bulk', id: eventId(99) }
    log.items = log.items.map((event, index) => (index > 1 ? event : { ...event, subject, bulkId: subject.id, jobs: index ? 1000 : 34, metadata: { batch: 2 - index } }))
    const page = mount('ops-audit', usual({}, log))
    const [first, second, third] = await shown(page, 30)
    includes(seen(first), 'bulk run, batch 2, 34 jobs')
    includes(seen(second), 'bulk run, batch 1, 1,000 jobs')
    excludes(seen(third), 'batch')
  })

  it('makes what was refused visible at once, with shape, word and code', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const denied = all(page, 'tr.denied')[0]!
    const failed = all(page, 'tr.failed')[0]!
    includes(seen(denied), 'denied forbidden')
    includes(seen(failed), 'failed preview_drifted')
    const shapes = ['.succeeded', '.denied', '.failed'].map((kind) => all(page, `tr${kind} .chip svg`)[0]!.innerHTML.replaceAll(/<!--.*?-->/g, ''))
    equal(new Set(shapes).size, 3, 'different shapes')
  })

  it('asks with the filters of its attributes', async () => {
    const api = usual()
    mount('ops-audit', api, { actor: 'ops-demo', 'event-type': 'cron.paused', outcome: 'denied', 'subject-type': 'cron_entry', 'subject-id': 'a/b', limit: '10' })
    await until(() => api.count('listAuditEvents') > 0, 'a request')
    equal(lastQuery(api), { outcome: 'denied', actor: 'ops-demo', eventType: 'cron.paused', subjectType: 'cron_entry', subjectId: 'a/b', limit: '10' })
  })

  it('narrows by each field, tells the page around it, and clears all at once', async () => {
    const api = usual()
    const page = mount('ops-audit', api)
    await shown(page, 30)
    const told: unknown[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent).detail))
    type(all(page, '#q')[0], 'fixture maintenance')
    await until(() => lastQuery(api).q === 'fixture maintenance', 'the words')
    type(all(page, '#outcome')[0], 'failed')
    await until(() => lastQuery(api).outcome === 'failed', 'the outcome')
    type(all(page, '#from')[0], '2026-03-01T10:30')
    await until(() => lastQuery(api).from === new Date('2026-03-01T10:30').toISOString(), 'the instant')
    equal((told.at(-1) as { path: string }).path, '/audit')
    equal((told.at(-1) as { query: Record<string, string> }).query.outcome, 'failed')
    button(page, 'Clear all')!.click()
    await until(() => Object.keys(lastQuery(api)).join() === 'limit', 'no filter')
    await until(() => (all(page, '#q')[0] as HTMLInputElement).value === '' && (all(page, '#outcome')[0] as HTMLSelectElement).value === '', 'the empty form')
  })

  it('offers every type of event, and all that begin alike', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const offers = all<HTMLOptionElement>(page, '#eventType-offers option').map(({ value }) => value)
    for (const offer of ['job.', 'job.retried', 'cron.', 'host.follow_up']) ok(offers.includes(offer), offer)
  })

  it('clears also what was typed and not applied yet', async () => {
    const api = usual()
    const page = mount('ops-audit', api)
    await shown(page, 30)
    const field = all(page, '#q')[0] as HTMLInputElement
    field.focus()
    field.value = 'half a word'
    const clearAll = button(page, 'Clear all')!
    ok(!clearAll.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, composed: true, cancelable: true })), 'the field is not left first')
    clearAll.click()
    equal(field.value, '')
  })

  it('says at the field when only half of a date is there', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const field = all(page, '#from')[0] as HTMLInputElement
    // A script cannot fill in half a date; what the browser then says of the field can be.
    Object.defineProperty(field, 'validity', { value: { badInput: true } })
    field.dispatchEvent(new Event('blur'))
    equal(seen(all(page, '#from-half')[0]), 'Fill in both date and time, or neither.')
    equal(field.getAttribute('aria-invalid'), 'true')
  })

  it('offers every type of event there is', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const offers = [...all(page, '#eventType-offers option')].map((option) => option.getAttribute('value'))
    for (const offer of ['cron.paused', 'job.rescued', 'queue.scaled', 'refusals.folded']) ok(offers.includes(offer), offer)
  })

  it('fills by itself while it is empty', async () => {
    let items: AuditEvent[] = []
    const api = usual({ listAuditEvents: () => ({ items, asOf: at(0) }) })
    const page = mount('ops-audit', api)
    await until(() => seen(page).includes('No events yet'), 'the empty log')
    items = events(1, 1)
    api.hint({ topic: 'audit' })
    await until(() => all(page, '.event').length === 1, 'the event')
  })

  it('opens one event in full, with a readable difference, and closes it again', async () => {
    const page = mount('ops-audit', usual())
    ;(await opener(page, 3)).click()
    const details = await until(() => all(page, 'ops-event-details').find((each) => seen(each).includes('Request id')), 'the details')
    for (const part of ['resume_cron_entry', 'pausedAt', 'none', 'req-27', eventId(27), 'cannot be edited or removed']) includes(seen(details), part)
    equal((await opener(page, 3)).getAttribute('aria-expanded'), 'true')
    ok(all(details, `a[href="/ops/jobs/audit?event=${eventId(27)}"]`)[0], 'a link to this event')
    ;(await opener(page, 3)).click()
    await until(() => all(page, 'ops-event-details').length === 0, 'the details to close')
  })

  it('leaves a click with a modifier to the browser', async () => {
    const page = mount('ops-audit', usual())
    const link = await opener(page, 0)
    document.addEventListener('click', (event) => event.preventDefault(), { once: true })
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ctrlKey: true }))
    await page.updateComplete
    equal(all(page, 'ops-event-details').length, 0, 'details')
  })

  it('narrows to the actor or the subject of an event', async () => {
    const api = usual()
    const page = mount('ops-audit', api, { event: eventId(29) })
    ;(await until(() => button(page, 'Only this actor'), 'the button')).click()
    await until(() => lastQuery(api).actor === 'ops-demo' && lastQuery(api).actorType === 'user', 'the actor: two may have one id')
    ;(await until(() => button(page, 'Only this subject'), 'the button')).click()
    await until(() => lastQuery(api).subjectType === 'cron_entry' && lastQuery(api).subjectId === 'nightly_sync', 'the subject')
  })

  it('shows a linked event that is not in the list, and says so when there is none', async () => {
    const log = new Log()
    const page = mount('ops-audit', usual({}, log), { event: eventId(2), limit: '5' })
    await until(() => seen(all(page, '.linked-event ops-event-details')[0]).includes(eventId(2)), 'the linked event')
    clear()
    const other = mount('ops-audit', usual({ getAuditEvent: refuse('not_found') }), { event: 'gone' })
    await until(() => seen(other).includes('Not found'), 'the problem')
    equal(rows(other).length, 30, 'rows beside it')
  })

  it('loads older events below and keeps its place', async () => {
    const page = mount('ops-audit', usual(), { limit: '12' })
    await shown(page, 12)
    const more = button(page, 'Load more')!
    more.focus()
    more.click()
    await shown(page, 24)
    ok(deepFocus() === button(page, 'Load more'), 'the focus stays')
    button(page, 'Load more')!.click()
    await shown(page, 30)
    includes(seen(page), 'All 30 events shown')
    ok(!button(page, 'Load more'), 'nothing more to load')
    equal(new Set(rows(page).map((row) => row.querySelector('a')!.dataset.event)).size, 30, 'different events')
  })

  it('keeps the rows when older ones cannot be loaded, and tries again', async () => {
    const log = new Log()
    let broken = true
    const page = mount('ops-audit', usual({ listAuditEvents: (call) => (broken && call.query.has('cursor') ? refuse('unavailable')() : log.list(call)) }), { limit: '12' })
    await shown(page, 12)
    button(page, 'Load more')!.click()
    await until(() => seen(page).includes('did not answer'), 'the problem')
    equal(rows(page).length, 12, 'rows')
    broken = false
    button(page, 'Try again')!.click()
    await shown(page, 24)
  })

  it('does not move the rows for new events, but counts them and shows them when asked', async () => {
    const log = new Log()
    const api = usual({}, log)
    const page = mount('ops-audit', api, { limit: '12' })
    await shown(page, 12)
    button(page, 'Load more')!.click()
    await shown(page, 24)
    log.add(3)
    await until(() => api.openStreams === 1, 'the stream')
    api.hint({ topic: 'audit' })
    const show = await until(() => button(page, '3 new events · show'), 'the button')
    equal(rows(page)[0]!.querySelector('a')!.dataset.event, eventId(30), 'the first row')
    show.click()
    await shown(page, 27)
    equal(rows(page).slice(0, 4).map((row) => row.querySelector('a')!.dataset.event), [33, 32, 31, 30].map(eventId))
    equal((deepFocus() as HTMLElement).dataset.event, eventId(33), 'the focus')
    ok(!button(page, '3 new events · show'), 'nothing new any more')
  })

  it('starts over at the newest when more came than it can join without a hole', async () => {
    const log = new Log()
    const api = usual({}, log)
    const page = mount('ops-audit', api, { limit: '5' })
    await shown(page, 5)
    log.add(20)
    await until(() => api.openStreams === 1, 'the stream')
    api.hint({ topic: 'reset' })
    ;(await until(() => button(page, '5+ new events · show'), 'the button')).click()
    await until(() => rows(page)[0]!.querySelector('a')!.dataset.event === eventId(50), 'the newest')
    equal(rows(page).map((row) => row.querySelector('a')!.dataset.event), [50, 49, 48, 47, 46].map(eventId))
    button(page, 'Load more')!.click()
    await shown(page, 10)
    equal(rows(page)[5]!.querySelector('a')!.dataset.event, eventId(45), 'no hole')
  })

  it('exports what the filters show by a plain link', async () => {
    const real = globalThis.fetch
    globalThis.fetch = usual().fetch
    document.body.innerHTML = '<ops-audit api="/alone/audit/api/v1" actor="ops-demo"></ops-audit>'
    const links = await until(() => all<HTMLAnchorElement>(document.body, 'a[download]').length === 2 && all<HTMLAnchorElement>(document.body, 'a[download]'), 'two links')
    equal(links.map((link) => link.getAttribute('href')), [
      '/alone/audit/api/v1/audit-events/export?format=csv&actor=ops-demo',
      '/alone/audit/api/v1/audit-events/export?format=ndjson&actor=ops-demo',
    ])
    globalThis.fetch = real
  })

  it('exports through the host’s own fetch when it has one, and says what went wrong', async () => {
    const saved: string[] = []
    const stop = (event: Event) => {
      const link = event.composedPath()[0] as HTMLAnchorElement
      if (link.download) saved.push(link.download)
      if (link.download) event.preventDefault()
    }
    const click = HTMLAnchorElement.prototype.click
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      saved.push(this.download)
    }
    let broken = false
    const api = usual({ exportAuditEvents: () => (broken ? refuse('unavailable')() : 'id') })
    const page = mount('ops-audit', api, { outcome: 'denied' })
    page.addEventListener('click', stop)
    ;(await until(() => button(page, 'Export NDJSON'), 'the button')).click()
    await until(() => saved.length === 1, 'the file')
    HTMLAnchorElement.prototype.click = click
    equal(saved, ['audit-events.ndjson'])
    equal(Object.fromEntries(api.calls.findLast(({ name }) => name === 'exportAuditEvents')!.query), { format: 'ndjson', outcome: 'denied' })
    broken = true
    ;(await until(() => !button(page, 'Export CSV')?.disabled && button(page, 'Export CSV'), 'the button')).click()
    await until(() => seen(page).includes('Not exported.'), 'the problem')
  })

  it('disables the exports with the reason for somebody who cannot be named in evidence', async () => {
    const page = mount('ops-audit', usual({ getSession: () => session({ actor: null }) }))
    await until(() => seen(page).includes('cannot be named in evidence, so it may not export'), 'the reason')
    ok(button(page, 'Export CSV')!.disabled && button(page, 'Export NDJSON')!.disabled, 'disabled')
  })

  it('tells no event at all from no event that matches', async () => {
    const nothing = () => ({ items: [], asOf: at(0) })
    const page = mount('ops-audit', usual({ listAuditEvents: nothing }))
    await until(() => seen(page).includes('No events yet'), 'the empty state')
    page.actor = 'nobody'
    await until(() => seen(page).includes('No event matches'), 'the other empty state')
    equal(all(page, 'slot[name=empty]').length, 1, 'slots')
  })

  it('offers to go on when a page held nothing this reader may see', async () => {
    const log = new Log()
    const page = mount('ops-audit', usual({ listAuditEvents: (call) => (call.query.has('cursor') ? log.list(call) : { items: [], nextCursor: 'on', asOf: at(0) }) }))
    ;(await until(() => button(page, 'Load more'), 'the button')).click()
    await until(() => rows(page).length > 0, 'the rows')
  })

  it('shows an error instead of rows that the new filters did not ask for', async () => {
    const log = new Log()
    const page = mount('ops-audit', usual({ listAuditEvents: (call) => (call.query.get('from') === 'soon' ? refuse('unavailable')() : log.list(call)) }))
    await shown(page, 30)
    page.from = 'soon'
    await until(() => seen(page).includes('did not answer'), 'the problem')
    equal(rows(page).length, 0, 'rows')
    page.from = ''
    await shown(page, 30)
  })

  it('offers neither filters nor exports to somebody who may not see the log', async () => {
    const forbid = () => {
      throw new Refusal('forbidden', 'Support looks at cron only.')
    }
    const page = mount('ops-audit', usual({ listAuditEvents: forbid }))
    await until(() => seen(page).includes('Support looks at cron only.'), 'the problem')
    equal(all(page, 'form, ops-export').length, 0, 'forms and exports')
  })

  it('becomes a list of cards where there is little room', async () => {
    const page = mount('ops-audit', usual(), { event: eventId(30) })
    const [row] = await shown(page, 30)
    page.style.width = '390px'
    await until(() => getComputedStyle(row!).display === 'grid', 'cards')
    ok(page.scrollWidth <= page.clientWidth, 'nothing sticks out')
    for (const part of ['ops-demo', 'fixture maintenance', 'nightly_sync', 'page']) includes(seen(row), part)
  })

  for (const theme of ['light', 'dark']) {
    const states: Record<string, { shows: string; answers: Answers; width?: string }> = {
      'one event in full': { shows: 'Only this actor', answers: {} },
      narrow: { shows: 'Only this actor', answers: {}, width: '390px' },
      empty: { shows: 'No events yet', answers: { listAuditEvents: () => ({ items: [], asOf: at(0) }) } },
      loading: { shows: 'Loading', answers: { listAuditEvents: () => new Promise(() => undefined) } },
      error: { shows: 'did not answer', answers: { listAuditEvents: refuse('unavailable') } },
      unauthorized: { shows: 'Sign in', answers: { listAuditEvents: refuse('unauthenticated') } },
      'read-only': { shows: 'may not export', answers: { getSession: () => session({ actor: null }) } },
    }
    for (const [name, { shows, answers, width }] of Object.entries(states)) {
      it(`is accessible, ${name}, ${theme}`, async () => {
        const page = mount('ops-audit', usual(answers), { theme, event: shows.startsWith('Only') ? eventId(28) : '' })
        if (width) page.style.width = width
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
  }
})
