import { FakeApi, Refusal } from './fake-api.ts'
import { at, entries, entry, everything, paused, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

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
    for (const part of ['nightly_sync', '0 2 * * *', 'At 02:00', 'Etc/UTC', 'queue nightly_sync', 'queue one', 'in 37 s', 'Runnable', 'Needs Review']) {
      if (part !== 'in 37 s') includes(text, part)
    }
    includes(text, 'paused by ops-demo')
    includes(text, 'fixture maintenance')
    includes(text, 'resumes in')
    includes(text, '5 entries')
    const strip = all<SVGElement>(page, '.strip svg')[0]!
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
    equal(told, [{ path: '/cron', query: { q: 'night', source: '', state: '', entry: '' } }])
    type(all(page, 'select')[0], 'paused')
    await until(() => api.calls.some(({ name, query }) => name === 'listCronEntries' && query.get('state') === 'paused'), 'the filter')
  })

  it('ignores a filter word that nobody knows', async () => {
    const api = usual()
    const page = mount('ops-cron', api, { source: 'nonsense', state: 'constructor' })
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    equal(api.calls.find(({ name }) => name === 'listCronEntries')!.query.toString(), 'recent=36', 'the query')
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
  })

  it('shows an entry that is named but not on this page of the list', async () => {
    const api = usual({ getCronEntry: ({ params }) => entry(params.name!, paused), getCronHistory: () => new Promise(() => undefined) })
    const page = mount('ops-cron', api, { entry: 'far_away' })
    await until(() => seen(page).includes('far_away'), 'the entry')
    excludes(seen(page), 'Not found')
  })
})
