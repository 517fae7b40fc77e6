import type { AuditEvent } from '../../schemas/audit.ts'
import { eventId, events } from './evidence-sample.ts'
import { type Call, FakeApi, Refusal } from './fake-api.ts'
import type { OpsSheet } from '../../components/parts/sheet.ts'
import { at, entry, preview, session } from './sample.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

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

const rows = (page: Element) => all<HTMLElement>(page, 'li.event')
const opener = (page: Element, index: number) => until(() => all<HTMLAnchorElement>(page, '.time')[index], `row ${index}`)
const lastQuery = (api: FakeApi) => Object.fromEntries(api.calls.findLast(({ name }) => name === 'listAuditEvents')!.query)
const shown = (page: Element, count: number) => until(() => rows(page).length === count && rows(page), `${count} rows`)

describe('ops-audit', () => {
  afterEach(clear)

  it('shows a sentence for each deed, newest first, with what and why, and is silent about success', async () => {
    const page = mount('ops-audit', usual())
    const [first, , , fourth] = await shown(page, 30)
    equal(seen(first).replace(/^\d\d:\d\d /, ''), 'ops-demo paused nightly_sync fixture maintenance page')
    ok(/^\d\d:\d\d$/.test(seen(first!.querySelector('.time'))), 'the time of day')
    equal((await opener(page, 0)).getAttribute('href'), `/ops/jobs/audit?event=${eventId(30)}`)
    ok(all(first, 'a[href="/ops/jobs/forensics/cron_entry/nightly_sync"]')[0], 'a link to the evidence')
    includes(seen(fourth), 'ops-demo resumed nightly_sync')
    excludes(seen(page), 'succeeded')
    excludes(seen(page), 'Edit')
    includes(seen(page), 'can be neither changed nor removed')
  })

  it('groups deeds by the reader’s days, and counts only what is loaded', async () => {
    const log = new Log()
    log.items = [0, 0, 1, 1, 1].map((days, index) => {
      const day = new Date()
      day.setDate(day.getDate() - days)
      day.setHours(12, 30 - index, 0, 0)
      return { ...log.items[index * 5]!, id: eventId(50 - index), occurredAt: day.toISOString(), ...(index === 4 ? { actor: { id: 'lena', type: 'user', label: 'lena' } } : {}) }
    })
    const page = mount('ops-audit', usual({}, log))
    await shown(page, 5)
    await until(() => seen(all(page, '.day')[1]).includes('3 deeds by 2 people'), 'the counts')
    ok(/^Today \w+ \d+ \w+ 2 deeds by 1 person$/.test(seen(all(page, '.day')[0])), seen(all(page, '.day')[0]))
    ok(seen(all(page, '.day')[1]).startsWith('Yesterday '), 'yesterday')
    clear()
    const part = mount('ops-audit', usual({}, log), { limit: '3' })
    await until(() => seen(all(part, '.day')[1]).includes('1 deed by 1 person loaded, more below'), 'what is not loaded is not claimed')
  })

  it('leaves the system’s rows out, says how many there were each day, and shows them when asked', async () => {
    const api = usual({ countAuditEvents: ({ query }) => ({ periods: query.get('bounds')!.split(',').slice(1).map((from, index) => ({ from, to: query.get('bounds')!.split(',')[index], events: 31, more: index > 0 })), asOf: at(0) }) })
    const page = mount('ops-audit', api)
    await shown(page, 30)
    equal(lastQuery(api), { actors: 'accounts', batches: 'no', limit: '50' })
    const more = await until(() => button(page, '+ 31 by the system'), 'the count')
    equal(api.calls.findLast(({ name }) => name === 'countAuditEvents')!.query.get('actors'), 'system')
    more.click()
    await until(() => Object.keys(lastQuery(api)).join() === 'batches,limit', 'all events')
    ok((await until(() => all<HTMLInputElement>(page, 'input[type=checkbox]')[0], 'the checkbox')).checked, 'the checkbox says so')
    page.system = ''
    page.eventType = 'incident.opened'
    await until(() => lastQuery(api).eventType === 'incident.opened', 'the filter')
    ok(!('actors' in lastQuery(api)), 'a filter that may be about the system shows it')
  })

  it('shows a bulk run as one row with how it ended, and unfolds its batches', async () => {
    const log = new Log()
    const subject = { type: 'bulk', id: eventId(99) }
    const metadata = { resource: { queues: ['gift_reminder'] }, eligible: 30_003 }
    const started: AuditEvent = {
      ...log.items[0]!, action: 'cancel_job', eventType: 'bulk.started', subject, bulkId: subject.id, metadata,
      run: { status: 'aborted', total: 30_003, eligible: 30_003, outcomes: { done: 23_000, aborted: 7_003 }, batches: 31 },
    }
    const batches = Array.from({ length: 23 }, (_, index) => ({ ...started, id: eventId(300 + index), eventType: 'job.cancelled', jobs: 1_000, metadata: { ...metadata, batch: 23 - index }, run: undefined }))
    const aborted: AuditEvent = { ...started, id: eventId(400), eventType: 'bulk.aborted', action: 'abort_bulk' }
    log.items = [started, ...log.items.slice(1)]
    const api = usual({ listAuditEvents: (call) => (call.query.get('subjectType') === 'bulk' ? { items: [aborted, ...batches, started], asOf: at(0) } : log.list(call)) }, log)
    const page = mount('ops-audit', api)
    const [row] = await shown(page, 30)
    await until(() => seen(row).includes('aborted'), 'how it ended')
    includes(seen(row), 'ops-demo cancelled 23,000 of 30,003 jobs in gift_reminder')
    equal(row!.querySelector('a[href="/ops/jobs/list?bulk=' + subject.id + '"]')!.textContent, '23,000 of 30,003 jobs')
    const fold = await until(() => button(page, 'Batches of this run'), 'the button')
    fold.click()
    const parts = await until(() => all(page, '.parts ul')[0], 'the batches')
    includes(seen(all(page, '.parts')[0]), '23 batches · 23,000 jobs')
    equal(parts.querySelectorAll('.event').length, 1, 'what else befell it')
    includes(seen(parts), 'aborted the bulk run on')
    button(page, 'All 23')!.click()
    await until(() => parts.querySelectorAll('.event').length === 24, 'each batch')
    fold.click()
    await until(() => all(page, '.parts').length === 0, 'folded again')
  })

  it('says what became of the jobs of a run since: that is not on the run’s own record', async () => {
    const log = new Log()
    const subject = { type: 'bulk', id: eventId(99) }
    const run = { status: 'finished' as const, total: 140, eligible: 140, outcomes: { done: 140 }, batches: 1, fates: { completed: 131, failed: 9 } }
    log.items = [{ ...log.items[0]!, action: 'retry_job', eventType: 'job.retried', subject, bulkId: subject.id, jobs: 140, metadata: { batch: 1, resource: { queues: ['order_mail'] } }, run }, ...log.items.slice(1)]
    const page = mount('ops-audit', usual({}, log))
    const [row] = await shown(page, 30)
    await until(() => seen(row).includes('131 completed · 9 failed again'), 'what became of them')
    includes(seen(row), 'ops-demo retried 140 jobs in order_mail')
    ok(!button(page, 'Batches of this run'), 'nothing to unfold')
    row!.querySelector<HTMLElement>('.time')!.click()
    await until(() => seen(all(page, 'section[aria-labelledby=since]')[0]).includes('140 of 140 jobs done. Since then: 131 completed, 9 failed again.'), 'since then')
  })

  it('makes what was refused visible at once, with shape, word and why', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const denied = all(page, 'li.denied')[0]!
    const failed = all(page, 'li.failed')[0]!
    includes(seen(denied), 'denied viewer-demo tried to pause nightly_sync , Not allowed')
    includes(seen(failed), 'failed ops-demo tried to pause nightly_sync , What the preview showed has changed')
    const shapes = ['.denied', '.failed'].map((kind) => all(page, `li${kind} .chip svg`)[0]!.innerHTML.replaceAll(/<!--.*?-->/g, ''))
    equal(new Set(shapes).size, 2, 'different shapes')
  })

  it('asks with the filters of its attributes', async () => {
    const api = usual()
    mount('ops-audit', api, { actor: 'ops-demo', 'event-type': 'cron.paused', outcome: 'denied', 'subject-type': 'cron_entry', 'subject-id': 'a/b', limit: '10' })
    await until(() => api.count('listAuditEvents') > 0, 'a request')
    equal(lastQuery(api), { outcome: 'denied', actor: 'ops-demo', eventType: 'cron.paused', subjectType: 'cron_entry', subjectId: 'a/b', batches: 'no', limit: '10' })
  })

  it('narrows by what is typed into the search bar, tells the page around it, and takes conditions off again', async () => {
    const api = usual()
    const page = mount('ops-audit', api)
    await shown(page, 30)
    const told: { path: string; query: Record<string, string> }[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent).detail))
    const field = await until(() => all<HTMLInputElement>(page, 'input[role=combobox]')[0], 'the search bar')
    const search = async (text: string) => {
      type(field, text)
      press('Enter', field)
      await until(() => field.value === '', 'a finished condition')
    }
    await search('fixture maintenance')
    await until(() => lastQuery(api).q === 'fixture maintenance', 'the words')
    await search('-event:audit. by:ops-demo on:queue:order_mail outcome:failed')
    await until(() => lastQuery(api).outcome === 'failed', 'the outcome')
    equal(lastQuery(api), { q: 'fixture maintenance', outcome: 'failed', actor: 'ops-demo', subjectType: 'queue', subjectId: 'order_mail', notEventType: 'audit.', batches: 'no', limit: '50' })
    equal(told.at(-1)!.path, '/audit')
    equal([told.at(-1)!.query.notEventType, told.at(-1)!.query.outcome], ['audit.', 'failed'])
    for (const chip of ['by:ops-demo', '-event:audit.', 'on:queue:order_mail', 'outcome:failed', 'fixture maintenance']) {
      ;(await until(() => button(page, `Remove ${chip}`), chip)).click()
      await until(() => !button(page, `Remove ${chip}`), `no ${chip}`)
    }
    await until(() => Object.keys(lastQuery(api)).join() === 'actors,batches,limit', 'no filter')
  })

  it('shows the last hour, today or the last day with one click, and what people or others did', async () => {
    const api = usual()
    const page = mount('ops-audit', api)
    await shown(page, 30)
    const told: Record<string, string>[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent<{ query: Record<string, string> }>).detail.query))
    ;(await until(() => button(page, 'Last hour'), 'the preset')).click()
    await until(() => lastQuery(api).from, 'the hour')
    ok(Math.abs(Date.parse(lastQuery(api).from!) - (Date.now() - 3_600_000)) < 60_000, lastQuery(api).from)
    equal(told.at(-1)!.last, '1h')
    button(page, 'Today')!.click()
    const midnight = new Date(new Date().setHours(0, 0, 0, 0)).toISOString()
    await until(() => lastQuery(api).from === midnight, 'since midnight')
    button(page, 'Today')!.click()
    await until(() => !lastQuery(api).from, 'all time')
    button(page, 'People')!.click()
    await until(() => lastQuery(api).actors === 'people', 'people')
    button(page, 'Not me')!.click()
    await until(() => lastQuery(api).notActor === 'ops-demo' && lastQuery(api).notActorType === 'user', 'the others')
    equal(lastQuery(api).actors, 'accounts')
  })

  it('completes types of events, and all that begin alike', async () => {
    const page = mount('ops-audit', usual())
    await shown(page, 30)
    const field = await until(() => all<HTMLInputElement>(page, 'input[role=combobox]')[0], 'the search bar')
    const offered = async (text: string, offer: string) => {
      field.focus()
      field.value = text
      field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
      await until(() => all(page, '[role=option]').some((option) => seen(option).replaceAll(' ', '').includes(offer)), `${offer} for ${text}`)
    }
    for (const [text, offer] of [['event:job', 'job.retried'], ['event:cr', 'cron.'], ['event:host', 'host.follow_up'], ['by:', 'viewer-demo'], ['outcome:d', 'denied']] as const) await offered(text, offer)
  })

  it('is only the rows where it is compact', async () => {
    const api = usual()
    const page = mount('ops-audit', api, { compact: '', 'subject-type': 'cron_entry', 'subject-id': 'nightly_sync', limit: '5' })
    await shown(page, 5)
    equal([all(page, 'ops-search').length, all(page, 'ops-export').length, all(page, '.presets').length], [0, 0, 0])
    equal(api.count('countAuditEvents'), 0, 'counts')
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

  it('opens one event in full in the side sheet, with what it changed, and closes it again', async () => {
    const page = mount('ops-audit', usual({ getCronEntry: () => entry('nightly_sync') }))
    ;(await opener(page, 3)).click()
    const details = await until(() => all(page, 'ops-event-details').find((each) => seen(each).includes('Request id')), 'the details')
    for (const part of ['ops-demo resumed nightly_sync', 'resume_cron_entry', 'paused at', 'none', 'req-27', eventId(27)]) includes(`${seen(details)} ${details.shadowRoot!.innerHTML}`, part)
    excludes(seen(details.shadowRoot!.querySelector('.changes')), 'resume at none')
    equal((await opener(page, 3)).getAttribute('aria-expanded'), 'true')
    equal(all<OpsSheet>(page, 'ops-sheet')[0]!.href, `/ops/jobs/audit?event=${eventId(27)}`)
    ;(await opener(page, 3)).click()
    await until(() => !all<OpsSheet>(page, 'ops-sheet')[0]!.open, 'the sheet to close')
  })

  it('says whether a pause is still true, and offers to take it back', async () => {
    const at2 = new Date(Date.now() + 3_600_000).toISOString()
    const paused = entry('nightly_sync', { pause: { at: at(0) }, recent: [], coming: [{ at: at2, skipped: false }], permissions: { resume_cron_entry: { allowed: true } } })
    const log = new Log()
    const api = usual({ getCronEntry: () => paused, listAuditEvents: (call) => (call.query.has('subjectId') ? { items: [], asOf: at(0) } : log.list(call)), createPreview: () => preview() })
    const page = mount('ops-audit', api)
    ;(await opener(page, 0)).click()
    const since = await until(() => all(page, 'section[aria-labelledby=since]')[0], 'since then')
    includes(seen(since), 'Still paused. No run was due yet. The run at')
    includes(seen(since), 'will not start unless somebody resumes it')
    equal(api.calls.findLast(({ query }) => query.has('subjectId'))!.query.get('from'), log.items[0]!.occurredAt)
    ;(await until(() => button(page, 'Resume entry…'), 'the button')).click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'resume_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } })
  })

  it('says what was done since, and that nothing is known of what is gone or hidden', async () => {
    const [newest, , , later] = events(30, 4)
    const list = (call: Call) => (call.query.has('subjectId') ? { items: [later, newest], asOf: at(0) } : new Log().list(call))
    const page = mount('ops-audit', usual({ getCronEntry: refuse('not_found'), listAuditEvents: list }))
    ;(await opener(page, 0)).click()
    const since = await until(() => all(page, 'section[aria-labelledby=since]')[0], 'since then')
    includes(seen(since), 'not known any more: it is gone, or you may not see it')
    includes(seen(since), 'ops-demo resumed nightly_sync')
    ok(!button(page, 'Resume entry…'), 'nothing to take back')
  })

  it('steps through the list with j and k and with the sheet’s buttons, and Esc returns to the row', async () => {
    const provider = mount('ops-audit', usual({ getCronEntry: () => entry('nightly_sync') }))
    provider.parentElement!.setAttribute('keys', 'page')
    const page = provider
    await shown(page, 30)
    await until(() => all(page, 'ops-search')[0], 'the rest of the page')
    press('j', document.body)
    equal((deepFocus() as HTMLElement).dataset.event, eventId(30), 'the first row')
    press('j')
    press(' ')
    await until(() => all<OpsSheet>(page, 'ops-sheet')[0]?.open, 'the sheet')
    equal(page.event, eventId(29))
    ;(await until(() => button(page, 'Next'), 'the button')).click()
    await until(() => page.event === eventId(28), 'the next one')
    all<OpsSheet>(page, 'ops-sheet')[0]!.close()
    await until(() => (deepFocus() as HTMLElement).dataset.event === eventId(28), 'the row that was shown last')
    equal(page.event, '')
  })

  it('leaves a click with a modifier to the browser', async () => {
    const page = mount('ops-audit', usual())
    const link = await opener(page, 0)
    document.addEventListener('click', (event) => event.preventDefault(), { once: true })
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ctrlKey: true }))
    await page.updateComplete
    equal(page.event, '', 'the event')
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
    await until(() => all<HTMLElement>(page, '.linked-event .time')[0]?.dataset.event === eventId(2), 'the linked event')
    await until(() => all<OpsSheet>(page, 'ops-sheet')[0]?.open, 'its sheet')
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
    equal(new Set(rows(page).map((row) => row.querySelector<HTMLElement>('.time')!.dataset.event)).size, 30, 'different events')
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
    equal(rows(page)[0]!.querySelector<HTMLElement>('.time')!.dataset.event, eventId(30), 'the first row')
    show.click()
    await shown(page, 27)
    equal(rows(page).slice(0, 4).map((row) => row.querySelector<HTMLElement>('.time')!.dataset.event), [33, 32, 31, 30].map(eventId))
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
    await until(() => rows(page)[0]!.querySelector<HTMLElement>('.time')!.dataset.event === eventId(50), 'the newest')
    equal(rows(page).map((row) => row.querySelector<HTMLElement>('.time')!.dataset.event), [50, 49, 48, 47, 46].map(eventId))
    button(page, 'Load more')!.click()
    await shown(page, 10)
    equal(rows(page)[5]!.querySelector<HTMLElement>('.time')!.dataset.event, eventId(45), 'no hole')
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
    equal(Object.fromEntries(api.calls.findLast(({ name }) => name === 'exportAuditEvents')!.query), { format: 'ndjson', outcome: 'denied', actors: 'accounts' })
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
