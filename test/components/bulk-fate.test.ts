import type { BulkRun } from '../../schemas/bulk.ts'
import { FakeApi } from './fake-api.ts'
import { bulkId, bulkRun, count, job, jobPage, queuePage } from './job-sample.ts'
import { at, preview, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const ended: Partial<BulkRun> = { status: 'finished', total: 152, eligible: 140, notEligible: { 'Already completed.': 12 }, outcomes: { done: 140 }, finishedAt: at(-200_000), chosen: { filter: { queue: 'order_mail' } } }
const settled: BulkRun['fate'] = { counts: { completed: 131, failed: 9 }, asOf: at(-1000), settledAt: at(-1000), until: at(86_000_000) }

async function opened(over: Partial<BulkRun>) {
  const api = new FakeApi({
    getSession: () => session(),
    listJobs: ({ query }) => (query.get('failedAgain') ? { items: [job('job-9', { error: '550 no such mailbox\n    at send', state: 'discarded' })], asOf: at(0) } : jobPage()),
    countJobs: () => count(7),
    listQueues: () => queuePage(),
    listBulkRuns: () => ({ items: [], asOf: at(0) }),
    getBulkRun: () => bulkRun({ ...ended, ...over }),
    createPreview: () => preview({ reasonRequired: true }),
  })
  const page = mount('ops-jobs', api, { bulk: bulkId })
  const panel = await until(() => all(page, 'ops-bulk-run')[0], 'the run')
  await until(() => seen(panel).includes('by ops-demo'), 'its panel')
  return { api, page, panel }
}

describe('what became of the jobs of a run', () => {
  afterEach(clear)

  it('is said apart from what was done, with what is on record and what is not', async () => {
    const { panel } = await opened({ fate: settled })
    await until(() => seen(panel).includes('550 no such mailbox'), 'what they failed for')
    for (const part of ['Queue: order_mail', 'finished: 140 of 140', '131 of 140 completed. 9 failed again.', 'settled', '131 completed', '9 failed again', 'no part of the record']) includes(seen(panel), part)
    excludes(seen(panel), 'at send')
    equal(all(panel, '.then')[0]!.getAttribute('aria-label'), '131 completed, 9 failed again')
    await accessible(panel)
  })

  it('leads to those that failed again, and to retrying them', async () => {
    const { api, page, panel } = await opened({ fate: settled })
    ok(all(panel, `a[href="/ops/jobs/list?failedAgain=${bulkId}&state=discarded"]`)[0], 'the list of them')
    button(page, 'Retry the 9 again…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'retry_job', selection: { filter: { failedAgain: bulkId, state: 'discarded' } } })
  })

  it('is not over before every job has ended, and claims nothing of those that the engine no longer has', async () => {
    const { panel } = await opened({ fate: { counts: { completed: 30, waiting: 10, gone: 100 }, asOf: at(-1000), until: at(86_000_000), gone: 'graphile-worker does not keep finished jobs.' } })
    for (const part of ['30 of 140 completed. 10 have not ended yet.', 'still followed', '100 no longer in the engine', 'graphile-worker does not keep finished jobs. How those ended is not known.']) includes(seen(panel), part)
    excludes(seen(panel), 'None failed')
  })

  it('is left out as long as nothing is known', async () => {
    const { panel } = await opened({})
    equal(all(panel, '[part=fate]').length, 0)
  })
})
