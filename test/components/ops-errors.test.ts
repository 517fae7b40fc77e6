import { parseSearch, writeSearch } from '../../components/pages/errors/search.ts'
import type { ErrorGroup, ErrorGroupDetail, ErrorGroupList } from '../../schemas/error-group.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, everything, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const minute = 60_000
const allowed = { resolve_error_group: { allowed: true }, silence_error_group: { allowed: true }, reopen_error_group: { allowed: false, reason: 'It is not resolved.' }, unsilence_error_group: { allowed: false, reason: 'It is not silenced.' } }
const fingerprint = (n: number) => `e1:${String(n).padStart(16, '0')}`

function group(n: number, over: Partial<ErrorGroup> = {}): ErrorGroup {
  return {
    fingerprint: fingerprint(n), state: 'known', status: 'unresolved', title: 'lock timeout after <duration> on <path>', errorClass: 'Error', grouping: 'default', queue: 'stock_digest', worker: 'stock_digest',
    firstSeenAt: at(-60 * 24 * minute), lastSeenAt: at(-33 * minute), total: 12, count: 2, final: 1, perMinute: 0,
    histogram: { from: at(-60 * minute), stepSeconds: 60, counts: Array.from({ length: 60 }, (_, step) => (step < 5 ? null : step === 40 ? 2 : 0)) },
    burst: { active: false, probability: null, failures: 0, attempts: 90, usualPerMinute: 0.02 },
    versions: ['v411'], resolved: null, regressedAt: null, silenced: null, operations: allowed,
    ...over,
  }
}

const failing = group(1, {
  state: 'new', title: 'connect ETIMEDOUT <ip>:<int> (smtp-eu-2)', queue: 'order_mail', worker: 'order_mail', firstSeenAt: at(-28 * minute), lastSeenAt: at(-9_000), total: 140, count: 140, final: 140, perMinute: 5,
  histogram: { from: at(-60 * minute), stepSeconds: 60, counts: Array.from({ length: 60 }, (_, step) => (step < 32 ? 0 : 5)) },
  burst: { active: true, since: at(-26 * minute), probability: 1e-30, failures: 25, attempts: 30, usualPerMinute: 0.1 }, versions: ['v412'],
})
const back = group(2, { state: 'regression', title: '401 signature mismatch', worker: 'payment_webhook', queue: 'payments', count: 6, resolved: { at: at(-6 * 24 * 60 * minute), by: { id: 'ops-lead', type: 'user', label: 'ops-lead' } }, regressedAt: at(-40 * minute), versions: ['v411', 'v412'] })

function list(items = [failing, back, group(3)], over: Partial<ErrorGroupList['summary']> = {}): ErrorGroupList {
  return {
    items,
    asOf: at(0),
    summary: {
      failures: 148, groups: { unresolved: 3, silenced: 1, resolved: 5 }, headline: 'One new error makes 140 of the 148 failures of the last hour.', rest: 'One error came back after being resolved.',
      readTo: at(-1_000), gaps: [{ from: at(-60 * minute), to: at(-55 * minute) }], ...over,
    },
  }
}

const detail: ErrorGroupDetail = {
  ...failing,
  sample: 'connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2)',
  stack: [{ text: 'at Mailer.connect (src/mail/transport.ts:12:3)', ofHost: true }, { text: 'at node:internal/process:1:2', ofHost: false }, { text: 'at x (node_modules/y/z.js:1:1)', ofHost: false }],
  examples: [{ jobId: 'e07b0000-0000-4000-8000-0000000041c9', at: at(-9_000), attempt: 3, final: true, executor: 'worker-2', version: 'v412' }, { jobId: 'job-2', at: at(-21_000), attempt: 3, final: true }],
  shares: { executors: [{ name: 'worker-1', count: 74 }, { name: 'worker-2', count: 66 }, { name: 'worker-3', count: 0 }], versions: [{ name: 'v412', count: 140 }, { name: 'v411', count: 0 }] },
  asOf: at(0),
}

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), listErrorGroups: () => list(), getErrorGroup: () => detail, listIncidents: () => ({ items: [], asOf: at(0), watch: { state: 'fresh', lookedAt: at(0), unseen: [] } }), createPreview: () => preview(), ...over })

async function opened(api = usual(), attributes: Record<string, string> = {}) {
  const page = mount('ops-errors', api, attributes)
  await until(() => all(page, '[part=row]').length > 0, 'the errors')
  return page
}
const rows = (page: Element) => all<HTMLElement>(page, '[part=row]')

