import type { Job } from '../../schemas/job.ts'
import type { OpsJobs } from '../../components/pages/ops-jobs.ts'
import { type Call, FakeApi, Refusal } from './fake-api.ts'
import { bulkId, bulkPlan, bulkRun, count, detail, job, jobPage, jobs, queuePage, queues } from './job-sample.ts'
import { at, event, everything, preview, session } from './sample.ts'
import { all, button, clear, deepFocus, equal, excludes, includes, mount, ok, press, seen, type, until } from './support.ts'

const histogram = (over: object = {}) => ({ from: at(-3600), to: at(0), counts: Array.from({ length: 60 }, (_, index) => (index > 50 ? 2 : 0)), jobs: 18, partial: false, sortedBy: 'created', first: at(-540), last: at(-5), asOf: at(0), ...over })

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listJobs: () => jobPage(),
    countJobs: () => count(7),
    listQueues: () => queuePage(),
    listBulkRuns: () => ({ items: [], asOf: at(0) }),
    getJobHistogram: () => histogram(),
    hintJobs: () => ({ values: ['mail', 'mail_bulk'], asOf: at(0) }),
    createPreview: () => preview({ plan: bulkPlan(), reasonRequired: true }),
    executePreview: () => ({ bulk: bulkRun() }),
    getBulkRun: () => bulkRun(),
    ...over,
  })

async function opened(api = usual(), attributes: Record<string, string> = {}): Promise<OpsJobs> {
  const page = mount('ops-jobs', api, attributes)
  await until(() => all(page, 'tbody [role=row]').length > 0 && searchField(page) && seen(page).includes('jobs'), 'the jobs')
  return page
}

const searchField = (page: OpsJobs) => all<HTMLInputElement>(page, 'input[role=combobox]')[0]!

function write(page: OpsJobs, text: string): void {
  const field = searchField(page)
  field.focus()
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
}

function finish(page: OpsJobs, text: string): void {
  write(page, text)
  press('Enter', searchField(page))
}

const chips = (page: OpsJobs) => all(page, '.token .edit').map((chip) => chip.textContent!.replace(/\s+/g, ' ').trim())

const rowOf = (page: OpsJobs, id: string) => all<HTMLElement>(page, 'tbody [role=row]').find((row) => seen(row).includes(id))!
const boxOf = (page: OpsJobs, id: string) => rowOf(page, id).querySelector('input')!
const tick = (page: OpsJobs, id: string, init: MouseEventInit = {}) => boxOf(page, id).dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...init }))
const chosen = (page: OpsJobs) => all<HTMLInputElement>(page, 'tbody input').filter(({ checked }) => checked).length
const last = (api: FakeApi, endpoint: Call['name']) => api.calls.findLast(({ name }) => name === endpoint)!

