import { describe as describeSeries, type Sample } from '../../components/parts/sparkline.ts'
import { buckets, errorGroups, overview, quietOverview, troubledOverview, vitals, wave } from './evidence-sample.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), getOverview: () => overview(), listErrorGroups: () => ({ items: [], asOf: at(0), summary: {} }), ...over })

const refuse = (code: 'unavailable' | 'unauthenticated' | 'forbidden') => () => {
  throw new Refusal(code, 'The database did not answer.')
}

describe('ops-overview', () => {
  afterEach(clear)

  it('says first what is wrong, then shows figures, then incidents, then the buckets in the given order, then what changed', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => troubledOverview() }))
    const text = await until(() => seen(page).includes('What changed') && seen(page), 'the page')
    const order = ['report is stuck', 'The rest is moving', 'Finished per minute', '4 open incidents', 'Needs Review : 1', 'Waiting : 1', 'Runnable : 11', 'Bridge-only Follow-up : 1', 'Blocked 0', 'Resolved Recently 0', 'What changed']
    const places = order.map((part) => text.indexOf(part))
    equal(places, places.toSorted((a, b) => a - b), 'order of what is said')
    ok(places[0]! >= 0, 'the sentence')
    equal(all(page, '.bucket-head .count').map((count) => count.textContent), ['1', '1', '11', '1'])
  })

  it('has one trouble per line, each with a link at its name, and only the rest is calm', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => troubledOverview() }))
    const sentence = await until(() => all(page, '.sentence')[0], 'the sentence')
    equal(all(sentence, 'a').map((link) => [seen(link), link.getAttribute('href')]), [
      ['report', '/ops/jobs/incident/0191b8f2-6b1d-7dd2-8b6f-0000000000a1'],
      ['order_mail', '/ops/jobs/incident/mails'],
    ])
    equal(all(sentence, 'br').length, 1, 'line breaks')
    equal(seen(all(sentence, '.calm')[0]), 'The rest is moving.')
  })

  it('shows the age and owner of each incident, and offers Acknowledge… only where there is no owner', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => troubledOverview() }))
    const rows = await until(() => all(page, '.incident').length === 3 && all(page, '.incident'), 'the incidents')
    for (const part of ['Blocked', 'report is stuck', '84 jobs are due', '3 h 1 min', 'nobody yet']) includes(seen(rows[0]), part)
    for (const part of ['OL', 'ops-lead']) includes(seen(rows[1]), part)
    equal(rows.map((row) => Boolean(button(row, 'Acknowledge report is stuck…') ?? all(row, 'button')[0])), [true, false, true])
    includes(seen(page), '2 without an owner')
    equal(all(rows[1], 'a').map((link) => link.getAttribute('href')), ['/ops/jobs/incident/mails', '/ops/jobs/incident/mails'])
  })

  it('opens the dialog to acknowledge an incident', async () => {
    const api = usual({ getOverview: () => troubledOverview(), createPreview: () => preview() })
    const page = mount('ops-overview', api)
    ;(await until(() => button(page, 'Acknowledge report is stuck…'), 'the button')).click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    const { action, subject } = api.calls.find(({ name }) => name === 'createPreview')!.body as { action: string; subject: { id: string } }
    equal([action, subject.id], ['acknowledge_incident', '0191b8f2-6b1d-7dd2-8b6f-0000000000a1'])
  })

  it('lists the errors that fail most, on one scale, each with a retry of the jobs that failed for good', async () => {
    const api = usual({ listErrorGroups: () => ({ items: errorGroups(), asOf: at(0), summary: {} }), createPreview: () => preview() })
    const page = mount('ops-overview', api)
    const [first, second] = await until(() => all(page, '.error').length === 2 && all(page, '.error'), 'the errors')
    for (const part of ['order_mail', 'new', '420 failed', '– now', 'v412 only', 'connect ETIMEDOUT <ip>:<int>']) includes(seen(first), part)
    for (const part of ['regression', '6 failed', 'before –']) includes(seen(second), part)
    equal(all(first, 'a').map((link) => link.getAttribute('href')), Array(2).fill('/ops/jobs/errors?group=e1%3A83c01c1dd0ffa9ad'))
    includes(all(first, '.histogram')[0]!.getAttribute('aria-label')!, '140 of them for good')
    equal(all(second, 'button').length, 0, 'retries of nothing')
    all<HTMLButtonElement>(first, 'button')[0]!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    const { selection } = api.calls.find(({ name }) => name === 'createPreview')!.body as { selection: unknown }
    equal(selection, { filter: { errorGroup: 'e1:83c01c1dd0ffa9ad', state: 'discarded' } })
  })

  it('asks for no errors on behalf of an actor who may not see jobs', async () => {
    const api = usual({ getSession: () => session({ permissions: { ...session().permissions, view_jobs: { allowed: false } } }) })
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes('What changed'), 'the page')
    equal(api.count('listErrorGroups'), 0)
  })

  it('leads to all incidents when there are more than it shows', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => troubledOverview() }))
    const link = await until(() => all(page, '.incidents .card-foot a')[0], 'the link')
    equal([seen(link), link.getAttribute('href')], ['All 4 open incidents', '/ops/jobs/incidents'])
  })

  it('puts the owner and what it allows in front of the next step', async () => {
    const page = mount('ops-overview', usual())
    const bridge = await until(() => all(page, '.bucket').find((each) => seen(each).includes('Bridge')), 'the bridge bucket')
    const text = seen(bridge)
    ok(text.indexOf('pg-boss Dashboard bridge · Inspection only') < text.indexOf('Open pg-boss Dashboard'), 'owner before step')
    includes(text, 'pg-boss Dashboard bridge · Inspection only')
    equal(bridge.querySelector('.next-step')!.getAttribute('href'), '/ops/jobs/pg-boss')
  })

  it('shows each case with its reason, its time, its evidence, and whether that is complete', async () => {
    const page = mount('ops-overview', usual())
    const first = await until(() => all(page, '.case')[0], 'a case')
    for (const part of ['ledger_close', '6 d ago', 'Missed 1 Nov', 'partial evidence']) includes(seen(first), part)
    ok(first.querySelector('a[href="/ops/jobs/forensics/cron_entry/ledger_close"]'), 'the forensic link')
    excludes(seen(all(page, '.case-line')[0]), 'complete')
  })

  it('describes the trend of a figure in words, including gaps, and marks a rate that is too high', async () => {
    const page = mount('ops-overview', usual())
    const labels = (await until(() => all(page, '[role=img]').length === 4 && all(page, '[role=img]'), 'the charts')).map((chart) => chart.getAttribute('aria-label')!)
    ok(/^Finished per minute: rising over 5[89] min/.test(labels[0]!), labels[0]!)
    includes(labels[0]!, 'not measured for')
    includes(labels[1]!, 'failed in all')
    ok(/^Waiting now: falling over 5[89] min/.test(labels[2]!), labels[2]!)
    includes(labels[3]!, 'not measured yet')
    const [first, second, , fourth] = all(page, '.vital')
    for (const part of ['1,284', 'jobs', 'usual 900–1,200', 'v412']) includes(seen(first), part)
    equal(seen(all(second, '.bad')[0]), '5.2 for good')
    includes(seen(fourth), 'not measured yet')
  })

  it('leads from a bar to the jobs of that minute, but not for an actor who may not see jobs', async () => {
    for (const allowed of [true, false]) {
      const permissions = { ...session().permissions, view_jobs: { allowed } }
      const page = mount('ops-overview', usual({ getSession: () => session({ permissions }) }))
      const slider = await until(() => all<HTMLElement>(page, '[role=slider]')[0], 'the chart')
      slider.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, composed: true }))
      await until(() => all(page, '.tip').length === 4, 'the common cursor')
      const link = all(page, 'a.open')[0]?.getAttribute('href')
      ok(allowed ? link!.startsWith('/ops/jobs/list?state=completed&time=finished&from=') : link === undefined, `the link ${link}`)
      clear()
    }
  })

  it('switches all charts to a day, in the address too', async () => {
    const api = usual()
    const page = mount('ops-overview', api)
    const queries: unknown[] = []
    page.addEventListener('ops-filter', (event) => queries.push((event as CustomEvent).detail))
    ;(await until(() => button(page, '24 h'), 'the button')).click()
    await until(() => api.calls.some(({ name, query }) => name === 'getOverview' && query.get('range') === '24h'), 'reading the day')
    equal(queries, [{ path: '/', query: { range: '24h' } }])
    equal(button(page, '24 h')!.getAttribute('aria-pressed'), 'true')
  })

  it('is green only if the figures are fresh, work is moving, nothing is wrong and nothing is unknown', async () => {
    const calm = { troubles: [], rest: 'Work is moving.' }
    const unknown = buckets().map((each) => (each.status === 'needs_review' ? { ...each, count: null } : each))
    const cases: [string, Parameters<typeof overview>[0]][] = [
      ['moving', calm],
      ['', { ...calm, figures: 'lagging', moving: null }],
      ['', { ...calm, figures: 'unknown', moving: null }],
      ['', { ...calm, moving: null }],
      ['', { ...calm, buckets: unknown }],
      ['review', {}],
      ['blocked', { troubles: [{ status: 'blocked', text: 'report is stuck.', href: '/x' }] }],
    ]
    for (const [tone, over] of cases) {
      const page = mount('ops-overview', usual({ getOverview: () => overview(over) }))
      const headline = await until(() => all(page, '.headline:not(.skeleton .headline)')[0], 'the headline')
      equal(['moving', 'blocked', 'review', 'waiting'].filter((each) => headline.classList.contains(each)).join(), tone, JSON.stringify(over).slice(0, 90))
      clear()
    }
  })

  it('tells a long wait in minutes, and a count that was not taken to its end as one', async () => {
    const long = { ...vitals()[3]!, value: 1310, series: wave(60, 1310), asOf: at(-1000), how: 'exact' }
    const [review, ...others] = buckets()
    const many = overview({ vitals: [...vitals().slice(0, 3), long], buckets: [{ ...review!, count: 1000, capped: true }, ...others] })
    const page = mount('ops-overview', usual({ getOverview: () => many }))
    await until(() => seen(page).includes('21.8 min'), 'the wait')
    const short = overview({ vitals: [{ ...long, value: 9_900, series: wave(40, 60) }] })
    const other = mount('ops-overview', usual({ getOverview: () => short }))
    const top = await until(() => all(other, '.top')[0], 'the maximum')
    equal([seen(all(other, '.value')[0]), seen(top)], ['2.8 h', '80 s'], 'the figure and the chart, each on its own scale')
    other.remove()
    await until(() => all(page, '.bucket-head .count')[0]?.textContent === '1,000+', 'the count')
  })

  it('writes the instants in a reason as a person would', async () => {
    const [first] = buckets()
    const exemplars = [{ label: 'nightly_sync', attention: 'paused by ops-demo, resumes 2026-11-22T02:00:00.000Z', href: '/x', completeness: 'complete' as const }]
    const page = mount('ops-overview', usual({ getOverview: () => overview({ buckets: [{ ...first!, count: 1, exemplars }] }) }))
    const words = seen(await until(() => all(page, '.case')[0], 'the case'))
    includes(words, 'resumes 22 Nov')
    excludes(words, '2026-11-22T02')
  })

  it('lists recent changes: operations, incidents, deploys and gaps', async () => {
    const page = mount('ops-overview', usual())
    const items = await until(() => all(page, '.change').length === 4 && all(page, '.change'), 'the changes')
    const words = items.map(seen)
    includes(words[0]!, 'ops-demo paused the entry nightly_sync “fixture maintenance”')
    equal(seen(all(items[1], '.bad')[0]), 'Burst of failures in order_mail')
    includes(words[2]!, 'deploy v412 by ci')
    includes(words[3]!, 'Nobody measured for 6 min')
    clear()
    const quiet = mount('ops-overview', usual({ getOverview: () => quietOverview() }))
    await until(() => seen(quiet).includes('Nothing in the 24 hours before'), 'the quiet')
  })

  it('calls a series without a direction steady, and too short a one too short', () => {
    const words = (series: ReturnType<typeof wave>) => describeSeries(series as Sample[], String)
    includes(words(wave(100, 103)), 'steady over 59 min')
    includes(words(wave(100, 103).slice(0, 3)), 'too few measurements')
    equal(words([]), 'not measured yet')
  })

  it('reads again on the hints that concern it, and on no other', async () => {
    const api = usual()
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes('The rest is moving') && api.openStreams === 1, 'the page')
    for (const topic of ['overview', 'cron', 'incidents', 'reset']) {
      const before = api.count('getOverview')
      api.hint({ topic })
      await until(() => api.count('getOverview') > before, `reading again on ${topic}`)
    }
    const before = api.count('getOverview')
    api.hint({ topic: 'audit' })
    await new Promise((resume) => setTimeout(resume, 100))
    equal(api.count('getOverview'), before, 'reads after a hint of audit')
  })

  it('stands still while live is paused, and catches up when it resumes', async () => {
    let sentence = 'Work is moving.'
    const api = usual({ getOverview: () => overview({ troubles: [], rest: sentence }) })
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes(sentence) && api.openStreams === 1, 'the page')
    button(page, 'Pause live')!.click()
    sentence = 'Nothing moves.'
    const before = api.count('getOverview')
    api.hint({ topic: 'overview' })
    await new Promise((resume) => setTimeout(resume, 100))
    equal(api.count('getOverview'), before, 'reads while paused')
    includes(seen(page), 'paused')
    ;(await until(() => button(page, 'Resume live'), 'the button')).click()
    await until(() => seen(page).includes('Nothing moves.'), 'the new sentence')
  })

  it('says what was withheld', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => overview({ withheld: ['audit events', 'queues'] }) }))
    await until(() => seen(page).includes('may not see it: audit events, queues'), 'the note')
  })

  it('is quiet when everything is, and lets the host say it', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => quietOverview() }))
    await until(() => seen(page).includes('Nothing to operate'), 'the quiet state')
    equal(all(page, 'slot[name=empty]').length, 1, 'slots')
    await until(() => all(page, '.empties li').length === 6, 'buckets')
  })

  it('keeps the last answer when a refresh fails, and says so', async () => {
    let broken = false
    const api = usual({ getOverview: () => (broken ? refuse('unavailable')() : overview()) })
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes('The rest is moving') && api.openStreams === 1, 'the page')
    broken = true
    api.hint({ topic: 'overview' })
    await until(() => seen(page).includes('Not up to date'), 'the note')
    includes(seen(page), 'The rest is moving')
  })

  it('tries again after an error', async () => {
    let broken = true
    const page = mount('ops-overview', usual({ getOverview: () => (broken ? refuse('unavailable')() : overview()) }))
    await until(() => seen(page).includes('req-4711'), 'the request id')
    broken = false
    button(page, 'Try again')!.click()
    await until(() => seen(page).includes('The rest is moving'), 'the page')
  })

  it('becomes one column where there is little room', async () => {
    const page = mount('ops-overview', usual({ getOverview: () => troubledOverview() }))
    const grid = await until(() => all(page, '.columns')[0], 'the columns')
    const vitals = all(page, '.vitals')[0]!
    for (const [width, columns, figures] of [[1200, 2, 4], [800, 1, 4], [390, 1, 2]] as const) {
      page.style.width = `${width}px`
      await until(() => getComputedStyle(grid).gridTemplateColumns.split(' ').length === columns, `${columns} columns at ${width}`)
      equal(getComputedStyle(vitals).gridTemplateColumns.split(' ').length, figures, `figures at ${width}`)
      ok(page.scrollWidth <= page.clientWidth, `nothing sticks out at ${width}`)
    }
  })

  for (const theme of ['light', 'dark']) {
    const states: Record<string, { shows: string; answer: () => unknown }> = {
      usual: { shows: 'What changed', answer: () => overview({ withheld: ['audit events'] }) },
      troubled: { shows: 'v412 only', answer: () => troubledOverview() },
      quiet: { shows: 'What changed', answer: quietOverview },
      lagging: { shows: 'What changed', answer: () => overview({ troubles: [], rest: 'The figures lag behind.', moving: null, figures: 'lagging' }) },
      unknown: { shows: 'What changed', answer: () => overview({ troubles: [], rest: 'Nothing has been measured.', moving: null, figures: 'unknown', incidents: null, withheld: ['incidents'] }) },
      loading: { shows: 'Loading', answer: () => new Promise(() => undefined) },
      error: { shows: 'did not answer', answer: refuse('unavailable') },
      unauthorized: { shows: 'Sign in', answer: refuse('unauthenticated') },
      forbidden: { shows: 'may not see this', answer: refuse('forbidden') },
    }
    for (const [name, { shows, answer }] of Object.entries(states)) {
      it(`is accessible, ${name}, ${theme}`, async () => {
        const page = mount('ops-overview', usual({ getOverview: answer, listErrorGroups: () => ({ items: name === 'troubled' ? errorGroups() : [], asOf: at(0), summary: {} }) }), { theme })
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
  }

  it('says of a future instant how far it is', async () => {
    const [first, ...rest] = buckets()
    first!.exemplars = [{ label: 'soon', attention: 'Runs soon.', href: '/soon', completeness: 'complete', at: at(90 * 60_000) }]
    const page = mount('ops-overview', usual({ getOverview: () => overview({ buckets: [first!, ...rest] }) }))
    await until(() => seen(page).includes('in 1 h'), 'the distance')
  })
})