describe('ops-errors', () => {
  afterEach(clear)

  it('says first what is new, and lists the message before anything else', async () => {
    const page = await opened()
    includes(seen(all(page, '[part=headline]')[0]), 'One new error makes 140 of the 148 failures of the last hour. One error came back')
    const [first, second, third] = rows(page).map((row) => seen(row))
    for (const part of ['connect ETIMEDOUT <ip>:<int> (smtp-eu-2)', 'order_mail', 'e1:00000000', 'new', 'burst', '140', ' s ago', 'v412 only']) includes(first!, part)
    for (const part of ['401 signature mismatch', 'payment_webhook in payments', 'regression', 'resolved', 'v411, v412']) includes(second!, part)
    for (const part of ['known', '33 min ago']) includes(third!, part)
    excludes(third!, 'burst')
    for (const part of ['Unresolved 3', 'Silenced 1', 'Resolved 5', '1 silenced', 'Grey: failures were not read']) includes(seen(page), part)
  })

  it('draws all histograms on one scale, with gaps where failures were not read', async () => {
    const page = await opened()
    const heights = rows(page).map((row) => Math.max(0, ...[...(row.querySelector('.bars')!.getAttribute('d') ?? '').matchAll(/v-([\d.]+)/g)].map(([, tall]) => Number(tall))))
    ok(heights[0]! > heights[2]! * 2, `one scale: ${heights.join(' ')}`)
    equal(rows(page)[2]!.querySelectorAll('.unmeasured').length, 5, 'unread minutes')
  })

  it('unfolds one with its rate, its last jobs, the stack with the frames of libraries folded, and where it happens', async () => {
    const page = await opened()
    const heard: unknown[] = []
    page.addEventListener('ops-filter', (event) => heard.push((event as CustomEvent).detail))
    rows(page)[0]!.querySelector<HTMLElement>('.fold')!.click()
    const details = await until(() => all(page, '[part=details]')[0], 'the details')
    await until(() => seen(details).includes('worker-2'), 'its jobs')
    equal(heard, [{ path: '/errors', query: { status: '', range: '', q: '', group: failing.fingerprint } }])
    const said = seen(details)
    for (const part of ['Failed per minute 5.0 · usual 0.1', 'once in a billion', '140 in all since', 'Last 2 of 140 failures', 'e07b0000…0041c9', 'attempt 3, the last', 'worker-2 v412', 'connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2)', 'at Mailer.connect', '2 frames of the runtime and of libraries', 'worker-3 0', 'v411 0', '0 was measured', 'Still failing: a retry now fails again.']) includes(said, part)
    equal(details.querySelector('details')!.open, false, 'frames of libraries are folded')
  })

  it('retries all of a group through the preview, and asks to resolve or silence it', async () => {
    const api = usual()
    const page = await opened(api, { group: failing.fingerprint })
    await until(() => button(page, 'Retry all of this group…'), 'the button')
    button(page, 'Retry all of this group…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'retry_job', selection: { filter: { errorGroup: failing.fingerprint, state: 'discarded' } } })
    ok(!button(page, 'Resolve…')!.disabled && !button(page, 'Silence…')!.disabled, 'both may be done')
  })

  it('finds by words, worker, queue, version and state, in one field', async () => {
    const api = usual()
    const page = await opened(api)
    const field = all<HTMLInputElement>(page, '.find')[0]!
    field.value = 'error: timeout worker:order_mail version:"v 4" state:new'
    field.dispatchEvent(new Event('change'))
    await until(() => api.calls.some(({ query }) => query.get('worker') === 'order_mail'), 'the search')
    const { query } = api.calls.findLast(({ name }) => name === 'listErrorGroups')!
    equal([query.get('text'), query.get('version'), query.get('state'), query.get('status')], ['timeout', 'v 4', 'new', 'unresolved'])
    for (const typed of ['a b', 'worker:x queue:y z', 'version:"v 4" t']) equal(writeSearch(parseSearch(writeSearch(parseSearch(typed)))), writeSearch(parseSearch(typed)))
  })

  it('changes status and range, and announces each for the address', async () => {
    const api = usual()
    const page = await opened(api)
    const heard: unknown[] = []
    page.addEventListener('ops-filter', (event) => heard.push((event as CustomEvent).detail))
    button(page, 'Resolved 5')!.click()
    await until(() => api.calls.some(({ query }) => query.get('status') === 'resolved'), 'the resolved')
    button(page, '24 h')!.click()
    equal(heard, [{ path: '/errors', query: { status: 'resolved', range: '', q: '', group: '' } }, { path: '/errors', query: { status: 'resolved', range: '24h', q: '', group: '' } }])
  })

  it('says that nothing failed, that nothing was read yet, and that an engine cannot tell', async () => {
    const page = mount('ops-errors', usual({ listErrorGroups: () => list([], { failures: 0, headline: 'Nothing failed in the last hour.', rest: '', groups: { unresolved: 0, silenced: 0, resolved: 0 } }) }), {})
    await until(() => seen(page).includes('Nothing failed in the last hour'), 'nothing')
    const unread = mount('ops-errors', usual({ listErrorGroups: () => list([], { readTo: null }) }), {})
    await until(() => seen(unread).includes('No failures have been read yet'), 'unread')
    const lacking = mount('ops-errors', usual({ listErrorGroups: () => list([], { lacks: 'This engine keeps no errors.' }) }), {})
    await until(() => seen(lacking).includes('This engine keeps no errors.'), 'lacking')
  })

  it('tells a viewer once on top that nothing may be changed, and disables each control', async () => {
    const permissions = Object.fromEntries(Object.entries(everything(true)).map(([action, permission]) => [action, action.startsWith('view_') ? permission : { allowed: false, reason: 'Your role is viewer.' }]))
    const operations = Object.fromEntries(Object.keys(allowed).map((action) => [action, { allowed: false, reason: 'Your role is viewer.' }]))
    const page = await opened(usual({ getSession: () => session({ permissions }), listErrorGroups: () => list([{ ...failing, operations }]) }), { group: failing.fingerprint })
    await until(() => button(page, 'Resolve…'), 'the details')
    includes(seen(page), 'Read-only. Your role is viewer.')
    for (const label of ['Resolve…', 'Silence…', 'Retry all of this group…']) ok(button(page, label)!.disabled, label)
  })

  for (const theme of ['light', 'dark'] as const) {
    it(`is accessible, ${theme}`, async () => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
      const page = await opened(usual(), { theme, group: failing.fingerprint })
      await until(() => seen(page).includes('worker-3'), 'the details')
      await accessible(page)
      page.style.width = '366px'
      await accessible(page)
    })

    it(`is accessible when nothing came, ${theme}`, async () => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
      const page = mount('ops-errors', usual({ listErrorGroups: () => { throw new Refusal('unavailable', 'The database did not answer.') } }), { theme })
      await until(() => seen(page).includes('did not answer'), 'the problem')
      await accessible(page)
    })
  }
})
