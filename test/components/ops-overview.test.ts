import { describe as describeSeries } from '../../components/parts/sparkline.ts'
import { buckets, overview, quietOverview, vitals, wave } from './evidence-sample.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), getOverview: () => overview(), ...over })

const refuse = (code: 'unavailable' | 'unauthenticated' | 'forbidden') => () => {
  throw new Refusal(code, 'The database did not answer.')
}

describe('ops-overview', () => {
  afterEach(clear)

  it('says first whether work is moving, then shows numbers, then six buckets in the given order', async () => {
    const page = mount('ops-overview', usual())
    const text = await until(() => seen(page).includes('Work is moving') && seen(page), 'the sentence')
    const order = ['Work is moving', 'Finished per minute', 'Needs Review', 'Blocked', 'Waiting', 'Runnable', 'Bridge-only Follow-up', 'Resolved Recently']
    const places = order.map((part) => (part === 'Waiting' ? text.indexOf('One cron entry is paused') : text.indexOf(part)))
    equal(places, places.toSorted((a, b) => a - b), 'order of what is said')
    ok(places[0]! >= 0, 'the sentence')
    equal(all(page, '.bucket').map((bucket) => bucket.querySelector('.count')!.textContent), ['1', '0', '1', '11', '1', '0'])
  })

  it('puts the owner and what it allows in front of the next step', async () => {
    const page = mount('ops-overview', usual())
    const bridge = await until(() => all(page, '.bucket')[4], 'the bridge bucket')
    const text = seen(bridge)
    ok(text.indexOf('pg-boss Dashboard bridge · Inspection only') < text.indexOf('Open pg-boss Dashboard'), 'owner before step')
    includes(text, 'pg-boss Dashboard bridge · Inspection only')
    equal(bridge.querySelector('.next-step')!.getAttribute('href'), '/ops/jobs/pg-boss')
  })

  it('shows each exemplar with its reason, its time, its evidence, and whether that is complete', async () => {
    const page = mount('ops-overview', usual())
    const first = await until(() => all(page, '.exemplar')[0], 'an exemplar')
    for (const part of ['ledger_close', '6 d ago', 'Missed 1 Nov', 'partial evidence']) includes(seen(first), part)
    ok(first.querySelector('a[href="/ops/jobs/forensics/cron_entry/ledger_close"]'), 'the forensic link')
    excludes(seen(all(page, '.exemplar')[1]), 'complete')
  })

  it('tells the trend of a number in words, and what nobody measured', async () => {
    const page = mount('ops-overview', usual())
    const labels = (await until(() => all(page, '.sparkline').length === 3 && all(page, '.sparkline'), 'the lines')).map((line) => line.getAttribute('aria-label')!)
    includes(labels[0]!, 'Finished per minute: rising over 59 min')
    includes(labels[1]!, 'Waiting now: falling over 59 min')
    includes(labels[2]!, 'not measured yet')
    const [first, , third] = all(page, '.vital')
    for (const part of ['1,284 jobs', 'exact', 's ago']) includes(seen(first), part)
    includes(seen(third), 'not measured yet')
    equal(first!.querySelectorAll('.sparkline .gap').length, 1, 'dashed gaps')
  })

  it('tells a long wait in minutes, a count that was not taken to its end as one, and is not green beside what needs review', async () => {
    const [finished, waiting, wait] = vitals()
    const long = { ...wait!, value: 1310, series: wave(60, 1310), asOf: at(-1000), how: 'exact' }
    const [review, ...others] = buckets()
    const many = overview({ vitals: [finished!, waiting!, long], buckets: [{ ...review!, count: 1000, capped: true }, ...others] })
    const page = mount('ops-overview', usual({ getOverview: () => many }))
    await until(() => seen(page).includes('21.8 min'), 'the wait')
    equal(all(page, '.count')[0]!.textContent, '1,000+')
    ok(!all(page, '.headline.moving')[0], 'no green')
  })

  it('shows a single measurement as a dot', async () => {
    const one = [{ ...vitals()[0]!, series: [{ at: at(-60_000), value: 3 }] }]
    const page = mount('ops-overview', usual({ getOverview: () => overview({ vitals: one }) }))
    const dot = await until(() => all(page, '.sparkline .dot')[0], 'the dot')
    ok(/^M[\d.]+ [\d.]+h0$/.test(dot.getAttribute('d')!), dot.getAttribute('d')!)
    equal(getComputedStyle(dot).strokeLinecap, 'round')
  })

  it('writes the instants in a reason as a person would', async () => {
    const [first] = buckets()
    const exemplars = [{ label: 'nightly_sync', attention: 'paused by ops-demo, resumes 2026-11-22T02:00:00.000Z', href: '/x', completeness: 'complete' as const }]
    const page = mount('ops-overview', usual({ getOverview: () => overview({ buckets: [{ ...first!, count: 1, exemplars }] }) }))
    const words = seen(await until(() => all(page, '.exemplar')[0], 'the exemplar'))
    includes(words, 'resumes 22 Nov')
    excludes(words, '2026-11-22T02')
  })

  it('calls a series without a direction steady, and too short a one too short', () => {
    const words = (series: ReturnType<typeof wave>) => describeSeries(series, String)
    includes(words(wave(100, 103)), 'steady over 59 min')
    includes(words(wave(100, 103).slice(0, 3)), 'too few measurements')
    equal(words([]), 'not measured yet')
  })

  it('reads again on the hints that concern it, and on no other', async () => {
    const api = usual()
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes('Work is moving') && api.openStreams === 1, 'the page')
    for (const topic of ['overview', 'cron', 'reset']) {
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
    const api = usual({ getOverview: () => overview({ sentence }) })
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
    equal(all(page, '.bucket').length, 6, 'buckets')
  })

  it('keeps the last answer when a refresh fails, and says so', async () => {
    let broken = false
    const api = usual({ getOverview: () => (broken ? refuse('unavailable')() : overview()) })
    const page = mount('ops-overview', api)
    await until(() => seen(page).includes('Work is moving') && api.openStreams === 1, 'the page')
    broken = true
    api.hint({ topic: 'overview' })
    await until(() => seen(page).includes('Not up to date'), 'the note')
    includes(seen(page), 'Work is moving')
  })

  it('tries again after an error', async () => {
    let broken = true
    const page = mount('ops-overview', usual({ getOverview: () => (broken ? refuse('unavailable')() : overview()) }))
    await until(() => seen(page).includes('req-4711'), 'the request id')
    broken = false
    button(page, 'Try again')!.click()
    await until(() => seen(page).includes('Work is moving'), 'the page')
  })

  it('becomes one column where there is little room', async () => {
    const page = mount('ops-overview', usual())
    const grid = await until(() => all(page, '.buckets')[0], 'the buckets')
    for (const [width, columns] of [[1200, 3], [800, 2], [390, 1]] as const) {
      page.style.width = `${width}px`
      await until(() => getComputedStyle(grid).gridTemplateColumns.split(' ').length === columns, `${columns} columns at ${width}`)
      ok(page.scrollWidth <= page.clientWidth, `nothing sticks out at ${width}`)
    }
  })

  for (const theme of ['light', 'dark']) {
    const states: Record<string, { shows: string; answer: () => unknown }> = {
      usual: { shows: 'Work is moving', answer: () => overview({ withheld: ['audit events'] }) },
      quiet: { shows: 'Nothing to operate', answer: quietOverview },
      halted: { shows: 'Nothing moves', answer: () => overview({ sentence: 'Nothing moves.', moving: false, vitals: vitals().slice(0, 1), buckets: buckets() }) },
      loading: { shows: 'Loading', answer: () => new Promise(() => undefined) },
      error: { shows: 'did not answer', answer: refuse('unavailable') },
      unauthorized: { shows: 'Sign in', answer: refuse('unauthenticated') },
      forbidden: { shows: 'may not see this', answer: refuse('forbidden') },
    }
    for (const [name, { shows, answer }] of Object.entries(states)) {
      it(`is accessible, ${name}, ${theme}`, async () => {
        const page = mount('ops-overview', usual({ getOverview: answer }), { theme })
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
