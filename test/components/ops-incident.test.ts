import type { IncidentDetail } from '../../schemas/incident.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { bundle } from './evidence-sample.ts'
import { detail, ids, permitted, watch } from './incident-sample.ts'
import { bulkId, bulkPlan, bulkRun } from './job-sample.ts'
import { at, event, everything, plan, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

const reason = 'Role viewer may look, not change.'
const usual = (over: Answers = {}, given: Partial<IncidentDetail> = {}) =>
  new FakeApi({
    getSession: () => session(),
    getIncident: () => detail(given),
    getForensics: () => bundle(),
    createPreview: ({ body }) =>
      (body as { selection?: unknown }).selection ? preview({ plan: bulkPlan() }) : preview({ plan: plan({ action: 'silence_incident', subject: { type: 'incident', id: ids.burst }, title: 'Silence: Burst of failures in order_mail' }) }),
    ...over,
  })

const opened = async (api = usual()) => {
  const page = mount('ops-incident', api, { 'incident-id': ids.burst })
  await until(() => seen(page).includes('What was measured'), 'the incident')
  return page
}
const bodies = (api: FakeApi) => api.calls.filter(({ name }) => name === 'createPreview').map(({ body }) => body)
const choose = async (page: Element, name: string) => {
  button(page, 'More about who takes care of it')!.click()
  ;(await until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item) === name), name)).click()
}

describe('ops-incident', () => {
  afterEach(clear)

  it('says what is wrong with its raw error, what was measured with its share or source, and what is ruled out', async () => {
    const page = await opened()
    for (const part of ['Burst of failures in order_mail', 'Needs Review', 'open', 'nobody yet', '140 mails failed for good', 'connect ETIMEDOUT 10.4.0.12:587', 'Failing now', '5.0 /min, usual 0.1', '96 %', 'order only', 'Executors away: 5 of 5 beat', 'measured', 'Not explained by any other open incident'])
      includes(seen(page), part)
    await until(() => all(page, 'ops-chart')[0]?.shadowRoot, 'the chart')
    ok(button(page, 'Export Markdown'), 'a file for the post-mortem')
    excludes(seen(page), 'undefined')
  })

  it('puts the caution before the repair, and opens its dialog with the jobs of the incident', async () => {
    const api = usual()
    const page = await opened(api)
    const repair = all<HTMLElement>(page, '[part=repair]')[0]!
    ok(seen(repair).indexOf('a retry fails again') < seen(repair).indexOf('Retry 140 jobs…'), 'the caution comes first')
    button(page, 'Retry 140 jobs…')!.click()
    await until(() => bodies(api).length === 1, 'the preview')
    equal(bodies(api)[0], { action: 'retry_job', selection: { filter: { incident: ids.burst } } })
  })

  it('shows what becomes of the jobs after a repair was confirmed', async () => {
    const api = usual({
      executePreview: () => ({ event: event({ action: 'retry_job', eventType: 'job.retried', subject: { type: 'bulk', id: bulkId } }), result: { bulkId, outcomes: { done: 131, changed: 9 } } }),
      getBulkRun: () => bulkRun({ status: 'finished', outcomes: { done: 131, changed: 9 }, finishedAt: at(0) }),
    })
    const page = await opened(api)
    button(page, 'Retry 140 jobs…')!.click()
    const confirm = await until(() => all<HTMLButtonElement>(page, 'dialog button[type=submit]')[0], 'the preview')
    type(all(page, '#reason')[0], 'the mail server is back')
    confirm.click()
    await until(() => seen(all(page, 'ops-bulk-run')[0]).includes('131'), 'the outcome')
    includes(seen(all(page, 'ops-bulk-run')[0]), '9 changed since')
    // Until it is looked at again, the incident is still open, and the repair would be offered once more.
    await until(() => seen(all(page, '[part=repair]')[0]).includes('Repair sent.'), 'that it was sent')
    equal(button(page, 'Retry 140 jobs…'), undefined)
    await accessible(page)
  })

  it('offers a repair again once the incident was looked at and is still open', async () => {
    let lastSeenAt = at(-30_000)
    const api = usual({ executePreview: () => ({ event: event({ action: 'retry_job', eventType: 'job.retried', subject: { type: 'bulk', id: bulkId } }), result: { bulkId, outcomes: { done: 140 } } }), getBulkRun: () => bulkRun({ status: 'finished', outcomes: { done: 140 }, finishedAt: at(0) }) })
    const answer = api.answers.getIncident!
    api.answers.getIncident = (call) => ({ ...(answer(call) as object), lastSeenAt })
    const page = await opened(api)
    button(page, 'Retry 140 jobs…')!.click()
    const confirm = await until(() => all<HTMLButtonElement>(page, 'dialog button[type=submit]')[0], 'the preview')
    type(all(page, '#reason')[0], 'the mail server is back')
    confirm.click()
    await until(() => seen(page).includes('Repair sent.'), 'that it was sent')
    lastSeenAt = at(0)
    api.hint({ topic: 'incidents' })
    await until(() => button(page, 'Retry 140 jobs…'), 'the repair')
  })

  it('shows what a repair would change and leave alone, only on request', async () => {
    const api = usual()
    const page = await opened(api)
    equal(bodies(api), [])
    button(page, 'What would it touch?')!.click()
    await until(() => seen(page).includes('would change'), 'what it would touch')
    includes(seen(all(page, '.touched')[0]), 'left alone')
  })

  it('runs a missed slot with that slot', async () => {
    const slotAt = at(-3_600_000)
    const api = usual({}, { class: 'missed_fire', repairs: [{ action: 'run_cron_entry', label: 'Run the missed slot', primary: true, subject: { type: 'cron_entry', id: 'nightly_sync' }, input: { slotAt }, allowed: true }] })
    const page = await opened(api)
    button(page, 'Run the missed slot…')!.click()
    await until(() => bodies(api).length === 1, 'the preview')
    equal(bodies(api)[0], { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: { slotAt } })
  })

  it('silences for an hour unless another end is chosen, and refuses what never ends', async () => {
    const api = usual()
    const page = await opened(api)
    button(page, 'Silence…')!.click()
    await until(() => bodies(api).length === 1, 'the preview')
    const first = (bodies(api)[0] as { input: { until: string } }).input.until
    ok(Math.abs(Date.parse(first) - Date.now() - 3_600_000) < 61_000, `an hour, got ${first}`)
    type(all(page, '#end')[0], 'none')
    await until(() => seen(all(page, 'dialog')[0]).includes('give at least one of the two numbers'), 'the complaint')
    type(all(page, '#untilCount')[0], '500')
    await until(() => bodies(api).length === 2, 'another preview')
    equal((bodies(api)[1] as { input: unknown }).input, { untilCount: 500 })
    type(all(page, '#end')[0], 'tomorrow')
    await until(() => bodies(api).length === 3, 'a third preview')
    const nine = new Date((bodies(api)[2] as { input: { until: string } }).input.until)
    equal([nine.getHours(), nine.getMinutes()], [9, 0])
  })

  it('assigns to the reader at once, and to another account by name', async () => {
    const api = usual()
    const page = await opened(api)
    button(page, 'Assign to me…')!.click()
    await until(() => bodies(api).length === 1, 'the preview')
    equal(bodies(api)[0], { action: 'assign_incident', subject: { type: 'incident', id: ids.burst }, input: {} })
    button(page, 'Go back')!.click()
    await choose(page, 'Assign to somebody else…')
    type(await until(() => all(page, '#account')[0], 'the field'), 'ops-lead')
    button(page, 'Review')!.click()
    await until(() => bodies(api).length === 2, 'the preview')
    equal(bodies(api)[1], { action: 'assign_incident', subject: { type: 'incident', id: ids.burst }, input: { to: { id: 'ops-lead', type: 'user' } } })
  })

  it('shows when the detector is not running, and when the incident is no longer seen', async () => {
    const blind = await opened(usual({}, { watch: watch({ state: 'unknown', lookedAt: at(-900_000) }) }))
    includes(seen(blind), 'Unknown. The detector last ran')
    clear()
    const calm = await opened(usual({}, { lastSeenAt: at(-300_000) }))
    includes(seen(calm), 'Not seen since 5 min ago')
    clear()
    excludes(seen(await opened()), 'Not seen since')
  })

  it('offers no repair of what is over', async () => {
    const page = await opened(usual({}, { state: 'resolved', status: 'resolved', resolvedAt: at(-60_000), repairs: [] }))
    includes(seen(page), 'Healthy jobs are left alone')
    ok(!button(page, 'Silence…'), 'nothing to silence')
    ok(button(page, 'Add note…'), 'a note for the post-mortem')
  })

  it('says what is withheld where the account may not see forensics, and asks for none', async () => {
    const permissions = { ...everything(true), view_forensics: { allowed: false, reason } }
    const api = usual({ getSession: () => session({ permissions }) })
    const page = await opened(api)
    await until(() => seen(page).includes('may not see forensics'), 'the note')
    equal(api.count('getForensics'), 0)
  })
})

