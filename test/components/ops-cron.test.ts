import { FakeApi, Refusal } from './fake-api.ts'
import { at, entries, entry, event, everything, paused, session } from './sample.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

const listed = () => ({ items: entries(), asOf: at(0) })
const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), listCronEntries: listed, ...over })

const denied = (reason: string) => ({
  permissions: Object.fromEntries(Object.keys(entry('x').permissions).map((name) => [name, { allowed: false, reason }])),
})

describe('ops-cron', () => {
  afterEach(clear)

  it('shows each entry with schedule, runs, strip, status and why it is paused', async () => {
    // A list has no strips unless it is asked for them.
    const withStrips = (asked: string | null) => entries().map((each) => ({ ...each, recent: each.recent.slice(0, Number(asked ?? 0)) }))
    const page = mount('ops-cron', usual({ listCronEntries: ({ query }) => ({ ...listed(), items: withStrips(query.get('recent')) }) }))
    const text = await until(() => seen(page).includes('ledger_close') && seen(page), 'the entries')
    for (const part of ['nightly_sync', '0 2 * * *', 'At 02:00', 'Etc/UTC', 'queue nightly_sync', 'in 37 s', 'Runnable', 'Needs Review']) {
      if (part !== 'in 37 s') includes(text, part)
    }
    includes(text, 'paused by ops-demo')
    includes(text, 'fixture maintenance')
    includes(text, 'resumes in')
    includes(text, '5 entries')
    const strip = all<HTMLElement>(page, '.strip')[0]!
    equal(strip.querySelectorAll('title').length, 48, 'marks in a strip')
    includes(strip.getAttribute('aria-label')!, '1 missed')
  })

  it('leads from the last run, and from each run of the history, to its job', async () => {
    const slot = { at: at(-60_000), outcome: 'on_time' as const, jobId: 'job-0007', jobState: 'completed' as const }
    const history = { entry: 'nightly_sync', from: at(-120_000), to: at(0), slots: [slot], counts: { on_time: 1 }, completeness: { state: 'complete', reasons: [] }, truncated: false, asOf: at(0) }
    const page = mount('ops-cron', usual({ getCronHistory: () => history }), { entry: 'nightly_sync' })
    const row = await until(() => all(page, 'tbody [role=row]').find((each) => seen(each).includes('nightly_sync')), 'the entry')
    ok(all(row, 'a[href="/ops/jobs/job/7f3c2d10-91d0"]')[0], 'a link from the last run')
    await until(() => all(page, 'a[href="/ops/jobs/job/job-0007"]')[0], 'a link from the history')
  })

  it('tells outcomes apart without colour', async () => {
    const page = mount('ops-cron', usual())
    const marks = await until(() => all(page, '.legend .mark').length > 0 && all(page, '.legend .mark'), 'the legend')
    const shapes = marks.map((mark) => mark.innerHTML.replaceAll(/<!--.*?-->/g, ''))
    equal(new Set(shapes).size, shapes.length, 'different shapes')
  })

  it('shows a skeleton while loading and says so', async () => {
    const page = mount('ops-cron', usual({ listCronEntries: () => new Promise(() => undefined) }))
    await until(() => all(page, '.skeleton').length > 0, 'the skeleton')
    includes(seen(all(page, '.skeleton')[0]), 'Loading')
  })

  it('says that there are no entries, and lets the host say it instead', async () => {
    const page = mount('ops-cron', usual({ listCronEntries: () => ({ items: [], asOf: at(0) }) }))
    await until(() => seen(page).includes('No cron entries'), 'the empty state')
    equal(all(page, 'slot[name=empty]').length, 1, 'slots')
  })

  it('says what went wrong with a request id, and tries again', async () => {
    let broken = true
    const api = usual({
      listCronEntries: () => {
        if (broken) throw new Refusal('unavailable', 'The database did not answer within 5 s.')
        return listed()
      },
    })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('did not answer'), 'the error')
    includes(seen(page), 'req-4711')
    broken = false
    ;(await until(() => button(page, 'Try again'), 'the button')).click()
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
  })

  it('asks again by itself when the server was gone', async () => {
    let broken = true
    const page = mount(
      'ops-cron',
      usual({
        listCronEntries: () => {
          if (broken) throw new Refusal('unavailable', 'The database did not answer within 5 s.')
          return listed()
        },
      }),
    )
    await until(() => seen(page).includes('The page tries again by itself'), 'the error')
    broken = false
    await until(() => seen(page).includes('nightly_sync'), 'the entries', 7000)
  })

  it('keeps what it shows when a refresh fails, and says that it is not up to date', async () => {
    let broken = false
    const api = usual({
      listCronEntries: () => {
        if (broken) throw new Refusal('unavailable', 'The database is gone.')
        return listed()
      },
    })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('nightly_sync') && api.openStreams === 1, 'the entries')
    broken = true
    api.hint({ topic: 'cron' })
    await until(() => seen(page).includes('Not up to date'), 'the note')
    includes(seen(page), 'nightly_sync')
  })

  it('asks to sign in when nobody is signed in', async () => {
    const nobody = () => {
      throw new Refusal('unauthenticated', 'No session cookie was sent.')
    }
    const page = mount('ops-cron', usual({ getSession: nobody, listCronEntries: nobody }))
    await until(() => seen(page).includes('Sign in to see this'), 'the sign-in state')
  })

  it('disables every control with the reason beside it for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const api = usual({
      getSession: () => session({ permissions: everything(false, reason) }),
      listCronEntries: () => ({ items: [entry('nightly_sync', denied(reason))], asOf: at(0) }),
    })
    const page = mount('ops-cron', api)
    const pause = await until(() => button(page, 'Pause… nightly_sync'), 'the button')
    await until(() => seen(page).includes('Read-only.'), 'the banner')
    ok(pause.disabled, 'pause is disabled')
    ok(button(page, 'Run now… nightly_sync')?.disabled, 'run now is disabled')
    ok(button(page, 'New entry…')?.disabled, 'new entry is disabled')
    equal(seen(all(page, '.do .refusal')[0]), `Read-only : ${reason}`, 'the reason beside the buttons')
    equal(all(page, '.do .refusal .hidden-text').map(seen), [`: ${reason}`], 'the whole of it is heard, not seen a second time')
    const why = all(page, `[id="${pause.getAttribute('aria-describedby')}"]`)[0]
    includes(seen(why), reason)
  })

  it('shows a reason in full where it is not the one on top', async () => {
    const api = usual({
      getSession: () => session({ permissions: everything(false, 'Role viewer may look, not change.') }),
      listCronEntries: () => ({ items: [entry('nightly_sync', denied('This queue belongs to another team.'))], asOf: at(0) }),
    })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('Read-only.'), 'the banner')
    equal(seen(all(page, '.do .refusal')[0]), 'This queue belongs to another team.')
  })

  it('breaks nothing, however long the words of an entry are', async () => {
    const words = 'because '.repeat(200)
    const long = entry('n'.repeat(100), {
      ...paused,
      queue: 'q'.repeat(200),
      worker: 'W'.repeat(200),
      expression: `${Array.from({ length: 60 }, (_, minute) => minute).join(',')} * * * *`,
      description: `At ${words}`,
      timezone: 'America/Argentina/ComodRivadavia',
      args: { tenant: 'a'.repeat(300), list: Array.from({ length: 60 }, (_, index) => index) },
      pause: { at: at(-60_000), by: { id: 'x', type: 'user', label: 'L'.repeat(100) }, reason: words + 'x'.repeat(200) },
    })
    const history = { entry: long.name, from: at(-1), to: at(0), slots: [], counts: {}, completeness: { state: 'complete', reasons: [] }, truncated: false, asOf: at(0) }
    const page = mount('ops-cron', usual({ listCronEntries: () => ({ items: [long], asOf: at(0) }), getCronHistory: () => history }), { entry: long.name })
    await until(() => seen(page).includes('No run was due'), 'the details')
    for (const width of [1000, 720, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth}`)
      const cut = all<HTMLElement>(page, 'tr:not(.details) > *').filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1)
      equal(cut.map(seen), [], `cells wider than their column at ${width}`)
    }
    ok(all<HTMLElement>(page, '[part~=row]')[0]!.offsetHeight < 700, 'the row stays a row')
    includes(seen(page), words.trim())
    includes(seen(page), '[0, 1, 2, 3,')
  })

  it('asks the server for what the filters say and tells the host', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    const told: unknown[] = []
    document.body.addEventListener('ops-filter', (event) => told.push((event as CustomEvent).detail), { once: true })
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    type(all(page, 'input[type=search]')[0], 'night')
    await until(() => api.calls.some(({ name, query }) => name === 'listCronEntries' && query.get('q') === 'night'), 'the search')
    equal(told, [{ path: '/cron', query: { q: 'night', source: '', state: '', entry: '', sort: '', group: '', view: '', between: '', span: '' } }])
    type(all(page, 'select')[0], 'paused')
    await until(() => api.calls.some(({ name, query }) => name === 'listCronEntries' && query.get('state') === 'paused'), 'the filter')
  })

  it('ignores a filter word that nobody knows', async () => {
    const api = usual()
    const page = mount('ops-cron', api, { source: 'nonsense', state: 'constructor' })
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    equal(api.calls.find(({ name }) => name === 'listCronEntries')!.query.toString(), 'recent=36&sort=next', 'the query')
  })

  it('turns pages by cursor', async () => {
    const api = usual({
      listCronEntries: ({ query }) => ({
        items: [entry(query.get('cursor') ? 'second_page' : 'first_page')],
        asOf: at(0),
        ...(query.get('cursor') ? {} : { nextCursor: 'abc' }),
      }),
    })
    const page = mount('ops-cron', api)
    ;(await until(() => button(page, 'Next'), 'the pager')).click()
    await until(() => seen(page).includes('second_page'), 'the second page')
    ok(button(page, 'Next')!.disabled, 'no further page')
    button(page, 'Previous')!.click()
    await until(() => seen(page).includes('first_page'), 'the first page')
  })

  it('opens an entry in full, with the history of a window', async () => {
    const history = { entry: 'nightly_sync', from: at(-1), to: at(0), slots: entry('x').recent, truncated: false, asOf: at(0) }
    const api = usual({
      getCronHistory: () => ({ ...history, counts: { missed_fire: 1 }, completeness: { state: 'partial_evidence', reasons: ['No scheduler on 12 Nov.'] } }),
    })
    const page = mount('ops-cron', api)
    const link = await until(() => all<HTMLAnchorElement>(page, '.entry a')[0], 'the link')
    equal(link.getAttribute('href'), '/ops/jobs/cron?entry=nightly_sync')
    link.click()
    await until(() => seen(page).includes('partial evidence'), 'the history')
    includes(seen(page), '"scope": "ops-demo"')
    includes(seen(page), 'No scheduler on 12 Nov.')
    equal(page.entry, 'nightly_sync')
    button(page, '7 d')!.click()
    await until(() => api.count('getCronHistory') === 2, 'the longer window')
    const sheet = all(page, 'ops-sheet')[0]!
    ok(sheet.hasAttribute('open'), 'beside the list')
    page.style.width = '548px'
    await until(() => all(page, '.entry-row').every((row) => row.getBoundingClientRect().height < 64), 'one line for each entry beside it')
    button(page, 'Next')!.click()
    await until(() => page.entry === 'price_feed' && seen(sheet).includes('price_feed'), 'the next entry')
    press('Escape', document.body)
    await until(() => page.entry === '' && deepFocus().textContent === 'price_feed', 'the row, once it is closed')
    await accessible(page)
  })

  it('shows what was done to the entries under History, with their sheet, and stays the page that it is', async () => {
    const api = usual({ listAuditEvents: () => ({ items: [event()], asOf: at(0) }) })
    const page = mount('ops-cron', api, { view: 'history' })
    const heard: string[] = []
    page.addEventListener('ops-filter', (filter) => heard.push((filter as CustomEvent<{ path: string }>).detail.path))
    const row = await until(() => all<HTMLElement>(page, 'ops-audit').flatMap((audit) => all<HTMLElement>(audit, '[part~=row]'))[0], 'the deed')
    includes(seen(row), 'nightly_sync')
    equal(api.calls.find(({ name }) => name === 'listAuditEvents')!.query.get('eventType'), 'cron.')
    row.click()
    await until(() => all(page, 'ops-sheet').some((sheet) => sheet.hasAttribute('open')), 'its sheet')
    equal(heard.filter((path) => path !== '/cron'), [], 'other pages that it claims to be')
    ok(!button(page, 'Export CSV'), 'rows only')
  })

  it('shows an entry that is named but not on this page of the list', async () => {
    const api = usual({ getCronEntry: ({ params }) => entry(params.name!, paused), getCronHistory: () => new Promise(() => undefined) })
    const page = mount('ops-cron', api, { entry: 'far_away' })
    await until(() => seen(page).includes('far_away'), 'the entry')
    excludes(seen(page), 'Not found')
  })
})

describe('ops-cron, the rows', () => {
  afterEach(clear)

  const list = (items: ReturnType<typeof entries>) => usual({ listCronEntries: () => ({ items, asOf: at(0) }) })
  const recent = (outcomes: Partial<ReturnType<typeof entry>['recent'][number]>[]) => outcomes.map((slot, index) => ({ at: at((index - outcomes.length) * 60_000), outcome: 'on_time' as const, ...slot }))
  const skipping = recent(Array.from({ length: 36 }, (_, index) => ({ outcome: index < 3 ? ('unknown' as const) : index % 5 === 4 && index < 33 ? ('skipped_overlap' as const) : ('on_time' as const) })))

  it('draws now at the same place in every row, however many slots there are', async () => {
    const page = mount('ops-cron', list([entry('much'), entry('little', { recent: entry('x').recent.slice(-3) }), entry('nothing', { recent: [] })]))
    page.style.width = '1040px'
    await until(() => all(page, '.entry-row').length === 3, 'the rows')
    const places = () => new Set(all(page, '.future').map((each) => each.getBoundingClientRect().left))
    equal(places().size, 1, 'places of now')
    for (const width of [1000, 800, 390]) {
      page.style.width = `${width}px`
      await page.updateComplete
      equal(places().size, 1, `places of now at ${width}`)
    }
    const newest = all(page, '.entry-row').slice(0, 2).map((row) => all(row, '.past g').at(-1)!.getBoundingClientRect().left)
    equal(newest[0], newest[1], 'the newest slot is beside it')
  })

  it('says the health as on time of known, with what stands out', async () => {
    const failing = recent([{ jobState: 'completed' }, { jobState: 'completed' }, { jobState: 'discarded' }])
    const page = mount('ops-cron', list([entry('skipping', { recent: skipping }), entry('failing', { recent: failing })]))
    const text = await until(() => all(page, '.entry-row').length === 2 && all(page, '.status').map(seen), 'the rows')
    includes(text[0]!, '27 / 33 27 of 33 on time · skips every 5th')
    includes(text[1]!, '2 of 3 on time · last run failed')
    equal(all(page, '.strip .review').length, 1, 'a failed run is marked')
    equal(all(all(page, '.entry-row')[1]!, 'a[href="/ops/jobs/job/7f3c2d10-91d0"]').map(seen), ['last run failed'], 'and leads to its job')
  })

  it('leads from a mark of the strip to the job of its slot', async () => {
    const slots = recent([{}, {}])
    const api = list([entry('feed', { recent: slots })])
    api.answers.getCronHistory = () => ({ entry: 'feed', from: at(-1), to: at(0), slots: [{ ...slots[0]!, jobId: 'job-1' }], counts: {}, completeness: { state: 'complete', reasons: [] }, truncated: false, asOf: at(0) })
    const page = mount('ops-cron', api)
    const mark = await until(() => all<SVGElement>(page, '.past [data-at]')[0], 'the mark')
    const went = new Promise<string>((resolve) => document.body.addEventListener('ops-navigate', (event) => (event.preventDefault(), resolve((event as CustomEvent<{ href: string }>).detail.href)), { once: true }))
    mark.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))
    equal(await went, '/ops/jobs/job/job-1')
  })

  it('folds entries that differ only by a number, but not those that need attention', async () => {
    const alike = [1, 2, 10].map((number) => entry(`statement_${number}`, { queue: `q${number}` }))
    const page = mount('ops-cron', list([...alike, entry('statement_11', { ...paused, queue: 'q11' }), entry('other')]))
    const fold = await until(() => button(page, 'statement_1 – 10'), 'the fold')
    equal(all(page, '.entry-row .entry a').map(seen), ['statement_11', 'other'])
    includes(seen(all(page, '.fold')[0]), '3 entries alike')
    includes(seen(all(page, '.fold')[0]), 'all Runnable')
    fold.click()
    await until(() => all(page, '.entry-row').length === 5, 'all of them')
    equal(fold.getAttribute('aria-expanded'), 'true')
  })

  it('sorts and groups on the server', async () => {
    const api = list(entries())
    const page = mount('ops-cron', api)
    page.style.width = '1040px'
    const sort = await until(() => button(page, 'Entry'), 'the heading')
    sort.click()
    await until(() => api.calls.some(({ query }) => query.get('sort') === 'name'), 'by name')
    equal(all(page, 'th[aria-sort]').map((each) => each.className), ['entry-column'])
    type(all(page, 'select').at(-1), 'source')
    await until(() => api.calls.some(({ query }) => query.get('group') === 'source'), 'by source')
    await until(() => all(page, '.group').map(seen).join(), 'headings')
  })

  it('is restricted by its attributes', async () => {
    const api = list(entries())
    const page = mount('ops-cron', api, { queue: 'mail', entries: 'a,b', source: 'code', limit: '7', compact: '' })
    page.style.width = '1040px'
    await until(() => all(page, '.entry-row').length === 5, 'the rows')
    const { query } = api.calls.find(({ name }) => name === 'listCronEntries')!
    equal(Object.fromEntries(query), { source: 'code', queue: 'mail', names: 'a,b', recent: '36', sort: 'next', limit: '7' })
    equal(all(page, '.toolbar, .tabs, .legend').length, 0, 'nothing but the table')
    ok(all<HTMLElement>(page, '.entry-row').every(({ offsetHeight }) => offsetHeight <= 31), 'rows of one line')
  })

  it('has rows of 44 pixels, and moves between them with the keys', async () => {
    const page = mount('ops-cron', list(entries()))
    page.style.width = '1040px'
    const links = await until(() => all<HTMLElement>(page, '.entry a').length === 5 && all<HTMLElement>(page, '.entry a'), 'the rows')
    ok(all<HTMLElement>(page, '.entry-row').every(({ offsetHeight }) => offsetHeight <= 46), `rows of ${all<HTMLElement>(page, '.entry-row').map(({ offsetHeight }) => offsetHeight).join()}`)
    links[0]!.focus()
    press('j')
    equal(document.activeElement?.shadowRoot?.activeElement, links[1])
    press('k')
    equal(document.activeElement?.shadowRoot?.activeElement, links[0])
  })

  it('keeps the focus in a row that moves to another place', async () => {
    let items = [entry('first'), entry('second')]
    const api = usual({ listCronEntries: () => ({ items, asOf: at(0) }) })
    const page = mount('ops-cron', api)
    const pause = await until(() => button(page, 'Pause… second'), 'the button')
    await until(() => api.openStreams === 1, 'the stream')
    pause.focus()
    items = [entry('second', paused), entry('first')]
    api.hint({ topic: 'cron' })
    await until(() => seen(all(page, '.entry a')[0]) === 'second', 'the new order')
    equal(document.activeElement?.shadowRoot?.activeElement?.getAttribute('aria-label'), 'Resume… second')
  })

  it('loads the menu of an entry when it is first asked for, and opens it', async () => {
    const page = mount('ops-cron', list([entry('nightly_sync')]))
    ;(await until(() => button(page, 'More for nightly_sync'), 'the button')).click()
    await until(() => all(page, '[role=menuitem]').map(seen).includes('Skip a run…'), 'the menu')
  })
})

describe('ops-cron, tonight', () => {
  afterEach(clear)

  const minutes = 60_000
  /** Two hours ahead, at a full hour. */
  const start = new Date(Date.now() + 2 * 60 * minutes).setMinutes(0, 0, 0)
  const clock = (offset: number) => new Date(start + offset * minutes)
  const hhmm = (date: Date) => `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
  const between = `${hhmm(clock(-30))}-${hhmm(clock(150))}`
  const allowed = { skip_cron_slot: { allowed: true }, unskip_cron_slot: { allowed: true }, resume_cron_entry: { allowed: true } }
  const one = (name: string, offset: number, more: object = {}) => ({
    name, source: 'code', queue: `q_${name}`, expression: '0 2 * * *', description: 'At 02:00', timezone: 'Etc/UTC',
    usual: { seconds: 3000, basis: 'entry', runs: 9 }, runs: [{ at: clock(offset).toISOString(), skipped: false, paused: false }], rhythms: [], permissions: allowed, ...more,
  })
  const coming = () => ({
    from: at(0), to: at(86_400_000), capped: false, asOf: at(0),
    entries: [
      one('feed', 0, { description: 'Every minute', runs: [], rhythms: [{ from: at(0), to: at(86_400_000), everySeconds: 60, runs: 1440 }] }),
      one('reindex', 0),
      one('backup', 30),
      one('sync', 40, { pause: { reason: 'fixture maintenance' }, runs: [{ at: clock(40).toISOString(), skipped: false, paused: true }] }),
      one('left_out', 50, { runs: [{ at: clock(50).toISOString(), skipped: true, paused: false }] }),
      one('unmeasured', 100, { usual: undefined }),
    ],
  })
  const tonight = (over: ConstructorParameters<typeof FakeApi>[0] = {}, attributes: Record<string, string> = {}) => {
    const api = usual({ listComingRuns: coming, ...over })
    return { api, page: mount('ops-cron', api, { view: 'tonight', between, ...attributes }) }
  }
  const text = (page: Element) => until(() => seen(page).includes('In the window') && seen(page), 'the coming runs')

  it('says in one sentence what runs in the window, and lists it with what overlaps', async () => {
    const { page, api } = tonight()
    const words = await text(page)
    includes(words, `Between ${hhmm(clock(-30))} and ${hhmm(clock(150))}, 3 entries run once.`)
    includes(words, '1 is paused. 1 runs all the time.')
    includes(words, `2 overlap at ${hhmm(clock(30))}.`)
    includes(words, 'overlaps reindex')
    includes(words, 'length unknown')
    includes(words, 'will not start : fixture maintenance')
    includes(words, '180 runs')
    equal(api.count('listCronEntries'), 0, 'the list is not asked for')
    await accessible(page)
  })

  it('opens from the list with one click, and keeps the window in the address', async () => {
    const api = usual({ listComingRuns: coming })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('nightly_sync'), 'the list')
    const told: { query: Record<string, string> }[] = []
    page.addEventListener('ops-filter', (event) => told.push((event as CustomEvent<{ query: Record<string, string> }>).detail))
    all<HTMLAnchorElement>(page, '.tabs a')[1]!.click()
    await text(page)
    equal(told[0]!.query.view, 'tonight')
    type(all(page, 'input[type=time]')[0], '00:30')
    await until(() => told.some(({ query }) => query.between === '00:30-04:00'), 'the window')
  })

  it('moves each end of the window with the keys, and says where it is', async () => {
    const { page } = tonight()
    await text(page)
    const slider = await until(() => all<HTMLElement>(page, '[role=slider]')[0], 'the handle')
    includes(slider.getAttribute('aria-valuetext')!, hhmm(clock(-30)))
    press('ArrowRight', slider)
    await until(() => page.between.startsWith(hhmm(clock(-25))), 'five minutes later')
    press('PageUp', all(page, '[role=slider]')[1])
    await until(() => page.between.endsWith(hhmm(clock(210))), 'an hour later')
  })

  it('skips one run, and lets a skipped one run after all', async () => {
    const { page, api } = tonight({ createPreview: ({ body }) => { throw new Refusal('unavailable', JSON.stringify(body)) } })
    await text(page)
    all<HTMLButtonElement>(page, '.deed').find((each) => seen(each) === 'Skip this run…')!.click()
    const asked = await until(() => api.calls.find(({ name }) => name === 'createPreview'), 'the preview')
    equal(asked.body, { action: 'skip_cron_slot', subject: { type: 'cron_entry', id: 'reindex' }, input: { slotAt: clock(0).toISOString() } })
    equal(all(page, '.deed').map(seen), ['Skip this run…', 'Skip this run…', 'Resume…', 'Run after all…', 'Skip this run…'])
  })

  it('asks for a week on request, and for what the element is restricted to', async () => {
    const { page, api } = tonight({}, { queue: 'mail', entries: 'a,b' })
    await text(page)
    button(page, '7 d')!.click()
    await until(() => api.count('listComingRuns') === 2, 'the week')
    const [day, week] = api.calls.filter(({ name }) => name === 'listComingRuns').map(({ query }) => query)
    equal([day!.get('queue'), day!.get('names')], ['mail', 'a,b'])
    ok(Date.parse(week!.get('to')!) - Date.parse(day!.get('to')!) > 5.9 * 86_400_000, 'six days more')
  })

  it('never scrolls sideways, and can be read in both directions', async () => {
    for (const dir of ['ltr', 'rtl']) {
      document.documentElement.dir = dir
      const { page } = tonight()
      await text(page)
      for (const width of [1040, 720, 366, 296]) {
        page.style.width = `${width}px`
        await page.updateComplete
        ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth}, ${dir}`)
      }
      page.style.width = '1040px'
      const left = (selector: string) => all(page, selector)[0]!.getBoundingClientRect().left
      equal(left('.run') < left('.run.skipped'), dir === 'ltr', `time runs ${dir}`)
      clear()
    }
    document.documentElement.removeAttribute('dir')
  })
})
