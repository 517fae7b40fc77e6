import { FakeApi, Refusal } from './fake-api.ts'
import { ids, incident, incidentPage, permitted, three, watch } from './incident-sample.ts'
import { at, everything, plan, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

const reason = 'Role viewer may look, not change.'
const usual = (over: Answers = {}) =>
  new FakeApi({
    getSession: () => session(),
    listIncidents: () => incidentPage(three()),
    createPreview: () => preview({ plan: plan({ action: 'acknowledge_incident', subject: { type: 'incident', id: ids.stuck }, title: 'Acknowledge: report is stuck' }) }),
    ...over,
  })
const rows = (page: Element) => all<HTMLElement>(page, '[part=row]')
const opened = async (api = usual(), attributes: Record<string, string> = {}) => {
  const page = mount('ops-incidents', api, attributes)
  await until(() => rows(page).length > 0, 'the incidents')
  return page
}
const none = (over: object) => usual({ listIncidents: () => incidentPage([], over) })

describe('ops-incidents', () => {
  afterEach(clear)

  it('lists what is wrong with its age and who is on it, and folds what is explained under its cause', async () => {
    const page = await opened()
    equal(rows(page).map((row) => seen(row.querySelector('h3'))), ['report is stuck', 'Burst of failures in order_mail'])
    const [stuck, burst] = rows(page)
    for (const part of ['Blocked', '3 h 1 min', 'nobody yet']) includes(seen(stuck), part)
    for (const part of ['Needs Review', '28 min', 'ops-lead', 'connect ETIMEDOUT', 'acknowledged', 'explains 1 more incident', 'order_mail gives up']) includes(seen(burst), part)
    includes(seen(page), '3 open incidents')
    includes(seen(page), '1 without an owner')
    equal(burst!.querySelector('h3 a')!.getAttribute('href'), `/ops/jobs/incident/${ids.burst}`)
  })

  it('offers to acknowledge only incidents without an owner', async () => {
    const api = usual()
    const page = await opened(api)
    ok(!button(page, 'Acknowledge… Burst of failures in order_mail'), 'somebody is on it')
    button(page, 'Acknowledge… report is stuck')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'acknowledge_incident', subject: { type: 'incident', id: ids.stuck } })
  })

  it('says that nothing is wrong only if the detector ran, and names what was not measured', async () => {
    const calm = mount('ops-incidents', none({ watch: watch({ sources: [{ name: 'executors', asOf: null, state: 'unknown' }] }) }))
    await until(() => seen(calm).includes('No open incident'), 'calm')
    for (const part of ['Last looked', 'Not measured then: executors']) includes(seen(calm), part)
    clear()
    const late = mount('ops-incidents', none({ watch: watch({ state: 'lagging', lookedAt: at(-90_000) }) }))
    await until(() => seen(late).includes('Lagging.'), 'lagging')
    includes(seen(late), 'No open incident when the detector last ran')
    clear()
    const blind = mount('ops-incidents', none({ watch: watch({ state: 'unknown', lookedAt: null, sources: [] }) }))
    await until(() => seen(blind).includes('The detector is not running.'), 'unknown')
    excludes(seen(blind), 'No open incident ')
  })

  it('shows what came and went only when asked, so that no row moves under the eyes', async () => {
    let items = three()
    const api = usual({ listIncidents: () => incidentPage(items) })
    const page = await opened(api)
    items = [incident({ id: '0192f000-0000-7000-8000-000000000009', title: 'worker-7 is missing', status: 'blocked' }), ...items.slice(1)]
    api.hint({ topic: 'incidents' })
    await until(() => button(page, '1 new, 1 no longer open · show'), 'the news')
    equal(rows(page).map((row) => seen(row.querySelector('h3'))), ['report is stuck', 'Burst of failures in order_mail'])
    includes(seen(rows(page)[0]), 'no longer here')
    button(page, '1 new, 1 no longer open · show')!.click()
    await until(() => rows(page).map((row) => seen(row.querySelector('h3'))).join() === 'worker-7 is missing,Burst of failures in order_mail', 'the new list')
  })

  it('narrows the list on the server, and tells the address', async () => {
    const api = usual()
    const page = await opened(api)
    let told: unknown
    page.addEventListener('ops-filter', (event) => (told = (event as CustomEvent).detail))
    type(all(page, '#owner')[0], 'nobody')
    await until(() => api.calls.some(({ name, query }) => name === 'listIncidents' && query.get('owner') === 'nobody'), 'the request')
    equal(told, { path: '/incidents', query: { state: '', owner: 'nobody', kind: '', queue: '', silenced: '' } })
  })

  it('marks what is silenced, flapping or reopened', async () => {
    const by = { id: 'ops-lead', type: 'user', label: 'ops-lead' }
    const page = await opened(usual({ listIncidents: () => incidentPage([incident({ silenced: { at: at(0), by, untilCount: 500 }, flappingSince: at(-60_000), reopened: 4 })]) }))
    for (const part of ['silenced until more than 500 jobs', 'flapping']) includes(seen(rows(page)[0]), part)
  })
})

const states: Record<string, { shows: string; answers?: Answers; attributes?: Record<string, string> }> = {
  usual: { shows: 'report is stuck' },
  resolved: { shows: 'over now', attributes: { state: 'resolved' }, answers: { listIncidents: () => incidentPage([incident({ state: 'resolved', status: 'resolved', title: 'over now', resolvedAt: at(0) })]) } },
  'nothing wrong': { shows: 'No open incident', answers: { listIncidents: () => incidentPage([]) } },
  'nobody looking': { shows: 'Unknown.', answers: { listIncidents: () => incidentPage(three(), { watch: watch({ state: 'unknown', lookedAt: at(-900_000) }) }) } },
  loading: { shows: 'Loading', answers: { listIncidents: () => new Promise(() => undefined) } },
  error: { shows: 'did not answer', answers: { listIncidents: () => { throw new Refusal('unavailable', 'The database did not answer.') } } },
  unauthorized: { shows: 'may not see this', answers: { listIncidents: () => { throw new Refusal('forbidden', 'Support may not see incidents.') } } },
  'read-only': {
    shows: 'Read-only.',
    answers: { getSession: () => session({ permissions: everything(false, reason) }), listIncidents: () => incidentPage(three().map((each) => ({ ...each, operations: permitted(false) }))) },
  },
}

for (const theme of ['light', 'dark']) {
  describe(`accessibility of incidents, ${theme}`, () => {
    beforeEach(() => void (document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'))
    afterEach(clear)
    for (const [name, { shows, answers, attributes }] of Object.entries(states)) {
      it(name, async () => {
        const page = mount('ops-incidents', usual(answers), { theme, ...attributes })
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
    it('on a phone', async () => {
      const page = mount('ops-incidents', usual(), { theme })
      page.style.width = '366px'
      await until(() => seen(page).includes('report is stuck'), 'the incidents')
      ok(page.scrollWidth <= page.clientWidth, 'no sideways scrolling')
      await accessible(page)
    })
  })
}
