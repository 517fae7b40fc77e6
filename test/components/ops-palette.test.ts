import { setViewport } from '@web/test-runner-commands'
import { FakeApi, Refusal } from './fake-api.ts'
import { incident, incidentPage } from './incident-sample.ts'
import { bulkPlan, detail, job, jobPage, queue, queueDetail, queuePage } from './job-sample.ts'
import { at, entries, entry, everything, preview, session } from './sample.ts'
import { accessible, all, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

const start = location.href
const mail = () =>
  queue('order_mail', {
    status: 'needs_review',
    depth: [{ state: 'discarded', count: 140, how: 'exact' }],
    operations: { pause_queue: { allowed: false, reason: 'This engine cannot pause a queue.' }, resume_queue: { allowed: true } },
  })

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listCronEntries: ({ query }) => ({ items: entries().filter(({ name }) => name.includes(query.get('q') ?? '')), asOf: at(0) }),
    listQueues: ({ query }) => queuePage(query.get('name')?.startsWith('order') ? [mail()] : []),
    listErrorGroups: () => ({ items: [], asOf: at(0), summary: {} }),
    listIncidents: () => incidentPage([incident({ title: 'order_mail fails' })]),
    countIncidents: () => ({ open: 0, unattended: 0, capped: false, pages: {}, asOf: at(0) }),
    listJobs: ({ query }) => jobPage(query.get('id') === 'job-0002' ? [job('job-0002', { state: 'discarded' })] : []),
    getQueue: ({ params }) => queueDetail(params.name!),
    getJob: ({ params }) => detail(params.id!),
    createPreview: () => preview(),
    ...over,
  })

async function opened(api = usual()) {
  history.replaceState(null, '', '/ops/jobs/cron')
  const shell = mount('ops-shell', api, { base: '/ops/jobs' })
  await until(() => seen(shell).includes('ledger_close'), 'the page')
  strike('k', { ctrlKey: true })
  const field = await until(() => all<HTMLInputElement>(shell, 'ops-palette input')[0] ?? all<HTMLInputElement>(all(shell, 'ops-palette')[0], '[role=combobox]')[0], 'the palette')
  await until(() => deepFocus() === field, 'the focus in it')
  return { shell, field }
}

const strike = (key: string, more: KeyboardEventInit = {}) => deepFocus().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more }))
const options = (shell: Element) => all<HTMLElement>(all(shell, 'ops-palette')[0], '[role=option]')
const read = (element: Element | undefined) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
const option = (shell: Element, words: string) => options(shell).find((each) => read(each).includes(words))
const chosen = (shell: Element) => read(options(shell).find((each) => each.getAttribute('aria-selected') === 'true'))
const dialog = (shell: Element) => all<HTMLDialogElement>(all(shell, 'ops-palette')[0], 'dialog')[0]!