const states: Record<string, { shows: string; answers?: Answers; given?: Partial<IncidentDetail> }> = {
  usual: { shows: 'What was measured' },
  'with an owner, silenced': {
    shows: 'Acknowledged until',
    given: { acknowledged: { at: at(0), by: { id: 'ops-lead', type: 'user', label: 'ops-lead' } }, silenced: { at: at(0), by: { id: 'ops-lead', type: 'user', label: 'ops-lead' }, until: at(3_600_000), reason: 'calling the provider' } },
  },
  'without evidence': { shows: 'Nothing that your account may see', given: { measured: [], ruledOut: [], cause: null, chart: null, facts: [], repairs: [], error: undefined } },
  loading: { shows: 'Loading', answers: { getIncident: () => new Promise(() => undefined) } },
  lost: { shows: 'may see', answers: { getIncident: () => { throw new Refusal('not_found', 'No incident that you may see.') } } },
  'read-only': {
    shows: 'Read-only.',
    answers: { getSession: () => session({ permissions: everything(false, reason) }) },
    given: { operations: permitted(false), repairs: detail().repairs.map((each) => ({ ...each, allowed: false, reason })) },
  },
}

for (const theme of ['light', 'dark']) {
  describe(`accessibility of an incident, ${theme}`, () => {
    beforeEach(() => void (document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'))
    afterEach(clear)
    for (const [name, { shows, answers, given }] of Object.entries(states)) {
      it(name, async () => {
        const page = mount('ops-incident', usual(answers, given), { theme, 'incident-id': ids.burst })
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
    it('the dialog of a silence', async () => {
      const page = mount('ops-incident', usual(), { theme, 'incident-id': ids.burst })
      await until(() => button(page, 'Silence…'), 'the incident')
      button(page, 'Silence…')!.click()
      await until(() => button(page, 'Silence'), 'the preview')
      await accessible(page)
    })
    it('on a phone', async () => {
      const page = mount('ops-incident', usual(), { theme, 'incident-id': ids.burst })
      page.style.width = '366px'
      await until(() => seen(page).includes('What was measured'), 'the incident')
      ok(page.scrollWidth <= page.clientWidth, 'no sideways scrolling')
      await accessible(page)
    })
  })
}