describe('ops-jobs', () => {
  beforeEach(() => localStorage.clear())
  afterEach(clear)

  it('shows each job with state, arguments, error, attempts and the time that matters', async () => {
    const page = await opened()
    const text = await until(() => seen(page).includes('7 jobs') && seen(page), 'the count')
    for (const part of ['SendWelcome', 'executing', 'active', '"userId":42', '451 try again later', '2 of 5', 'started', 'due', 'completed']) includes(text, part)
    equal(rowOf(page, 'job-0001').querySelector('.job a')!.getAttribute('href'), '/ops/jobs/job/job-0001')
  })

  it('shows numbers that JavaScript cannot hold with every digit', async () => {
    const api = usual()
    const plain = api.fetch
    const exact: typeof fetch = async (input, init) => {
      const answer = await plain(input, init)
      if (!String(input).includes('/jobs?')) return answer
      return new Response((await answer.text()).replaceAll('"userId":42', '"userId":9007199254740993123'), answer)
    }
    const provider = document.createElement('ops-provider')
    provider.fetch = exact
    provider.setAttribute('api', '/ops/jobs/api/v1')
    provider.append(document.createElement('ops-jobs'))
    document.body.append(provider)
    await until(() => seen(provider).includes('"userId":9007199254740993123'), 'all digits')
  })

  it('counts the states from the figures of the queues, as sure as they are', async () => {
    const page = await opened()
    const tabs = await until(() => seen(all(page, '.tabs')[0]).includes('11,706') && seen(all(page, '.tabs')[0]), 'the counts')
    includes(tabs, 'completed ≈ 3.6 million')
    includes(tabs, 'retryable 114')
    excludes(tabs, 'cancelled 0')
    // The sum is only as sure as the least sure count.
    includes(tabs, 'All ≈ 3.6 million')
  })

  it('keeps its counts moving without touching a row', async () => {
    let available = 3902
    const api = usual({
      listQueues: () => queuePage([{ ...queues()[0]!, depth: [{ state: 'available', count: available, how: 'exact' }] }]),
    })
    const page = await opened(api)
    await until(() => seen(all(page, '.tabs')[0]).includes('3,902') && api.openStreams === 1, 'the counts')
    const row = rowOf(page, 'job-0003')
    available = 4000
    api.hint({ topic: 'queues' })
    await until(() => seen(all(page, '.tabs')[0]).includes('4,000'), 'the new counts')
    equal(rowOf(page, 'job-0003'), row)
    equal(api.count('listJobs'), 1, 'reads of the list')
  })

  it('asks the server for what the filters say and tells the host', async () => {
    const api = usual()
    const page = await opened(api)
    const told: unknown[] = []
    page.addEventListener('ops-filter', (each) => told.push((each as CustomEvent).detail))
    write(page, 'error: timeout ')
    await until(() => last(api, 'listJobs').query.get('error') === 'timeout', 'the filter, before it is finished')
    equal(told.at(-1), { path: '/list', query: { error: 'timeout', last: '', order: '', group: '', bulk: '' } })
    finish(page, 'error: timeout')
    finish(page, 'id:job-0002')
    await until(() => last(api, 'listJobs').query.get('id') === 'job-0002', 'the id')
    await until(() => last(api, 'countJobs').query.get('id') === 'job-0002', 'the count of the same')
    const remove = await until(() => button(page, 'Remove error:timeout'), 'the chip')
    remove.click()
    await until(() => !last(api, 'listJobs').query.has('error') && last(api, 'listJobs').query.get('id') === 'job-0002', 'the filter taken off')
    equal(chips(page), ['id: job-0002'])
  })

  it('sends a time only together with a window of it', async () => {
    const api = usual()
    await opened(api, { time: 'finished' })
    ok(!last(api, 'listJobs').query.has('time'), 'no time without a window')
    clear()
    const windowed = usual()
    const page = await opened(windowed, { time: 'finished', from: '2026-11-20T00:00:00.000Z' })
    equal(Object.fromEntries(last(windowed, 'listJobs').query), { from: '2026-11-20T00:00:00.000Z', time: 'finished', limit: '50' })
    includes(seen(all(page, 'ops-range')[0]), 'Since')
  })

  it('keeps arguments that are no JSON object to itself and says what is wrong', async () => {
    const api = usual()
    const page = await opened(api)
    finish(page, 'args:[1,2]')
    await until(() => seen(page).includes('JSON object'), 'the complaint')
    equal(api.count('listJobs'), 1, 'reads of the list')
    finish(page, 'args:{"orderId":9007199254740993}')
    await until(() => last(api, 'listJobs').query.get('args') === '{"orderId":9007199254740993}', 'the filter, digit by digit')
  })

  it('offers values the server knows while somebody types', async () => {
    const api = usual()
    const page = await opened(api)
    write(page, 'queue:ma')
    await until(() => all(page, '[role=option]').some((option) => option.textContent!.includes('mail_bulk')), 'the offers')
    equal(Object.fromEntries(last(api, 'hintJobs').query), { field: 'queue', prefix: 'ma' })
  })

  it('offers no search that the engine cannot do', async () => {
    const lacks = { filter_args: 'Redis keeps arguments as text that cannot be searched.' }
    const page = await opened(usual({ getSession: () => session({ engine: { ...session().engine, lacks } }) }))
    write(page, '')
    press('ArrowDown', searchField(page))
    const offers = await until(() => all(page, '[role=option]').length > 3 && all(page, '[role=option]').map((option) => option.textContent!.trim()), 'the keys')
    ok(offers.some((offer) => offer.startsWith('error:')), 'what it can')
    ok(!offers.some((offer) => offer.startsWith('args')), 'not what it cannot')
  })

  it('turns pages by cursor, and starts again when a filter changes', async () => {
    const api = usual({ listJobs: ({ query }) => jobPage(query.get('cursor') ? [job('job-0100')] : jobs(), query.get('cursor') ? {} : { nextCursor: 'abc' }) })
    const page = await opened(api)
    button(page, 'Older')!.click()
    await until(() => seen(page).includes('job-0100'), 'the second page')
    ok(button(page, 'Older')!.disabled, 'no further page')
    finish(page, 'queue:mail')
    await until(() => last(api, 'listJobs').query.get('queue') === 'mail' && !last(api, 'listJobs').query.has('cursor'), 'the first page again')
  })

  describe('while things change', () => {
    async function changing() {
      let items: Job[] = jobs()
      const api = usual({ listJobs: () => jobPage(items, { nextCursor: 'more' }) })
      const page = await opened(api)
      await until(() => api.openStreams === 1, 'the stream')
      return {
        page,
        api,
        become: (next: (present: Job[]) => Job[]) => {
          items = next(items)
          api.hint({ topic: 'jobs' })
        },
      }
    }
    const ids = (page: OpsJobs) => all(page, '.job a').map((link) => link.getAttribute('data-job'))

    it('marks a row whose state changed, in its place, without making it higher', async () => {
      const { page, become } = await changing()
      const height = rowOf(page, 'job-0002').offsetHeight
      const before = ids(page)
      become((items) => items.map((each) => (each.id === 'job-0002' ? { ...each, state: 'completed', engineState: 'completed', version: 'v2' } : each)))
      await until(() => seen(rowOf(page, 'job-0002')).includes('changed just now'), 'the mark')
      includes(seen(rowOf(page, 'job-0002')), 'completed')
      equal(ids(page), before)
      equal(rowOf(page, 'job-0002').offsetHeight, height)
    })

    it('says how many are new, and shows them only when asked', async () => {
      const { page, become } = await changing()
      const before = ids(page)
      become((items) => [job('job-9001', { createdAt: at(1000) }), job('job-9000', { createdAt: at(500) }), ...items.slice(0, 5)])
      const news = await until(() => button(page, '2 new · show'), 'the news')
      equal(ids(page), before, 'rows before anybody asked')
      excludes(seen(page), 'no longer matches')
      news.click()
      await until(() => ids(page)[0] === 'job-9001', 'the new rows')
      await until(() => deepFocus().getAttribute('data-job') === 'job-9001', 'the focus on the first of them')
    })

    it('says of a row that it no longer matches, and leaves it where it is', async () => {
      const { page, become } = await changing()
      page.style.width = '1080px'
      const edges = () => all(page, 'thead th').map((cell) => Math.round(cell.getBoundingClientRect().left))
      const before = edges()
      become((items) => items.filter(({ id }) => id !== 'job-0003'))
      await until(() => seen(rowOf(page, 'job-0003')).includes('no longer matches'), 'the mark')
      equal(ids(page).length, 7)
      equal(edges(), before, 'the columns where they were')
      button(page, '1 no longer matches · show')!.click()
      await until(() => ids(page).length === 6, 'the rows as they are')
    })
  })

  describe('choosing', () => {
    it('takes a range with Shift, and names each job with the version that was seen', async () => {
      const api = usual()
      const page = await opened(api)
      tick(page, 'job-0002')
      await until(() => seen(page).includes('1 job chosen'), 'the first')
      tick(page, 'job-0005', { shiftKey: true })
      await until(() => seen(page).includes('4 jobs chosen'), 'the range')
      ;(await until(() => button(page, 'Retry…'), 'the button')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      const body = last(api, 'createPreview').body as { action: string; selection: { ids: string[]; seen: Record<string, string> } }
      equal(body.action, 'retry_job')
      equal(body.selection.ids, ['job-0002', 'job-0003', 'job-0004', 'job-0005'])
      equal(body.selection.seen['job-0003'], 'job-0003-v1')
      ok(!('subject' in body), 'a selection has no subject')
    })

    it('keeps the version of the moment of choosing, although the row has moved on', async () => {
      let items = jobs()
      const api = usual({ listJobs: () => jobPage(items) })
      const page = await opened(api)
      await until(() => api.openStreams === 1, 'the stream')
      tick(page, 'job-0002')
      items = items.map((each) => (each.id === 'job-0002' ? { ...each, state: 'completed', version: 'v2' } : each))
      api.hint({ topic: 'jobs' })
      await until(() => seen(rowOf(page, 'job-0002')).includes('changed just now'), 'the mark')
      ;(await until(() => button(page, 'Retry…'), 'the button')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal((last(api, 'createPreview').body as { selection: unknown }).selection, { ids: ['job-0002'], seen: { 'job-0002': 'job-0002-v1' } })
    })

    it('takes everything that matches by its filter, when asked after the page', async () => {
      const api = usual({ countJobs: () => count(10_000, 'capped') })
      const page = await opened(api, { state: 'retryable,discarded', queue: 'mail' })
      all<HTMLInputElement>(page, 'thead input')[0]!.click()
      ;(await until(() => button(page, 'Choose all 10,000+ that match'), 'the offer')).click()
      await until(() => seen(page).includes('All 10,000+ jobs that match are chosen'), 'all of them')
      equal(chosen(page), 7)
      ;(await until(() => button(page, 'Discard…'), 'the button')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'discard_job', selection: { filter: { state: 'retryable,discarded', queue: 'mail' } } })
    })

    it('no longer means all when one is taken out', async () => {
      const page = await opened(usual({ countJobs: () => count(99) }))
      all<HTMLInputElement>(page, 'thead input')[0]!.click()
      ;(await until(() => button(page, 'Choose all 99 that match'), 'the offer')).click()
      await until(() => seen(page).includes('All 99 jobs'), 'all of them')
      tick(page, 'job-0004')
      await until(() => seen(page).includes('6 jobs chosen'), 'the rest of the page')
      equal(chosen(page), 6)
    })

    it('goes by keyboard: arrows move, Space chooses, Shift extends, Ctrl+A takes the page, Escape none', async () => {
      const page = await opened()
      boxOf(page, 'job-0001').focus()
      press('ArrowDown')
      equal(deepFocus(), boxOf(page, 'job-0002'))
      boxOf(page, 'job-0002').click()
      await until(() => seen(page).includes('1 job chosen'), 'the first')
      const down = new KeyboardEvent('keydown', { key: 'ArrowDown', shiftKey: true, bubbles: true, composed: true, cancelable: true })
      deepFocus().dispatchEvent(down)
      await until(() => seen(page).includes('2 jobs chosen'), 'the second')
      equal(deepFocus(), boxOf(page, 'job-0003'))
      deepFocus().dispatchEvent(new KeyboardEvent('keydown', { key: 'End', shiftKey: true, bubbles: true, composed: true, cancelable: true }))
      await until(() => seen(page).includes('6 jobs chosen'), 'all to the end')
      press('Home')
      equal(deepFocus(), boxOf(page, 'job-0001'))
      press('End')
      equal(deepFocus(), boxOf(page, 'job-0007'))
      deepFocus().dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))
      await until(() => seen(page).includes('7 jobs chosen'), 'the page')
      press('Escape')
      await until(() => chosen(page) === 0, 'nothing chosen')
      const link = rowOf(page, 'job-0003').querySelector<HTMLElement>('.job a')!
      link.focus()
      press('ArrowUp')
      equal(deepFocus(), rowOf(page, 'job-0002').querySelector('.job a'), 'the same control of the row above')
    })

    it('gives the focus to the row in its place when another list comes while a row has it', async () => {
      let items = jobs()
      const page = await opened(usual({ listJobs: () => jobPage(items) }))
      page.setAttribute('keys', 'page')
      press('j', document.body)
      await until(() => deepFocus().getAttribute('data-job') === 'job-0001', 'the first row')
      press('j')
      items = [job('job-0100'), job('job-0101')]
      page.setAttribute('state', 'discarded')
      await until(() => deepFocus().getAttribute('data-job') === 'job-0101', 'the row in its place')
    })

    it('is forgotten when what is looked for changes', async () => {
      const page = await opened()
      tick(page, 'job-0002')
      await until(() => seen(page).includes('1 job chosen'), 'the first')
      finish(page, 'queue:mail')
      await until(() => !seen(page).includes('chosen'), 'nothing chosen')
    })
  })

  describe('operating', () => {
    async function retried(over: ConstructorParameters<typeof FakeApi>[0] = {}) {
      const api = usual(over)
      const page = await opened(api, { queue: 'mail' })
      tick(page, 'job-0002')
      ;(await until(() => button(page, 'Retry…'), 'the button')).click()
      const go = await until(() => button(page, 'Retry 12,034 jobs'), 'the preview')
      return { api, page, go }
    }

    it('rescues a job whose executor is missing, and says what the server knows where it cannot', async () => {
      let rescue: { allowed: boolean; reason?: string } = { allowed: false, reason: 'Its executor was seen 3 s ago.' }
      const api = usual({ getJob: ({ params }) => detail(params.id!, { operations: { ...detail('x').operations, rescue_job: rescue } }) })
      const page = await opened(api)
      const open = async () => {
        ;(await until(() => button(page, 'Actions for SendWelcome job-0001'), 'the menu')).click()
        return until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item).startsWith('Rescue…') && !seen(item).includes('Checking')), 'the item')
      }
      const closed = await open()
      equal(closed.getAttribute('aria-disabled'), 'true')
      includes(seen(closed), 'Its executor was seen 3 s ago.')
      press('Escape')
      rescue = { allowed: true }
      ;(await open()).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'rescue_job', subject: { type: 'job', id: 'job-0001' }, input: { seen: 'job-0001-v1' } })
    })

    it('rescues many from the bulk bar, where at least one is executing', async () => {
      const page = await opened(usual())
      tick(page, 'job-0002')
      await until(() => button(page, 'Retry…'), 'the bar')
      ok(!button(page, 'Rescue…'), 'none of them is executing')
      tick(page, 'job-0001')
      await until(() => button(page, 'Rescue…'), 'the button')
    })

    it('asks for one job through the dialog, naming the version that was seen', async () => {
      const api = usual({ createPreview: () => preview({ plan: { ...bulkPlan(), selection: undefined } }) })
      const page = await opened(api)
      ;(await until(() => button(page, 'Actions for SendWelcome job-0002'), 'the menu')).click()
      const items = await until(() => all<HTMLElement>(page, '[role=menuitem]').length > 0 && all<HTMLElement>(page, '[role=menuitem]'), 'the items')
      ok(!items.some((item) => /Restore|Rescue/.test(seen(item))), 'what makes no sense in this state')
      items.find((item) => seen(item) === 'Retry…')!.click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'retry_job', subject: { type: 'job', id: 'job-0002' }, input: { seen: 'job-0002-v1' } })
    })

    it('shows the frozen set before it is confirmed: how many, what is left alone and why, of what it is made', async () => {
      const { page } = await retried()
      const text = seen(all(page, 'dialog')[0])
      for (const part of ['12,034 of 12,040 will be changed, 6 left alone', '4 State is executing', '2 You are not allowed to do this.', 'By state retryable 12,000', 'By queue mail 12,000', 'Afterwards state available', 'The set is frozen', 'It runs in the background']) includes(text, part)
    })

    it('cannot confirm a set of which nothing is eligible', async () => {
      const api = usual({ createPreview: () => preview({ plan: bulkPlan({ selection: { ...bulkPlan().selection!, eligible: 0 } }) }) })
      const page = await opened(api)
      tick(page, 'job-0002')
      ;(await until(() => button(page, 'Retry…'), 'the button')).click()
      ok((await until(() => button(page, 'Retry 0 jobs'), 'the preview')).disabled, 'closed')
      const text = seen(all(page, 'dialog')[0])
      for (const part of ['0 of 12,040 will be changed', '4 State is executing', 'nothing to confirm']) includes(text, part)
      for (const part of ['Reason', 'will be recorded', 'Afterwards', 'Preview Ready']) ok(!text.includes(part), `no word of "${part}"`)
      equal(deepFocus().textContent?.trim(), 'Go back')
    })

    it('follows a run in the background, keeps it in the address, and keeps the filters', async () => {
      const { api, page, go } = await retried()
      const told: unknown[] = []
      page.addEventListener('ops-filter', (each) => told.push((each as CustomEvent).detail))
      type(all(page, '#reason')[0], 'mail server is back')
      go.click()
      const text = await until(() => seen(all(page, 'ops-bulk-run')[0]).includes('running') && seen(all(page, 'ops-bulk-run')[0]), 'the run')
      includes(text, 'Retry · 12,034 jobs')
      includes(text, '6,000 of 12,034 · 49 %')
      includes(text, '5,990 done')
      equal(all(all(page, 'ops-bulk-run')[0]!, 'a')[0]?.getAttribute('href'), `/ops/jobs/forensics/bulk/${bulkId}`)
      equal(told.at(-1), { path: '/list', query: { queue: 'mail', last: '', order: '', group: '', bulk: bulkId } })
      ok(!all<HTMLDialogElement>(page, 'dialog')[0]!.open, 'the dialog is closed')
      equal(last(api, 'listJobs').query.get('queue'), 'mail')
      await until(() => !seen(page).includes('1 job chosen'), 'nothing chosen any more')
      await until(() => deepFocus().textContent?.includes('Retry · 12,034'), 'the focus on the run')
    })

    it('tells the record of a set that was done at once, and how its jobs fared', async () => {
      const done = { event: event({ action: 'retry_job', eventType: 'job.retried', subject: { type: 'bulk', id: bulkId }, bulkId }), result: {} }
      const run = bulkRun({ status: 'finished', outcomes: { done: 12_000, changed: 24, failed: 10 }, finishedAt: at(0) })
      const { page, go } = await retried({ executePreview: () => done, getBulkRun: () => run })
      const events: CustomEvent[] = []
      page.addEventListener('ops-operation', (each) => events.push(each as CustomEvent))
      type(all(page, '#reason')[0], 'mail server is back')
      go.click()
      await until(() => seen(all(page, 'ops-bulk-run')[0]).includes('24 changed since, left alone'), 'the outcomes')
      equal(events.map(({ detail }) => (detail as { eventType: string }).eventType), ['job.retried'])
    })

    it('reads the list again when a run has come to its end', async () => {
      let run = bulkRun()
      const api = usual({ getBulkRun: () => run })
      const page = await opened(api, { bulk: bulkId })
      await until(() => seen(page).includes('49 %'), 'the run')
      const before = api.count('listJobs')
      run = bulkRun({ status: 'finished', outcomes: { done: 12_034 } })
      await until(() => seen(page).includes('The run has ended') && api.count('listJobs') > before, 'the end and the list')
    })

    it('finds a run that is under way, whoever began it, and aborts it', async () => {
      let status: 'running' | 'aborted' = 'running'
      const api = usual({
        listBulkRuns: () => ({ items: [bulkRun({ status })], asOf: at(0) }),
        getBulkRun: () => bulkRun({ status }),
        abortBulkRun: () => bulkRun({ status: (status = 'aborted') }),
      })
      const page = await opened(api)
      const abort = await until(() => button(page, 'Abort'), 'the run')
      abort.focus()
      abort.click()
      await until(() => api.count('abortBulkRun') === 1, 'the abort')
      equal(last(api, 'abortBulkRun').params, { id: bulkId })
      includes(deepFocus().textContent ?? '', 'Retry · 12,034 jobs')
    })

    it('does not count as reached what an abort left out', async () => {
      const run = bulkRun({ status: 'aborted', outcomes: { done: 6000, aborted: 6034 }, finishedAt: at(0) })
      const page = await opened(usual({ getBulkRun: () => run }), { bulk: bulkId })
      await until(() => seen(page).includes('aborted: 6,000 of 12,034'), 'how far it came')
      equal(all<HTMLProgressElement>(page, 'progress')[0]!.value, 49)
    })

    it('names the jobs that were not eligible, each with its reason, and who aborted the rest and why it was begun', async () => {
      const run = bulkRun({ status: 'aborted', total: 12_036, outcomes: { done: 6000, aborted: 6034 }, abortedBy: { id: 'mo', type: 'user', label: 'Mo' }, finishedAt: at(0) })
      const items = [{ id: 'job-0042', queue: 'mail', state: 'cancelled', outcome: 'not_eligible', detail: 'Changed since the page was loaded.' }]
      const api = usual({ getBulkRun: () => run, listBulkItems: () => ({ items, asOf: at(0) }) })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, '2 not eligible from the start'), 'the outcome')).click()
      await until(() => seen(page).includes('Changed since the page was loaded.'), 'the job with its reason')
      equal(last(api, 'listBulkItems').query.get('outcome'), 'not_eligible')
      includes(seen(page), 'aborted by Mo: 6,000 of 12,034')
      includes(seen(page), 'mail server is back')
    })

    it('makes no fuss when a run came to its end just before it was aborted', async () => {
      let status: 'running' | 'finished' = 'running'
      const api = usual({
        getBulkRun: () => (status === 'running' ? bulkRun() : bulkRun({ status, outcomes: { done: 12_034 } })),
        abortBulkRun: () => {
          status = 'finished'
          throw new Refusal('illegal_transition', 'The bulk run is finished; expected one that is queued or running.')
        },
      })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, 'Abort'), 'the run')).click()
      await until(() => seen(page).includes('finished: 12,034 of 12,034'), 'the end')
      ok(!seen(page).includes('expected one'), 'no complaint')
    })

    it('leaves the focus on the page when a run is put away', async () => {
      const run = bulkRun({ status: 'finished', outcomes: { done: 12_034 }, finishedAt: at(0) })
      const page = await opened(usual({ getBulkRun: () => run }), { bulk: bulkId })
      const close = await until(() => all(page, 'ops-bulk-run').length > 0 && button(all(page, 'ops-bulk-run')[0]!, 'Close'), 'the run')
      close.focus()
      close.click()
      await until(() => all(page, 'ops-bulk-run').length === 0, 'the run is gone')
      equal(deepFocus().textContent?.trim(), 'Jobs')
    })

    it('lists and exports what was done, too', async () => {
      const run = bulkRun({ status: 'finished', outcomes: { done: 12_034 }, finishedAt: at(0) })
      const items = [{ id: 'job-0042', queue: 'mail', state: 'retryable', outcome: 'done' }]
      const api = usual({ getBulkRun: () => run, listBulkItems: () => ({ items, nextCursor: 'more', asOf: at(0) }) })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, '12,034 done'), 'the outcome')).click()
      await until(() => seen(page).includes('the export has all of them'), 'the list')
      equal(last(api, 'listBulkItems').query.get('outcome'), 'done')
      ok(all(page, 'ops-bulk-run ops-export, ops-export[endpoint=exportBulkItems]')[0], 'a way to take it away')
    })

    it('lists what did not go, offers to take it away, and to try the rest again', async () => {
      const run = bulkRun({ status: 'finished', outcomes: { done: 12_000, changed: 24, missing: 5, failed: 10 }, finishedAt: at(0) })
      const api = usual({
        getBulkRun: () => run,
        listBulkItems: () => ({ items: [{ id: 'job-0042', queue: 'mail', state: 'retryable', outcome: 'failed', detail: 'deadlock detected' }], asOf: at(0) }),
      })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, '10 failed'), 'the outcome')).click()
      await until(() => seen(page).includes('deadlock detected'), 'the list')
      equal(last(api, 'listBulkItems').query.get('outcome'), 'failed')
      ok(all(page, 'ops-bulk-run [aria-label], a.mono[href="/ops/jobs/job/job-0042"]')[0], 'a link to the job')
      ;(await until(() => button(page, 'Retry the rest (34)…'), 'the rest without what is gone')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'retry_job', selection: { bulk: bulkId } })
    })

    it('offers to take a discard back, job by job', async () => {
      const run = bulkRun({ action: 'discard_job', status: 'finished', eligible: 2, outcomes: { done: 2 }, finishedAt: at(0) })
      const items = ['job-0001', 'job-0002'].map((id) => ({ id, queue: 'mail', state: 'retryable', outcome: 'done' }))
      const api = usual({ getBulkRun: () => run, listBulkItems: () => ({ items, asOf: at(0) }) })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, 'Undo: restore 2 jobs…'), 'the way back')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'restore_job', selection: { ids: ['job-0001', 'job-0002'] } })
    })

    it('takes thousands of discards back, page by page, and says how for more than can be named', async () => {
      let done = 3000
      const page3 = (cursor: string | null) => (cursor === null ? ['a', 'p2'] : cursor === 'p2' ? ['b', 'p3'] : ['c', undefined])
      const api = usual({
        getBulkRun: () => bulkRun({ action: 'discard_job', status: 'finished', eligible: done, outcomes: { done }, finishedAt: at(0) }),
        listBulkItems: ({ query }) => {
          const [name, nextCursor] = page3(query.get('cursor'))
          const items = Array.from({ length: 1000 }, (_, n) => ({ id: `${name}-${n}`, queue: 'mail', state: 'retryable', outcome: 'done' }))
          return { items, nextCursor, asOf: at(0) }
        },
      })
      const page = await opened(api, { bulk: bulkId })
      ;(await until(() => button(page, 'Undo: restore 3,000 jobs…'), 'the way back')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal((last(api, 'createPreview').body as { selection: { ids: string[] } }).selection.ids.length, 3000)
      done = 50_000
      const many = await opened(api, { bulk: bulkId })
      await until(() => all(many, 'ops-bulk-run a[href="/ops/jobs/list?state=discarded"], a[href="/ops/jobs/list?state=discarded"]').length > 0, 'another way back')
      includes(seen(all(many, 'ops-bulk-run')[0]), 'within 24 hours')
    })
  })

  describe('the time that is shown', () => {
    const ended = () => jobs().map((each, index) => ({ ...each, state: 'discarded' as const, error: 'connect ETIMEDOUT', finishedAt: at(-10 * (index + 1)) }))
    const byEnd = (over: ConstructorParameters<typeof FakeApi>[0] = {}) => usual({ listJobs: () => jobPage(ended(), { sortedBy: 'finished' }), ...over })

    it('is the one that is sorted by, as the server says, and its heading turns the order', async () => {
      const api = byEnd()
      const page = await opened(api, { state: 'discarded' })
      equal(last(api, 'listJobs').query.get('sort'), 'finished')
      page.style.width = '1080px'
      const heading = await until(() => button(page, 'Ended ↓'), 'the heading')
      equal(heading.closest('th')!.getAttribute('aria-sort'), 'descending')
      equal(all(page, 'thead .state').length, 0, 'one state needs no column')
      heading.click()
      await until(() => last(api, 'listJobs').query.get('order') === 'oldest', 'the other order')
      clear()
      const unsorted = await opened(byEnd({ listJobs: () => jobPage(ended()) }), { state: 'discarded' })
      unsorted.style.width = '1080px'
      await unsorted.updateComplete
      ok(button(unsorted, 'Created ↓'), 'an engine that cannot sort by the end shows the creation')
    })

    it('puts what is due soonest first', async () => {
      const api = usual({ listJobs: () => jobPage(jobs(), { sortedBy: 'due' }) })
      const page = await opened(api, { state: 'scheduled' })
      equal([last(api, 'listJobs').query.get('sort'), last(api, 'listJobs').query.get('order')], ['due', 'oldest'])
      page.style.width = '1080px'
      ;(await until(() => button(page, 'Due ↑'), 'the heading')).click()
      await until(() => last(api, 'listJobs').query.get('order') === null, 'the latest first')
    })

    it('is what a range is about, which starts anew with each read', async () => {
      const api = byEnd()
      const page = await opened(api, { state: 'discarded', last: '1h' })
      const { query } = last(api, 'listJobs')
      equal(query.get('time'), 'finished')
      ok(Math.abs(Date.parse(query.get('from')!) - (Date.now() - 3_600_000)) < 60_000, 'an hour ago')
      await until(() => api.count('getJobHistogram') === 1, 'the histogram')
      equal(last(api, 'getJobHistogram').query.get('sort'), 'finished')
      const told: { query: Record<string, string> }[] = []
      page.addEventListener('ops-filter', (each) => told.push((each as CustomEvent).detail))
      const bars = await until(() => all(page, 'ops-time-bars svg')[0] ?? all(page, 'ops-time-bars')[0]?.shadowRoot?.querySelector('svg'), 'the bars')
      const { left, width, top } = bars.getBoundingClientRect()
      const point = (type: string, share: number) => bars.dispatchEvent(new PointerEvent(type, { clientX: left + share * width, clientY: top + 5, button: 0, pointerId: 1, bubbles: true, composed: true }))
      bars.setPointerCapture = () => undefined
      for (const [type, share] of [['pointerdown', 0.5], ['pointermove', 0.6], ['pointerup', 0.75]] as const) point(type, share)
      await until(() => told.length > 0, 'the range')
      equal([told[0]!.query.last, told[0]!.query.time], ['', 'finished'])
      ok(Math.abs(Date.parse(told[0]!.query.from!) - Date.parse(at(-1800))) < 20_000, 'the middle')
    })

    it('counts since the last deploy, once it is known when that was', async () => {
      const deployedAt = at(-600)
      const api = byEnd({ listDeploys: () => ({ items: [{ id: 'd1', version: '1', at: deployedAt }], asOf: at(0) }) })
      await opened(api, { state: 'discarded', last: 'deploy' })
      equal(last(api, 'listJobs').query.get('from'), deployedAt)
      equal(api.count('listJobs'), 1)
    })
  })

  describe('beside the list', () => {
    it('opens a job with Space or a click on its row, goes through the list with j and k, and returns to the row', async () => {
      const api = usual({ getJob: ({ params }) => detail(params.id!) })
      const page = await opened(api)
      page.setAttribute('keys', 'page')
      press('j', document.body)
      await until(() => deepFocus().getAttribute('data-job') === 'job-0001', 'the first row')
      press('j')
      press(' ')
      const sheet = await until(() => all(page, 'ops-sheet')[0], 'the sheet')
      await until(() => sheet.hasAttribute('open') && seen(page).includes('2 / 7'), 'the second job')
      equal(rowOf(page, 'job-0002').classList.contains('current'), true)
      press('j', document.body)
      await until(() => last(api, 'getJob').params.id === 'job-0003', 'the next one')
      press('x', document.body)
      await until(() => boxOf(page, 'job-0003').checked, 'chosen')
      press('Escape', document.body)
      await until(() => !sheet.hasAttribute('open'), 'closed')
      await until(() => deepFocus().getAttribute('data-job') === 'job-0003', 'the row')
      rowOf(page, 'job-0005').querySelector<HTMLElement>('.fact')!.click()
      await until(() => last(api, 'getJob').params.id === 'job-0005', 'the clicked one')
    })

    it('stays a list of single lines beside the sheet, without the bar of the phone', async () => {
      const page = await opened(usual({ getJob: ({ params }) => detail(params.id!) }), { state: 'discarded' })
      page.style.width = '548px'
      await until(() => button(page, 'Retry all 7…'), 'the narrow page')
      all<HTMLElement>(page, 'tbody [role=row]')[1]!.querySelector<HTMLElement>('.fact')!.click()
      await until(() => all(page, 'tbody [role=row]').every((row) => getComputedStyle(row).display === 'table-row' && row.getBoundingClientRect().height <= 31), 'single lines')
      equal(button(page, 'Retry all 7…'), undefined)
      ok(all(page, 'table')[0]!.scrollWidth <= 548, 'nothing scrolls sideways')
    })

    it('leads to the page of a job with its list, so that one can go on there', async () => {
      const page = await opened(usual(), { state: 'retryable', queue: 'mail' })
      const href = rowOf(page, 'job-0001').querySelector('.job a')!.getAttribute('href')!
      const list = new URLSearchParams(new URL(href, 'http://x').searchParams.get('list')!)
      equal([list.get('queue'), list.get('state'), list.get('sort')], ['mail', 'retryable', 'due'])
    })
  })

  describe('by error', () => {
    const group = (fingerprint: string, title: string, n: number) => ({ fingerprint, title, queue: 'mail', worker: 'mail', count: n, final: n, total: n, lastSeenAt: at(-5), firstSeenAt: at(-500), histogram: { from: at(-3600), stepSeconds: 60, counts: [0, n] } })
    const grouped = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
      usual({ listErrorGroups: () => ({ items: [group('e1:0000000000000001', 'connect ETIMEDOUT <ip>', 40), group('e1:0000000000000002', 'no such mailbox', 4)], summary: {}, asOf: at(0) }), ...over })

    it('shows the groups on one scale, unfolds one into its jobs, and lists them all', async () => {
      const api = grouped()
      const page = mount('ops-jobs', api, { group: 'error', queue: 'mail', state: 'discarded' })
      const fold = await until(() => all<HTMLButtonElement>(page, '.fold')[0], 'the groups')
      const tall = (index: number) => Number(/v-([\d.]+)h/.exec(all(page, '.histogram .bars')[index]!.getAttribute('d')!)![1])
      ok(tall(0) > 9 * tall(1), 'one scale')
      fold.click()
      await until(() => last(api, 'listJobs').query.get('errorGroup') === 'e1:0000000000000001', 'its jobs')
      equal([last(api, 'listJobs').query.get('queue'), last(api, 'listJobs').query.get('state')], ['mail', 'discarded'])
      ;(await until(() => button(page, 'Retry the jobs with no such mailbox'), 'the deed')).click()
      await until(() => api.count('createPreview') === 1, 'the preview')
      equal(last(api, 'createPreview').body, { action: 'retry_job', selection: { filter: { state: 'discarded', queue: 'mail', errorGroup: 'e1:0000000000000002' } } })
      ;(await until(() => button(page, 'Show them'), 'the list')).click()
      await until(() => page.group === '' && page.errorGroup === 'e1:0000000000000001', 'the list of the group')
      await until(() => chips(page).includes('error: connect ETIMEDOUT <ip>'), 'a chip that can be read')
    })
  })

  describe('in a host’s page', () => {
    it('keeps what the host has fixed, and does not offer it', async () => {
      const api = usual()
      const page = await opened(api, { queue: 'mail', fixed: 'queue', error: 'timeout' })
      equal(chips(page), ['error: timeout'])
      finish(page, 'queue:other')
      await until(() => last(api, 'listJobs').query.get('words') === 'queue:other', 'plain words')
      equal(last(api, 'listJobs').query.get('queue'), 'mail')
    })

    it('is only the list if it is compact, as long as the host says', async () => {
      const api = usual()
      const page = mount('ops-jobs', api, { compact: '', limit: '5', queue: 'mail' })
      await until(() => all(page, 'tbody [role=row]').length > 0, 'the jobs')
      equal(all(page, '.tabs, ops-search, ops-export, .page-head').length, 0)
      equal(last(api, 'listJobs').query.get('limit'), '5')
    })
  })

  it('has rows of thirty pixels in the compact view, whatever is in them', async () => {
    const long = jobs().map((each) => ({ ...each, error: 'because '.repeat(60), tags: ['newsletter', 'vip'] }))
    for (const attributes of [{}, { state: 'discarded' }] as Record<string, string>[]) {
      const page = await opened(usual({ listJobs: () => jobPage(long) }), attributes)
      page.style.width = '1080px'
      await page.updateComplete
      equal([...new Set(all(page, 'tbody [role=row]').map((row) => Math.round(row.getBoundingClientRect().height)))], [30])
      clear()
    }
  })

  it('offers what is possible for the chosen jobs, and the rest with its reason', async () => {
    const page = await opened(usual({ listJobs: () => jobPage(jobs().map((each) => ({ ...each, state: 'discarded' as const }))) }), { state: 'discarded' })
    tick(page, 'job-0002')
    await until(() => button(page, 'Retry…'), 'what is possible')
    ok(!button(page, 'Cancel…'), 'nothing that is not')
    all(page, 'ops-menu[label="More for the chosen jobs"]')[0]!.shadowRoot!.querySelector('button')!.click()
    await until(() => seen(all(page, 'ops-menu[label="More for the chosen jobs"]')[0]).includes('Not while they are discarded.'), 'the reason')
  })

  it('has its main deed at the thumb on a phone', async () => {
    const api = usual()
    const page = await opened(api, { state: 'discarded' })
    page.style.width = '366px'
    await page.updateComplete
    ;(await until(() => button(page, 'Retry all 7…'), 'the deed')).click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(last(api, 'createPreview').body, { action: 'retry_job', selection: { filter: { state: 'discarded' } } })
  })

  it('never says that fewer match than stand on the page', async () => {
    const page = await opened(usual({ countJobs: () => count(0, 'capped') }))
    await until(() => seen(page).includes('7+ jobs'), 'as many as are shown')
  })

  it('gives the name of a job no room that its state needs, on a phone', async () => {
    const long = { ...job('job-0099'), worker: 'Shop.PaymentWebhookDelivery' }
    const page = await opened(usual({ listJobs: () => jobPage([long]) }))
    page.style.display = 'block'
    page.style.width = '366px'
    await until(() => all(page, 'thead').every((head) => getComputedStyle(head).display === 'none'), 'the narrow layout')
    const [name, state, chip] = ['.job', '.state', '.state .chip'].map((part) => rowOf(page, 'job-0099').querySelector(part)!.getBoundingClientRect())
    ok(name!.right <= state!.left, `the name ends at ${name!.right}, the state begins at ${state!.left}`)
    ok(state!.width < chip!.width + 8, `the state takes ${state!.width}, its chip ${chip!.width}`)
    tick(page, 'job-0099')
    await until(() => rowOf(page, 'job-0099').classList.contains('chosen'), 'the choice')
    equal(getComputedStyle(all(rowOf(page, 'job-0099'), '.pick')[0]!).boxShadow, 'none', 'one mark at the edge')
  })

  it('saves, opens and forgets views of the list', async () => {
    const views = new Map<string, object>([['Overdue', { state: 'retryable', order: 'oldest' }]])
    const api = usual({
      listJobViews: () => ({ items: [...views].map(([name, filters]) => ({ name, filters, updatedAt: at(0) })), asOf: at(0) }),
      saveJobView: ({ params, body }) => {
        views.set(params.name!, (body as { filters: object }).filters)
        return { name: params.name, filters: {}, updatedAt: at(0) }
      },
      deleteJobView: ({ params }) => ({ deleted: views.delete(params.name!) }),
    })
    const page = await opened(api, { queue: 'mail' })
    ;(await until(() => button(page, 'Views'), 'the button')).click()
    await until(() => seen(page).includes('Overdue'), 'the views')
    type(all(page, 'ops-job-views #name, #name')[0], 'My mail')
    button(page, 'Save')!.click()
    await until(() => seen(page).includes('My mail'), 'the new view')
    equal(views.get('My mail'), { queue: 'mail' })
    ;(await until(() => button(page, 'Forget the view My mail'), 'its button')).click()
    await until(() => !seen(page).includes('My mail'), 'the forgotten view')
    all<HTMLAnchorElement>(page, 'a').find((link) => seen(link) === 'Overdue')!.click()
    await until(() => page.state === 'retryable' && page.order === 'oldest' && page.queue === '', 'the filters of the view')
  })

  it('remembers which columns this reader wants', async () => {
    const page = await opened()
    ;(await until(() => button(page, 'Columns'), 'the button')).click()
    const tags = await until(() => all<HTMLLabelElement>(page, 'label').find((label) => seen(label) === 'Tags'), 'the choices')
    tags.querySelector('input')!.click()
    await until(() => all(page, 'thead th').some((head) => seen(head) === 'Tags'), 'the column')
    clear()
    const again = await opened()
    await until(() => all(again, 'thead th').some((head) => seen(head) === 'Tags'), 'the column again')
    includes(seen(rowOf(again, 'job-0001')), 'tenant:acme')
  })

  it('exports what the filters show', async () => {
    const page = await opened(usual(), { queue: 'mail', state: 'discarded' })
    // The provider has a fetch of its own, so the file passes through the page; what matters is the address.
    const element = await until(() => all<HTMLElementTagNameMap['ops-export']>(page, 'ops-export').find((each) => each.endpoint === 'exportJobs'), 'the export')
    equal(element.filters, { state: 'discarded', queue: 'mail' })
  })

  describe('with nothing to show', () => {
    const empty = (over: object = {}) => usual({ listJobs: () => jobPage([], over), countJobs: () => count(0) })

    it('shows the first job by itself: there is no place in the list to lose', async () => {
      let items: Job[] = []
      const api = usual({ listJobs: () => jobPage(items), countJobs: () => count(items.length) })
      const page = mount('ops-jobs', api)
      await until(() => seen(page).includes('No jobs') && api.openStreams === 1, 'the empty list')
      items = [job('job-9000')]
      api.hint({ topic: 'jobs' })
      await until(() => all(page, '.job a')[0]?.getAttribute('data-job') === 'job-9000', 'the first job')
      ok(!button(page, '1+ new · show') && !button(page, '1 new · show'), 'nothing to ask for')
    })

    it('tells no jobs from no match, and how far was searched', async () => {
      const page = mount('ops-jobs', empty())
      await until(() => seen(page).includes('No jobs'), 'no jobs')
      clear()
      const narrowed = mount('ops-jobs', empty({ searched: { window: 'the newest 100,000 jobs' } }), { error: 'boom' })
      await until(() => seen(narrowed).includes('No job matches'), 'no match')
      includes(seen(narrowed), 'The search covered the newest 100,000 jobs')
      ;(await until(() => button(narrowed, 'Clear all filters'), 'the way out')).click()
      await until(() => narrowed.error === '', 'the filter is gone')
    })

    it('says that the engine does not keep finished jobs', async () => {
      const lacks = { finished_jobs: 'graphile-worker deletes a job when it completes.' }
      const page = mount('ops-jobs', new FakeApi({ ...empty().answers, getSession: () => session({ engine: { ...session().engine, lacks } }) }), { state: 'completed' })
      await until(() => seen(page).includes('Not kept by the engine'), 'the reason')
      includes(seen(page), 'deletes a job when it completes')
    })

  })

  it('says what went wrong with a request id, and tries again', async () => {
    let broken = true
    const page = mount(
      'ops-jobs',
      usual({
        listJobs: () => {
          if (broken) throw new Refusal('unavailable', 'The database did not answer within 5 s.')
          return jobPage()
        },
      }),
    )
    await until(() => seen(page).includes('req-4711'), 'the error')
    broken = false
    ;(await until(() => button(page, 'Try again'), 'the button')).click()
    await until(() => seen(page).includes('job-0001'), 'the jobs')
  })

  it('offers nothing but the way in to somebody who is not signed in', async () => {
    const nobody = () => {
      throw new Refusal('unauthenticated', 'No session cookie was sent.')
    }
    const page = mount('ops-jobs', usual({ getSession: nobody, listJobs: nobody, countJobs: nobody, listBulkRuns: nobody }))
    await until(() => seen(page).includes('Sign in to see this'), 'the sign-in state')
    equal(all(page, 'form, ops-export, .tabs').length, 0, 'forms, exports and tabs')
  })

  it('closes every action with the reason for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const page = await opened(usual({ getSession: () => session({ permissions: everything(false, reason) }) }))
    await until(() => seen(page).includes('Read-only.'), 'the banner')
    tick(page, 'job-0002')
    const retry = await until(() => button(page, 'Retry…'), 'the bar')
    ok(retry.disabled, 'closed')
    includes(seen(all(page, '#why-not-bulk')[0]), reason)
  })

  it('fits beside the navigation of a usual screen, with each column that one may add', async () => {
    const long = jobs().map((each) => ({ ...each, queue: 'payment_webhook', worker: 'Shop.PaymentWebhook', error: 'because '.repeat(60), tags: ['newsletter'] }))
    const usually = ['queue', 'args', 'error', 'attempt', 'when']
    for (const more of [[], ['tags'], ['created'], ['executor'], ['tags', 'priority']]) {
      localStorage.setItem('ops-jobs', JSON.stringify({ columns: [...usually, ...more], dense: false }))
      const page = await opened(usual({ listJobs: () => jobPage(long) }))
      page.style.width = '1080px'
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} with ${more.join() || 'the usual ones'}`)
      const lines = (found: Element) => found.getClientRects().length
      if (more.length === 0) equal(all(page, '.job a').map(lines), jobs().map(() => 1), 'names on one line')
      clear()
    }
  })

  it('fits a phone: every fact stays, nothing is cut or scrolls sideways', async () => {
    const long = jobs().map((each) => ({ ...each, queue: 'q'.repeat(120), worker: 'W'.repeat(150), id: `${each.id}-${'x'.repeat(200)}`, error: 'because '.repeat(60), tags: ['t'.repeat(200)] }))
    localStorage.setItem('ops-jobs', JSON.stringify({ columns: ['queue', 'args', 'error', 'attempt', 'when', 'tags', 'created', 'executor'], dense: true }))
    const page = await opened(usual({ listJobs: () => jobPage(long) }))
    for (const width of [1240, 980, 700, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} at ${width}`)
    }
    includes(seen(page), 'because because')
  })
})
