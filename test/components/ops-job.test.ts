import { FakeApi, Refusal } from './fake-api.ts'
import { detail } from './job-sample.ts'
import { at, event, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    getJob: ({ params }) => detail(params.id!),
    createPreview: () => preview({ reasonRequired: true }),
    executePreview: () => ({ event: event({ action: 'discard_job', eventType: 'job.discarded' }), result: {} }),
    ...over,
  })

const opened = async (api = usual(), id = 'mail:job-0002') => {
  const page = mount('ops-job', api, { 'job-id': id })
  await until(() => seen(page).includes('Attempts'), 'the job')
  return page
}

describe('ops-job', () => {
  afterEach(clear)

  it('tells what it is, in our word and the engine’s, and why it does not run', async () => {
    const api = usual()
    const page = await opened(api)
    const text = seen(page)
    for (const part of ['SendWelcome', 'retryable', 'the engine says retry', 'mail:job-0002', 'Why it is not running', 'It will be retried at', 'tenant:acme', 'nightly_sync']) includes(text, part)
    equal(api.calls.find(({ name }) => name === 'getJob')!.params.id, 'mail:job-0002', 'the id, whatever characters it has')
  })

  it('shows every attempt, the last first: the message to read, the stack to open', async () => {
    const page = await opened()
    const attempts = all(page, '[part=attempt]')
    equal(attempts.map((each) => seen(each.querySelector('b'))), ['2', '1'])
    includes(seen(attempts[0]), 'SmtpError: 451 try again later')
    includes(seen(attempts[0]), 'took 4.0 s')
    includes(seen(attempts[0]), 'on worker-eu-3')
    const stack = attempts[0]!.querySelector('details')!
    ok(!stack.open, 'a long stack is folded')
    includes(seen(stack), 'Stack, 12 lines')
    includes(seen(attempts[1]), 'TypeError: no recipient')
  })

  it('says what the engine does not keep of earlier attempts', async () => {
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { attempts: [], attemptsKept: 'none' }) }))
    includes(seen(page), 'This engine keeps no attempts')
  })

  it('does not deny attempts that it shows: only what is missing of them is said', async () => {
    const failed = (number: number, more = {}) => ({ number, outcome: 'failed' as const, error: 'Error: 451', ...more })
    const times = { startedAt: at(-5000), endedAt: at(-1000) }
    const errors = await opened(usual({ getJob: ({ params }) => detail(params.id!, { attempt: 2, attempts: [failed(1), failed(2, times)], attemptsKept: 'last' }) }))
    includes(seen(errors), 'keeps the times of the last attempt only')
    excludes(seen(errors), 'what came before is unknown')
    clear()
    const last = await opened(usual({ getJob: ({ params }) => detail(params.id!, { attempt: 2, attempts: [failed(2, times)], attemptsKept: 'last' }) }))
    includes(seen(last), 'what came before is unknown')
  })

  it('claims no duration that clocks contradict, and counts the others of an event in words', async () => {
    const attempt = { number: 1, outcome: 'failed' as const, startedAt: at(-1000), endedAt: at(-9000), error: 'Error: 451' }
    const together = event({ action: 'retry_job', eventType: 'job.retried', jobs: 2 })
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { attempt: 1, attempts: [attempt], events: [together] }) }))
    excludes(seen(page), 'took')
    includes(seen(page), 'with 1 other ')
  })

  it('lets somebody look again at a job that changed behind the page, as it is now', async () => {
    let seenVersion: unknown
    const api = usual({
      createPreview: ({ body }) => {
        seenVersion = (body as { input?: { seen?: string } }).input?.seen
        if (seenVersion) throw new Refusal('mutation_conflict', 'Job mail:job-0002 has changed since the page was loaded: it is now available. Review it again.')
        return preview({ reasonRequired: true })
      },
    })
    const page = await opened(api)
    button(page, 'Discard…')!.click()
    await until(() => seen(all(page, 'dialog')[0]).includes('it is now available'), 'the refusal')
    ok(seenVersion, 'it was asked of the job as it was seen')
    includes(seen(all(page, 'dialog')[0]), 'You have changed nothing.')
    ;(await until(() => button(page, 'Review again'), 'a way to look again')).click()
    await until(() => seen(all(page, 'dialog')[0]).includes('Preview Ready'), 'the job as it is now')
    equal(seenVersion, undefined)
  })

  it('says that a job is gone which the engine let go while somebody looked, and offers nothing to do to it', async () => {
    let there = true
    const api = usual({
      getJob: ({ params }) => {
        if (!there) throw new Refusal('not_found', 'No job that you may see.')
        return detail(params.id!)
      },
    })
    const page = await opened(api)
    there = false
    api.hint({ topic: 'jobs' })
    await until(() => seen(page).includes('This job is gone'), 'the note')
    ok(!button(page, 'Retry…'), 'nothing to do')
    includes(seen(page), 'SmtpError')
    ok(all(page, 'a[href="/ops/jobs/audit?subjectType=job&subjectId=mail%3Ajob-0002"]').length > 0, 'the record')
  })

  it('shows numbers beyond 2^53 with every digit', async () => {
    const api = usual({ getJob: ({ params }) => detail(params.id!, { args: { account: 'BIG', ratio: 0.1 } }) })
    const plain = api.fetch
    const provider = document.createElement('ops-provider')
    provider.fetch = async (input, init) => {
      const answer = await plain(input, init)
      if (!String(input).includes('/jobs/')) return answer
      return new Response((await answer.text()).replace('"BIG"', '12345678901234567890.5'), answer)
    }
    provider.setAttribute('api', '/ops/jobs/api/v1')
    const page = document.createElement('ops-job')
    page.jobId = 'job-0002'
    provider.append(page)
    document.body.append(provider)
    await until(() => seen(page).includes('"account": 12345678901234567890.5'), 'all digits')
    includes(seen(page), '"ratio": 0.1')
  })

  it('offers what may be done and says why the rest may not', async () => {
    const api = usual()
    const page = await opened(api)
    ok(!button(page, 'Retry…')!.disabled, 'retry is open')
    ok(!button(page, 'Restore…'), 'nothing to restore while it is not discarded')
    button(page, 'Discard…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    const { body } = api.calls.find(({ name }) => name === 'createPreview')!
    equal(body, { action: 'discard_job', subject: { type: 'job', id: 'mail:job-0002' }, input: { seen: 'mail:job-0002-v1' } })
  })

  it('says why a discarded job cannot be restored', async () => {
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', waiting: [] }) }))
    const restore = await until(() => button(page, 'Restore…'), 'the button')
    ok(restore.disabled, 'restore is closed')
    includes(seen(all(page, `#${restore.getAttribute('aria-describedby')}`)[0]), 'Only a job that was discarded here')
  })

  it('offers to take a discard back first of all', async () => {
    const operations = { ...detail('x').operations, restore_job: { allowed: true }, cancel_job: { allowed: false, reason: 'It has ended.' }, discard_job: { allowed: false, reason: 'It has ended.' } }
    const api = usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', waiting: [], operations }) })
    const page = await opened(api)
    const buttons = all<HTMLButtonElement>(page, '.do button')
    equal(seen(buttons[0]), 'Undo the discard…')
    ok(buttons[0]!.classList.contains('primary'), 'it stands out')
    excludes(seen(page), 'Why it is not running')
  })

  it('says the same reason once for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const operations = Object.fromEntries(Object.keys(detail('x').operations).map((action) => [action, { allowed: false, reason }]))
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { operations }) }))
    equal(all(page, '.do .refusal').length, 1, 'reasons')
    ok(all<HTMLButtonElement>(page, '.do button').every(({ disabled }) => disabled), 'every button is closed')
  })

  it('links to where it came from, what it waits for and what was done to it', async () => {
    const page = await opened()
    const hrefs = all<HTMLAnchorElement>(page, 'a').map((link) => link.getAttribute('href'))
    for (const href of [
      '/ops/jobs/cron?entry=nightly_sync',
      '/ops/jobs/job/job-0000',
      '/ops/jobs/job/job-0900',
      '/ops/jobs/list?queue=mail',
      `/ops/jobs/audit?event=${event().id}`,
      '/ops/jobs/audit?subjectType=job&subjectId=mail%3Ajob-0002',
    ]) {
      ok(hrefs.includes(href), `a link to ${href} among ${hrefs.join(' ')}`)
    }
    includes(seen(page), 'job.cancelled')
    includes(seen(page), 'fixture maintenance')
  })

  it('leaves out the events of somebody who may not see them', async () => {
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { events: undefined }) }))
    excludes(seen(page), 'Audit events')
  })

  it('shows the next paths of its evidence with their owner in front', async () => {
    const forensics = {
      subject: { type: 'job', id: 'x', label: 'x' },
      diagnosis: { status: 'waiting', title: '', detail: '', provenance: 'durable' },
      completeness: { state: 'partial_evidence', reasons: ['The engine keeps the last attempt only.'] },
      chronology: [],
      linkedResources: [],
      nextPaths: [
        { order: 1, ownership: 'bridge', ownershipLabel: 'pg-boss Dashboard bridge', posture: 'Inspection only', label: 'Look at it there', href: '/ops/jobs/pg-boss' },
        { order: 2, ownership: 'host_owned', ownershipLabel: 'host-owned follow-up', posture: 'Host-owned', label: 'Ask the mail team' },
      ],
      runbook: { title: '', whyNow: '', prerequisites: [], cautions: [], steps: [], unsupported: [] },
      withheld: [],
      asOf: at(0),
    }
    const page = await opened(usual({ getJob: ({ params }) => ({ ...detail(params.id!), forensics }) }))
    const paths = seen(all(page, '[part=next-paths]')[0])
    ok(paths.indexOf('pg-boss Dashboard bridge') < paths.indexOf('Look at it there'), 'the owner in front')
    includes(paths, 'host-owned follow-up · Host-owned')
    includes(seen(page), 'partial evidence')
    includes(seen(page), 'The engine keeps the last attempt only.')
  })

  it('reads again after an operation and upon a hint', async () => {
    const api = usual()
    await opened(api)
    await until(() => api.openStreams === 1, 'the stream')
    api.hint({ topic: 'jobs' })
    await until(() => api.count('getJob') === 2, 'the second reading')
  })

  it('keeps pointing at the evidence of a job the engine has forgotten', async () => {
    const gone = () => {
      throw new Refusal('not_found', 'The engine does not know job mail:job-0002.')
    }
    const page = mount('ops-job', usual({ getJob: gone }), { 'job-id': 'mail:job-0002' })
    await until(() => seen(page).includes('stays on record'), 'the note')
    ok(all(page, 'a[href="/ops/jobs/forensics/job/mail%3Ajob-0002"]')[0], 'the link')
  })

  it('breaks nothing, however long its words are', async () => {
    const word = 'x'.repeat(400)
    const long = detail(word, { queue: word, worker: word, tags: [word], executor: word, args: { [word]: word }, error: word, waiting: [{ reason: 'unknown', detail: word }], attempts: [{ number: 1, outcome: 'failed', error: `${word}\n${word}`, executor: word }] })
    const page = await opened(usual({ getJob: () => long }), word)
    for (const width of [1200, 800, 366]) {
      page.style.width = `${width}px`
      await page.updateComplete
      ok(page.scrollWidth <= page.clientWidth, `${page.scrollWidth} within ${page.clientWidth} at ${width}`)
    }
  })
})
