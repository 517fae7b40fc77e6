import { FakeApi, Refusal } from './fake-api.ts'
import { bulkId, bulkPlan, bulkRun, count, detail, jobPage, queueDetail, queuePage } from './job-sample.ts'
import { at, everything, preview, session } from './sample.ts'
import { accessible, all, button, clear, mount, seen, until } from './support.ts'

type Answers = ConstructorParameters<typeof FakeApi>[0]

const reason = 'Role viewer may look, not change.'
const never = () => new Promise(() => undefined)
const refuse = () => {
  throw new Refusal('unavailable', 'The database did not answer.')
}

const usual = (over: Answers = {}) =>
  new FakeApi({
    getSession: () => session(),
    listJobs: () => jobPage(undefined, { nextCursor: 'more' }),
    countJobs: () => count(10_000, 'capped'),
    listQueues: () => queuePage(),
    getQueue: ({ params }) => queueDetail(params.name!),
    listExecutors: () => ({ items: [], asOf: at(0), summary: {} }),
    listErrorGroups: () => ({ items: [], asOf: at(0), summary: {} }),
    listAuditEvents: () => ({ items: [], asOf: at(0) }),
    listDeploys: () => ({ items: [], asOf: at(0) }),
    listBulkRuns: () => ({ items: [], asOf: at(0) }),
    getJob: ({ params }) => detail(params.id!),
    createPreview: () => preview({ plan: bulkPlan(), reasonRequired: true }),
    getBulkRun: () => bulkRun({ status: 'finished', outcomes: { done: 12_000, changed: 24, failed: 10 }, finishedAt: at(0) }),
    listJobViews: () => ({ items: [{ name: 'Overdue', filters: {}, updatedAt: at(0) }], asOf: at(0) }),
    listBulkItems: () => ({ items: [{ id: 'job-0042', queue: 'mail', state: 'retryable', outcome: 'failed', detail: 'deadlock' }], asOf: at(0) }),
    ...over,
  })

interface State {
  tag: 'ops-jobs' | 'ops-job' | 'ops-queues' | 'ops-queue'
  shows: string
  attributes?: Record<string, string>
  answers?: Answers
  /** What a person does before it is looked at. */
  act?: (page: HTMLElement) => Promise<unknown>
}

const readOnly = { getSession: () => session({ permissions: everything(false, reason) }) }
const press = async (page: HTMLElement, name: string) => (await until(() => button(page, name), name)).click()
const chooseAll = (page: HTMLElement) => all<HTMLInputElement>(page, 'thead input')[0]!.click()

