import type { SelectionBreakdown } from '../../schemas/plan.ts'
import { FakeApi } from './fake-api.ts'
import { bulkPlan, detail, selection } from './job-sample.ts'
import { at, preview, session } from './sample.ts'
import { accessible, all, button, clear, deepFocus, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const breakdown: SelectionBreakdown = {
  looked: 140,
  byError: [{ title: 'connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2)', count: 134 }, { title: '550 no such mailbox', count: 4 }],
  otherErrors: 2,
  times: { which: 'finished', from: at(-1_800_000), stepSeconds: 60, counts: Array.from({ length: 30 }, (_, index) => index % 7) },
  sample: [{ id: 'job-1171', queue: 'order_mail', state: 'discarded', args: { order: 1171, to: 'mara.lindt@web.example' }, at: at(-30_000) }],
}
const alike = { fingerprint: 'e1:7c0d41b2a90f33e8', failures: 420, final: 140, since: at(-1_620_000), lastSeenAt: at(-32_000), histogram: { from: at(-1_800_000), stepSeconds: 900, counts: [60, 360] } }

async function opened(over: Parameters<typeof selection>[0] = {}) {
  const plan = (completed: boolean) => bulkPlan({ title: completed ? 'Retry 152 jobs' : 'Retry 140 jobs', selection: selection({ total: 152, eligible: completed ? 152 : 140, notEligible: completed ? {} : { 'Already completed.': 12 }, byState: { discarded: 140 }, byQueue: { order_mail: 140 }, completedLeftOut: completed ? undefined : 12, breakdown, ...over }) })
  const api = new FakeApi({
    getSession: () => session(),
    getJob: ({ params }) => detail(params.id!, { state: 'executing', waiting: [], alike }),
    createPreview: ({ body }) => preview({ plan: plan(JSON.stringify(body).includes('completed')), reasonRequired: true, recentReasons: ['smtp-eu-2 answers again', 'provider outage is over'] }),
  })
  const page = mount('ops-job', api, { 'job-id': 'job-1' })
  ;(await until(() => button(page, 'Retry all…'), 'the way to them all')).click()
  await until(() => button(page, `Retry ${(over.eligible ?? 140).toLocaleString('en')} jobs`), 'the preview')
  return { api, page, dialog: all<HTMLDialogElement>(page, 'dialog')[0]! }
}

describe('the preview of many jobs', () => {
  afterEach(clear)

  it('repeats what was chosen, and says of what states and errors the jobs are, when they ended, and what some of them are', async () => {
    const { dialog } = await opened()
    const text = seen(dialog)
    for (const part of [
      'e1:7c0d41b2a90f33e8 any state', '140 of 152 will be changed, 12 left alone', 'By state discarded 140', 'By error connect ETIMEDOUT 10.4.0.12:587 (smtp-eu-2) 134', '550 no such mailbox 4',
      'other errors 2', 'When they ended', 'Sample 1 of 140, the newest', 'order 1171 · to mara.lindt@web.example', 'The set is frozen', 'This will be recorded', 'Go back', 'Retry 140 jobs',
    ]) includes(text, part)
    await accessible(dialog)
  })

  it('says of how many jobs it knows what they are, if there were too many to look at all', async () => {
    const { dialog } = await opened({ total: 30_003, eligible: 30_003, breakdown: { ...breakdown, looked: 1_876 } })
    includes(seen(dialog), 'Sample 1 of the 1,876 that were looked at')
  })

  it('takes completed jobs only when asked, names the price, and makes a new preview of it, and back', async () => {
    const { api, page, dialog } = await opened()
    const box = all<HTMLInputElement>(dialog, '.completed-too input')[0]!
    ok(!box.checked, 'not by itself')
    includes(seen(box.parentElement), 'Retry the 12 completed jobs as well')
    includes(seen(box.parentElement), 'a second time')
    box.click()
    await until(() => button(page, 'Retry 152 jobs'), 'the new preview')
    const bodies = api.calls.filter(({ name }) => name === 'createPreview').map(({ body }) => (body as { selection: { filter: { state?: string } } }).selection.filter.state)
    equal(bodies, [undefined, 'scheduled,available,executing,retryable,completed,cancelled,discarded'])
    all<HTMLInputElement>(dialog, '.completed-too input')[0]!.click()
    await until(() => button(page, 'Retry 140 jobs'), 'the first set again')
    excludes(seen(dialog), 'scheduled')
  })

  it('offers the reasons that this actor gave last', async () => {
    const { page, dialog } = await opened()
    button(page, 'provider outage is over')!.click()
    await until(() => all<HTMLTextAreaElement>(dialog, '#reason')[0]!.value === 'provider outage is over', 'the reason')
    equal(deepFocus(), all(dialog, '#reason')[0])
    ok(!button(page, 'smtp-eu-2 answers again'), 'they are gone once there is one')
  })
})
