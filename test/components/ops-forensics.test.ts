import type { Bundle } from '../../schemas/forensics.ts'
import { bundle, eventId, events, nextPaths, unknownBundle } from './evidence-sample.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, entries, event, everything, plan, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

const usual = (over: Answers = {}) =>
  new FakeApi({
    getSession: () => session(),
    getForensics: () => bundle(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listAuditEvents: () => ({ items: events(20, 20), asOf: at(0) }),
    createPreview: () => preview({ plan: plan({ action: 'resume_cron_entry', title: 'Resume nightly_sync' }) }),
    executePreview: () => ({ event: event({ eventType: 'cron.resumed' }), result: {} }),
    ...over,
  })

const subject = { 'subject-type': 'cron_entry', 'subject-id': 'nightly_sync' }
const withBundle = (over: Partial<Bundle>) => usual({ getForensics: () => bundle(over) })
const refuse = (code: 'unavailable' | 'unauthenticated') => () => {
  throw new Refusal(code, 'It did not answer.')
}
const part = (page: Element, name: string) => until(() => all<HTMLElement>(page, `[part~="${name}"]`)[0], name)

describe('ops-forensics', () => {
  afterEach(clear)

  it('asks for the subject of its attributes and says what is the matter', async () => {
    const api = usual()
    const page = mount('ops-forensics', api, { 'subject-type': 'cron_entry', 'subject-id': 'a b/c' })
    const diagnosis = await part(page, 'diagnosis')
    equal(api.calls.find(({ name }) => name === 'getForensics')!.params, { subjectType: 'cron_entry', subjectId: 'a b/c' })
    for (const words of ['Waiting', 'partial evidence', 'Paused by ops-demo', '37 of 42', 'Provenance: durable']) includes(seen(diagnosis), words)
    includes(seen(all(page, '.breadcrumb')[0]), 'Forensics / cron entry')
    equal(seen(all(page, '.page-title')[0]), 'nightly_sync')
  })

  it('draws the window as lanes over one axis, its gaps dashed, and never counts what is unknown as missed', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const drawn = await part(page, 'timeline')
    const label = all(drawn, '[role=img]')[0]!.getAttribute('aria-label')!
    for (const words of ['Slots, Scheduler, Changes, Deploys', '37 on time', '1 missed', '2 unknown', '2 no scheduler', '1 gap: No scheduler on record']) includes(label, words)
    includes(seen(drawn), 'not recorded')
    ok(getComputedStyle(all(drawn, '.hole line')[0]!).strokeDasharray !== 'none', 'a dashed line')
    equal(all(drawn, '.lanes-drawn .point').length, 44, 'marks')
  })

  it('places marks at their instants, and leads from each to its thing', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const drawn = await part(page, 'timeline')
    const places = all(drawn, '.lanes-drawn .point').map((mark) => Number.parseFloat(mark.getAttribute('x')!))
    ok(Math.abs(places[0]!) < 0.01 && Math.abs(places[21]! - (21 / 44) * 100) < 0.1, `${places[0]} and ${places[21]}`)
    equal(all(drawn, 'a').map((link) => link.getAttribute('href')), ['/ops/jobs/job/job-0007', `/ops/jobs/forensics/audit_event/${eventId(7)}`])
    ok(all(drawn, 'a').every((link) => link.getAttribute('tabindex') === '-1'), 'no stops for the keyboard: the list has the same links')
  })

  it('shows another window on request', async () => {
    const api = usual()
    const page = mount('ops-forensics', api, subject)
    await part(page, 'timeline')
    equal(button(page, '90 days')!.getAttribute('aria-pressed'), 'true')
    button(page, '24 h')!.click()
    await until(() => api.calls.some(({ name, query }) => name === 'getForensics' && query.get('range') === '24h'), 'the request')
  })

  it('leads from each line of the chronology to what it is about', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const wanted = bundle().chronology.flatMap(({ ref }) => ref.href ?? [])
    equal(all(await part(page, 'chronology'), 'a.way').map((link) => link.getAttribute('href')), wanted)
  })

  it('folds lines of one kind, tells days once, and filters by source', async () => {
    const slots = Array.from({ length: 5 }, (_, index) => ({ ...bundle().chronology[1]!, id: `s${index}`, at: at(-(index + 1) * 86_400_000) }))
    const page = mount('ops-forensics', withBundle({ chronology: [bundle().chronology[0]!, ...slots, bundle().chronology[2]!] }), subject)
    const list = await part(page, 'chronology')
    equal(all(list, '[part~="chronology-item"]').length, 3, 'lines')
    const folded = all<HTMLDetailsElement>(list, 'details')[0]!
    includes(seen(folded.querySelector('summary')), '5 on time')
    equal(folded.querySelectorAll('li').length, 5, 'lines inside')
    equal(all(list, '.day h4').length, 3, 'headings')
    button(page, 'Audit 1')!.click()
    await until(() => all(list, '[part~="chronology-item"]').length === 1, 'one line')
    includes(seen(list), 'ops-demo paused the entry')
  })

  it('reads older lines on request, each once, and says so when that fails', async () => {
    const [first, ...rest] = bundle().chronology
    let answer: () => unknown = refuse('unavailable')
    const api = usual({ getForensics: () => bundle({ chronology: [first!, rest[0]!], nextCursor: 'older' }), listChronology: () => answer() })
    const page = mount('ops-forensics', api, subject)
    ;(await until(() => button(page, 'Show older'), 'the button')).click()
    await until(() => seen(page).includes('It did not answer'), 'the failure')
    answer = () => ({ items: [rest[0], ...rest.slice(1)], asOf: at(0) })
    button(page, 'Show older')!.click()
    await until(() => all(page, '[part~="chronology-item"]').length === 4, 'all lines')
    ok(!button(page, 'Show older'), 'the end')
    equal(api.calls.filter(({ name }) => name === 'listChronology').at(-1)!.query.get('cursor'), 'older')
  })

  it('puts the runbook before the chronology', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const runbook = await part(page, 'runbook')
    const chronology = await part(page, 'chronology')
    ok(runbook.compareDocumentPosition(chronology) & Node.DOCUMENT_POSITION_FOLLOWING, 'the runbook first')
    for (const words of ['A paused entry : what to do (3 steps)', 'Why now', 'not met The evidence covers', 'met You may act', 'Cautions', 'The evidence has gaps']) includes(seen(runbook), words)
    equal(all(runbook, 'ol.steps li').map(seen), bundle().runbook.steps.map(({ ownershipLabel, text }) => `${ownershipLabel} ${text}`))
    includes(seen(runbook), 'Not supported Change concurrency : pg-boss sets it')
  })

  it('shows the text of the host as text, with its owner in front', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const own = all(await part(page, 'runbook'), '[part~="host-runbook"]')[0]!
    includes(seen(own), 'host-owned follow-up · Host-owned : Our night shift Before you resume Ask finance in <b>#ledger</b>, see the page')
    equal(all(own, 'b').filter((bold) => !bold.closest('.ownership')).length, 0, 'elements from the text')
    equal(all(own, 'a').map((link) => link.getAttribute('href')), ['https://wiki.example.com/ledger', '/on-call'])
    equal(all(own, 'strong, em, pre, li').map((each) => each.localName), ['strong', 'li', 'li', 'em', 'pre', 'li'])
  })

  it('tells what happened to the millisecond, with source, provenance and a link', async () => {
    const page = mount('ops-forensics', usual(), subject)
    await part(page, 'chronology')
    const [first, second, third, fourth] = all(page, '[part~="chronology-item"]')
    ok(/:\d\d\.114 /.test(seen(first)), 'milliseconds')
    for (const words of ['ops-demo paused the entry', 'fixture maintenance', 'audit durable']) includes(seen(first), words)
    ok(all(first, `a[href="/ops/jobs/forensics/audit_event/${eventId(7)}"]`)[0], 'the link')
    includes(seen(second), 'cron durable')
    includes(seen(third), 'coverage supporting evidence')
    includes(seen(fourth), 'coverage unknown')
  })

  it('puts the owner in front of each next path', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const paths = all(await part(page, 'next-paths'), '[part~="next-path"]').map(seen)
    equal(paths.length, 4, 'paths')
    ok(paths[0]!.startsWith('Powertools-native · Audited action Resume entry: nightly_sync…'), paths[0])
    ok(paths[1]!.startsWith('Powertools-native Read its audit events'), paths[1])
    ok(paths[2]!.startsWith('pg-boss Dashboard bridge · Inspection only View its jobs'), paths[2])
    ok(paths[3]!.startsWith('host-owned follow-up · Host-owned Tell the owners'), paths[3])
    equal(all(page, '[part~="next-path"]:nth-child(4) :is(a, button)').length, 0, 'ways to act for the host')
  })

  it('orders the paths as they are numbered', async () => {
    const page = mount('ops-forensics', withBundle({ nextPaths: nextPaths().toReversed() }), subject)
    await part(page, 'next-paths')
    ok(seen(all(page, '[part~="next-path"]')[0]).startsWith('Powertools-native'), 'the first')
  })

  it('opens the dialog for a native operation and reads again when it is done', async () => {
    const api = usual()
    const page = mount('ops-forensics', api, subject)
    ;(await until(() => button(page, 'Resume entry: nightly_sync…'), 'the button')).click()
    const confirm = await until(() => button(page, 'Resume entry'), 'the preview')
    const before = api.count('getForensics')
    confirm.click()
    await until(() => seen(page).includes('is recorded'), 'the record')
    await until(() => api.count('getForensics') > before, 'reading again')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, {
      action: 'resume_cron_entry',
      subject: { type: 'cron_entry', id: 'nightly_sync' },
    })
  })

  it('disables an operation that is not allowed, with the reason beside it', async () => {
    const page = mount('ops-forensics', withBundle({ nextPaths: nextPaths(false) }), subject)
    const control = await until(() => button(page, 'Resume entry: nightly_sync…'), 'the button')
    ok(control.disabled, 'disabled')
    const reason = all(page, `#${control.getAttribute('aria-describedby')}`)[0]
    includes(seen(reason), 'may look, not change')
  })

  it('says once why nothing may be done, and two words at each control', async () => {
    const [resume, ...rest] = nextPaths(false)
    const run = { ...resume!, order: 2, label: 'Run now: nightly_sync', operation: { ...resume!.operation!, action: 'run_cron_entry' as const } }
    const page = mount('ops-forensics', withBundle({ nextPaths: [resume!, run, ...rest.map((path) => ({ ...path, order: path.order + 1 }))] }), subject)
    const paths = await part(page, 'next-paths')
    includes(seen(paths), 'What may be done Read-only. Your role “viewer” may look, not change.')
    const control = button(page, 'Run now: nightly_sync…')!
    ok(control.disabled, 'disabled')
    const why = all(page, `#${control.getAttribute('aria-describedby')}`)[0]!
    equal(seen(why), 'Read-only : Your role “viewer” may look, not change.')
    equal(seen(why.querySelector('.hidden-text')), ': Your role “viewer” may look, not change.')
  })

  it('writes the instants in what the server says as a person would', async () => {
    const instant = '2026-11-12T03:00:00.000Z'
    const page = mount(
      'ops-forensics',
      withBundle({
        diagnosis: { status: 'needs_review', title: `The slot of ${instant} was not run.`, detail: `Since ${instant}.`, provenance: 'durable' },
        completeness: { state: 'partial_evidence', reasons: [`No scheduler on record from ${instant}.`], gaps: [] },
        nextPaths: [{ ...nextPaths()[0]!, detail: `The next run would be ${instant}.` }],
        runbook: { title: 'A cron entry', whyNow: `Missed ${instant}.`, prerequisites: [], cautions: [], steps: [], unsupported: [] },
        chronology: [],
      }),
      subject,
    )
    for (const name of ['diagnosis', 'boundary', 'next-paths', 'runbook']) {
      const words = seen(await part(page, name))
      includes(words, '12 Nov')
      excludes(words, instant)
    }
  })

  it('says where the evidence ends and what is withheld', async () => {
    const page = mount('ops-forensics', withBundle({ withheld: ['audit events'] }), subject)
    const boundary = await part(page, 'boundary')
    for (const words of ['partial evidence', 'No scheduler was recorded from 12 Nov', 'may not see it: audit events', 'Window:']) includes(seen(boundary), words)
    equal(getComputedStyle(boundary).borderTopStyle, 'dashed')
  })

  it('does not dash what is complete, and leaves out what is not there', async () => {
    const page = mount('ops-forensics', withBundle({ completeness: { state: 'complete', reasons: [], gaps: [] }, followUp: undefined, timeline: undefined, linkedResources: [] }), subject)
    equal(getComputedStyle(await part(page, 'boundary')).borderTopStyle, 'solid')
    includes(seen(await part(page, 'diagnosis')), 'complete evidence')
    for (const name of ['follow-up', 'timeline', 'linked']) equal(all(page, `[part~="${name}"]`).length, 0, name)
  })

  it('shows the follow-up as far as we saw it', async () => {
    const page = mount('ops-forensics', withBundle({ followUp: { status: 'unconfigured' } }), subject)
    includes(seen(await part(page, 'follow-up')), 'unconfigured — this host has no escalation handler.')
  })

  it('offers the bundle as a file of the server, which records the export', async () => {
    const page = mount('ops-forensics', usual(), subject)
    const saving = await until(() => button(page, 'Export Markdown'), 'the button')
    ok(button(page, 'Export JSON') !== undefined, 'JSON')
    ok(!saving.disabled, 'enabled')
  })

  it('says of an unknown subject what to supply, and asks again', async () => {
    const page = mount('ops-forensics', usual({ getForensics: unknownBundle }), { 'subject-type': 'cron_entry', 'subject-id': 'nothing' })
    const diagnosis = await part(page, 'diagnosis')
    for (const words of ['unknown', 'Nothing is known', 'Supply the name of a cron entry that exists.']) includes(seen(diagnosis), words)
    excludes(seen(diagnosis), 'Needs Review')
    await until(() => button(page, 'Open evidence'), 'the chooser')
  })

  it('asks for a subject when it has none, and offers what needs a look', async () => {
    const api = usual()
    const page = mount('ops-forensics', api)
    await until(() => seen(page).includes('ledger_close'), 'the entries')
    equal(api.count('getForensics'), 0, 'bundles read')
    includes(seen(page), 'Recently changed')
    ok(all(page, 'a[href="/ops/jobs/forensics/cron_entry/ledger_close"]')[0], 'a link')
    equal(all(page, 'slot[name=empty]').length, 1, 'slots')
  })

  it('shows the chosen subject where it stands, unless somebody else goes there', async () => {
    const api = usual()
    const page = mount('ops-forensics', api)
    const hrefs: string[] = []
    const router = (navigation: Event) => {
      hrefs.push((navigation as CustomEvent<{ href: string }>).detail.href)
      navigation.preventDefault()
    }
    page.addEventListener('ops-navigate', router)
    await until(() => seen(page).includes('ledger_close'), 'the chooser')
    type(all(page, '#id')[0], ' price feed ')
    button(page, 'Open evidence')!.click()
    equal(hrefs, ['/ops/jobs/forensics/cron_entry/price%20feed'])
    equal(api.count('getForensics'), 0, 'bundles read')
    page.removeEventListener('ops-navigate', router)
    button(page, 'Open evidence')!.click()
    await until(() => api.calls.find(({ name }) => name === 'getForensics')?.params.subjectId === 'price feed', 'the bundle')
  })

  it('offers only what the actor may see', async () => {
    const permissions = { ...everything(true), view_audit: { allowed: false, reason: 'Not for you.' } }
    const api = usual({ getSession: () => session({ permissions }) })
    const page = mount('ops-forensics', api)
    await until(() => seen(page).includes('ledger_close'), 'the entries')
    equal(api.count('listAuditEvents'), 0, 'reads of the audit log')
    excludes(seen(page), 'Recently changed')
  })

  it('says so when the actor may not see forensics', async () => {
    const permissions = { ...everything(true), view_forensics: { allowed: false, reason: 'Support looks at cron only.' } }
    const page = mount('ops-forensics', usual({ getSession: () => session({ permissions }) }))
    await until(() => seen(page).includes('Support looks at cron only.'), 'the reason')
    ok(!button(page, 'Open evidence'), 'no chooser')
  })

  it('forgets one subject at once when it is asked for another', async () => {
    let answer: () => unknown = () => bundle()
    const page = mount('ops-forensics', usual({ getForensics: () => answer() }), subject)
    await part(page, 'diagnosis')
    answer = () => new Promise(() => undefined)
    page.subjectId = 'other'
    await until(() => seen(page).includes('Loading'), 'loading')
    excludes(seen(page), 'Paused by ops-demo')
  })

  it('keeps what it shows when a refresh fails', async () => {
    let broken = false
    const api = usual({ getForensics: () => (broken ? refuse('unavailable')() : bundle()) })
    const page = mount('ops-forensics', api, subject)
    await part(page, 'diagnosis')
    await until(() => api.openStreams === 1, 'the stream')
    broken = true
    api.hint({ topic: 'audit' })
    await until(() => seen(page).includes('Not up to date'), 'the note')
    includes(seen(page), 'Paused by ops-demo')
  })

  it('becomes one column where there is little room', async () => {
    const page = mount('ops-forensics', usual(), subject)
    await part(page, 'diagnosis')
    page.style.width = '390px'
    const columns = all(page, '.columns')[0]!
    await until(() => getComputedStyle(columns).gridTemplateColumns.split(' ').length === 1, 'one column')
    ok(page.scrollWidth <= page.clientWidth, 'nothing sticks out')
  })

  for (const theme of ['light', 'dark']) {
    const states: Record<string, { shows: string; answers: Answers; ask?: boolean; width?: string }> = {
      usual: { shows: 'Paused by ops-demo', answers: {} },
      narrow: { shows: 'Paused by ops-demo', answers: {}, width: '390px' },
      'not allowed to act': { shows: 'may look, not change', answers: { getForensics: () => bundle({ nextPaths: nextPaths(false), withheld: ['audit events'] }) } },
      unknown: { shows: 'Nothing is known', answers: { getForensics: unknownBundle } },
      asking: { shows: 'ledger_close', answers: {}, ask: true },
      loading: { shows: 'Loading', answers: { getForensics: () => new Promise(() => undefined) } },
      error: { shows: 'did not answer', answers: { getForensics: refuse('unavailable') } },
      unauthorized: { shows: 'Sign in', answers: { getForensics: refuse('unauthenticated'), getSession: refuse('unauthenticated') } },
    }
    for (const [name, { shows, answers, ask, width }] of Object.entries(states)) {
      it(`is accessible, ${name}, ${theme}`, async () => {
        const page = mount('ops-forensics', usual(answers), { theme, ...(ask ? {} : subject) })
        if (width) page.style.width = width
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
  }
})