describe('the palette', () => {
  // First, so that the shell has yet to load its keys.
  it('opens although its key is pressed before the shell has loaded its keys', async () => {
    history.replaceState(null, '', '/ops/jobs/cron')
    const shell = mount('ops-shell', usual(), { base: '/ops/jobs' })
    equal(all(shell, 'nav .find kbd').length, 0)
    const taken = !strike('k', { ctrlKey: true })
    ok(taken, 'the browser does nothing of its own')
    await until(() => all(shell, 'ops-palette').length && dialog(shell)?.open, 'the palette')
  })

  afterEach(() => {
    clear()
    localStorage.removeItem('ops-powertools.recent')
    history.replaceState(null, '', start)
  })

  it('opens with Ctrl+K from anywhere and with its button, lists the pages, and closes with Escape or the same key', async () => {
    const { shell, field } = await opened()
    equal(options(shell).map((each) => seen(each.querySelector('.name'))), ['Overview', 'Incidents', 'Errors', 'Jobs', 'Queues', 'Executors', 'Cron', 'Forensics', 'Audit'])
    includes(read(option(shell, 'Jobs')), 'g then j')
    await accessible(all(shell, 'ops-palette')[0]!)
    strike('k', { ctrlKey: true })
    ok(!dialog(shell).open, 'closed by the same key')
    all<HTMLButtonElement>(shell, 'nav .find')[0]!.click()
    await until(() => dialog(shell).open && deepFocus() === field, 'open again')
  })

  it('finds what the actor may see by name, what can be done first, and says why a deed is not possible', async () => {
    const { shell, field } = await opened()
    type(field, 'order_m')
    await until(() => option(shell, 'queue'), 'the queue')
    equal(all(all(shell, 'ops-palette')[0], '.group').map(seen), ['Do', 'Go to'])
    includes(read(options(shell)[0]), 'Retry the failed jobs in order_mail… 140 jobs Audited action')
    includes(read(options(shell)[1]), 'Stop taking work from order_mail… This engine cannot pause a queue. See what you can do.')
    includes(read(option(shell, 'order_mail queue')), 'Needs Review')
    includes(read(option(shell, 'order_mail fails incident')), 'incident')
    equal(seen(option(shell, 'order_mail queue')!.querySelector('b')), 'order_m')
    await accessible(all(shell, 'ops-palette')[0]!)
  })

  it('moves with the arrows, and goes where Enter says', async () => {
    const { shell, field } = await opened()
    type(field, 'queues')
    await until(() => options(shell).length === 1, 'the page')
    press('Enter', field)
    await until(() => location.pathname === '/ops/jobs/queues', 'the page of queues')
    ok(!dialog(shell).open, 'the palette is closed')
    strike('k', { ctrlKey: true })
    await until(() => dialog(shell).open && deepFocus() === field, 'open again')
    type(field, '')
    await until(() => chosen(shell) === 'Queues', 'the last choice')
    equal(all(all(shell, 'ops-palette')[0], '.group').map(seen), ['Recent', 'Go to'])
    press('ArrowDown', field)
    await until(() => chosen(shell).startsWith('Overview'), 'the next')
    press('ArrowUp', field)
    press('ArrowUp', field)
    await until(() => chosen(shell).startsWith('Audit'), 'round to the last')
    equal(field.getAttribute('aria-activedescendant'), options(shell).at(-1)!.id)
  })

  it('opens the preview of a deed, and changes nothing by itself', async () => {
    const api = usual({ createPreview: () => preview({ plan: bulkPlan() }) })
    const { shell, field } = await opened(api)
    type(field, 'retry order_m')
    await until(() => option(shell, 'Retry the failed'), 'the deed')
    ok(!option(shell, 'Stop taking'), 'only what was asked for')
    press('Enter', field)
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'retry_job', selection: { filter: { queue: 'order_mail', state: 'discarded' } } })
    equal(api.count('executePreview'), 0)
  })

  it('leads from a deed that is not possible to what is', async () => {
    const api = usual()
    const { shell, field } = await opened(api)
    type(field, 'stop order')
    const refused = await until(() => option(shell, 'Stop taking'), 'the deed')
    refused.click()
    await until(() => location.pathname === '/ops/jobs/queue/order_mail', 'the queue')
    equal(api.count('createPreview'), 0)
  })

  it('finds a job by its id', async () => {
    const { shell, field } = await opened()
    type(field, 'job-0002')
    const found = await until(() => options(shell).find((each) => seen(each).endsWith('discarded')), 'the job')
    found.click()
    await until(() => location.pathname === '/ops/jobs/job/job-0002', 'its page')
  })

  it('asks nothing that the actor may not see, and says so if nothing is found', async () => {
    const permissions = { ...everything(true), view_queues: { allowed: false }, view_jobs: { allowed: false }, view_incidents: { allowed: false } }
    const api = usual({ getSession: () => session({ permissions }) })
    const { shell, field } = await opened(api)
    excludes(seen(dialog(shell)), 'Queues')
    type(field, 'order_mail 1')
    await until(() => seen(dialog(shell)).includes('Nothing that you may see'), 'the answer')
    for (const name of ['listQueues', 'listJobs', 'listErrorGroups', 'listIncidents'] as const) equal(api.count(name), 0, name)
  })

  it('shows what some sources find although others fail', async () => {
    const fail = () => {
      throw new Refusal('unavailable', 'No answer.')
    }
    const { shell, field } = await opened(usual({ listQueues: fail, listIncidents: fail, listCronEntries: () => ({ items: [entry('nightly_sync'), entry('ledger_close')], asOf: at(0) }) }))
    type(field, 'nightly')
    await until(() => option(shell, 'nightly_sync cron entry'), 'the entry')
    includes(read(options(shell)[0]), 'Pause nightly_sync…')
  })

  it('is a full sheet on a phone', async () => {
    await setViewport({ width: 390, height: 700 })
    try {
      const { shell } = await opened()
      const { width, height } = dialog(shell).getBoundingClientRect()
      equal([width, height], [390, 700])
      ok(options(shell).every((each) => each.getBoundingClientRect().height >= 46), 'lines for a thumb')
      await accessible(all(shell, 'ops-palette')[0]!)
    } finally {
      await setViewport({ width: 800, height: 600 })
    }
  })
})
