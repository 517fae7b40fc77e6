import { FakeApi } from './fake-api.ts'
import { count, jobPage, jobs, queuePage } from './job-sample.ts'
import { preview, session } from './sample.ts'
import { all, button, clear, includes, mount, seen, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listJobs: () => jobPage(),
    countJobs: () => count(7),
    listQueues: () => queuePage(),
    listBulkRuns: () => ({ items: [], asOf: new Date().toISOString() }),
    createPreview: () => preview(),
    ...over,
  })

describe('ops-jobs', () => {
  afterEach(clear)

  it('shows each job with state, arguments, error, attempts and the time that matters', async () => {
    const page = mount('ops-jobs', usual())
    const text = await until(() => seen(page).includes('job-0007') && seen(page), 'the jobs')
    for (const part of ['SendWelcome', 'executing', 'active', '"userId":42', '451 try again later', '2 of 5', 'started', 'due', 'completed', '7 jobs']) includes(text, part)
  })

  it('asks for one job through the dialog, naming the version that was seen', async () => {
    const api = usual()
    const page = mount('ops-jobs', api)
    ;(await until(() => button(page, 'Actions for SendWelcome job-0002'), 'the menu')).click()
    ;(await until(() => all<HTMLElement>(page, '[role=menuitem]').find((item) => seen(item) === 'Retry…'), 'the item')).click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    includes(JSON.stringify(api.calls.find(({ name }) => name === 'createPreview')!.body), `"seen":"${jobs()[1]!.version}"`)
  })
})