const states: Record<string, State> = {
  'jobs, narrowed': { tag: 'ops-jobs', shows: 'job-0007', attributes: { queue: 'mail', args: '{"a":1}', from: '2026-11-20T00:00:00Z' } },
  'jobs, loading': { tag: 'ops-jobs', shows: 'Loading', answers: { listJobs: never } },
  'jobs, none': { tag: 'ops-jobs', shows: 'No job matches', attributes: { error: 'boom' }, answers: { listJobs: () => jobPage([]) } },
  'jobs, error': { tag: 'ops-jobs', shows: 'did not answer', answers: { listJobs: refuse } },
  'jobs, chosen and closed': {
    tag: 'ops-jobs',
    shows: 'Read-only.',
    answers: readOnly,
    act: async (page) => {
      await until(() => all(page, 'thead input')[0], 'the table')
      chooseAll(page)
      await until(() => seen(page).includes('7 jobs chosen'), 'the bar')
    },
  },
  'jobs, the frozen set': {
    tag: 'ops-jobs',
    shows: 'job-0007',
    act: async (page) => {
      chooseAll(page)
      await press(page, 'Retry…')
      await until(() => button(page, 'Retry 12,034 jobs'), 'the preview')
    },
  },
  'jobs, a run that ended': {
    tag: 'ops-jobs',
    shows: '24 changed since',
    attributes: { bulk: bulkId },
    act: async (page) => {
      await press(page, '10 failed')
      await until(() => seen(page).includes('deadlock'), 'the list')
    },
  },
  'jobs, a run under way': { tag: 'ops-jobs', shows: '6,000 of 12,034', attributes: { bulk: bulkId }, answers: { getBulkRun: () => bulkRun() } },
  'jobs, a run that was aborted, with the jobs that were not eligible': {
    tag: 'ops-jobs',
    shows: 'aborted by',
    attributes: { bulk: bulkId },
    answers: { getBulkRun: () => bulkRun({ status: 'aborted', outcomes: { done: 6000, aborted: 6034 }, abortedBy: { id: 'mo', type: 'user', label: 'Mo' }, finishedAt: at(0) }) },
    act: async (page) => {
      await press(page, '6 not eligible from the start')
      await until(() => seen(page).includes('deadlock'), 'the list')
    },
  },
  'jobs, another change came first': {
    tag: 'ops-jobs',
    shows: 'job-0007',
    answers: { createPreview: () => { throw new Refusal('mutation_conflict', 'Job job-0007 has changed since the page was loaded: it is now cancelled. Review it again.') } },
    act: async (page) => {
      chooseAll(page)
      await press(page, 'Retry…')
      await until(() => seen(page).includes('Another change came first'), 'the refusal')
    },
  },
  'jobs, the views': { tag: 'ops-jobs', shows: 'job-0007', act: async (page) => (await press(page, 'Views'), until(() => seen(page).includes('Overdue'), 'the views')) },
  'jobs, the columns': { tag: 'ops-jobs', shows: 'job-0007', act: (page) => press(page, 'Columns') },
  'a job': { tag: 'ops-job', shows: 'Where it comes from', attributes: { 'job-id': 'job-0002' } },
  'a job, lost': { tag: 'ops-job', shows: 'did not answer', attributes: { 'job-id': 'job-0002' }, answers: { getJob: refuse } },
  queues: { tag: 'ops-queues', shows: 'search_index' },
  'queues, old figures': { tag: 'ops-queues', shows: 'Figures are old', answers: { listQueues: () => queuePage(queuePage().items.map((each) => ({ ...each, age: 'unknown' as const, status: 'unknown' as const, asOf: at(-600_000) }))) } },
  'queues, what may be done': { tag: 'ops-queues', shows: 'search_index', act: async (page) => (await press(page, 'More for mail'), until(() => seen(page).includes('Pause nightly_sync…'), 'the sheet')) },
  'a queue': { tag: 'ops-queue', shows: 'What may be done', attributes: { queue: 'mail' } },
  'a queue that is not there': { tag: 'ops-queue', shows: 'did not answer', attributes: { queue: 'mail' }, answers: { getQueue: refuse } },
}

for (const theme of ['light', 'dark']) {
  describe(`accessibility of jobs and queues, ${theme}`, () => {
    beforeEach(() => {
      localStorage.clear()
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
    })
    afterEach(clear)

    for (const [name, { tag, shows, attributes, answers, act }] of Object.entries(states)) {
      it(name, async () => {
        const page = mount(tag, usual(answers), { theme, ...attributes })
        await until(() => seen(page).includes(shows), shows)
        await act?.(page)
        await accessible(page)
      })
    }

    it('queues and a queue on a phone', async () => {
      for (const [tag, attributes] of [['ops-queues', {}], ['ops-queue', { queue: 'mail' }]] as const) {
        const page = mount(tag, usual(), { theme, ...attributes })
        page.style.width = '366px'
        await until(() => seen(page).includes('3,902'), 'the queues')
        await accessible(page)
        clear()
      }
    })

    it('jobs on a phone', async () => {
      const page = mount('ops-jobs', usual(), { theme })
      page.style.width = '366px'
      await until(() => seen(page).includes('job-0007'), 'the jobs')
      await accessible(page)
    })
  })
}
