import { FakeApi, Refusal } from './fake-api.ts'
import { detail, job } from './job-sample.ts'
import { at, event, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, includes, mount, ok, press, seen, until } from './support.ts'

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
  await until(() => seen(page).includes('Where it comes from'), 'the job')
  return page
}

describe('ops-job', () => {
  afterEach(clear)

  it('tells what it is, in our word and the engine’s, and why it does not run', async () => {
    const api = usual()
    const page = await opened(api)
    const text = seen(page)
    for (const part of ['SendWelcome', 'retryable', 'Failed, and will be tried again', 'Engine says retry', 'mail:job-0002', 'Why it is not running', 'It will be retried at', 'tenant:acme', 'nightly_sync']) includes(text, part)
    equal(api.calls.find(({ name }) => name === 'getJob')!.params.id, 'mail:job-0002', 'the id, whatever characters it has')
  })

  it('shows its error first: the message, the frames of the host’s program apart from those of libraries, the rest on demand', async () => {
    const stack = Array.from({ length: 6 }, (_, index) => ({ text: `at frame${index} (${index % 2 ? '/srv/src/mail.ts:88:1' : 'node:net:1637:16'})`, ofHost: index % 2 === 1 }))
    const attempts = [{ number: 3, outcome: 'failed' as const, startedAt: at(-20_000), endedAt: at(-10_000), error: 'connect ETIMEDOUT\n    at frame0', stack }]
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', attempt: 3, maxAttempts: 3, finishedAt: at(-10_000), waiting: [], attempts }) }))
    includes(seen(all(page, '[part=fate]')[0]), 'Failed for good 3 of 3 attempts · ran 10 s')
    const block = all(page, '[part=error]')[0]!
    equal(seen(block.querySelector('bdi')), 'connect ETIMEDOUT')
    equal(all(block, '.stack')[0]!.children.length, 4, 'frames at first')
    equal(all(block, '.of-host b').map(seen), ['mail.ts:88', 'mail.ts:88', 'mail.ts:88'])
    const rest = block.querySelector('details')!
    ok(!rest.open, 'the others are folded')
    includes(seen(rest), '2 more frames')
    const text = seen(page)
    ok(text.indexOf('connect ETIMEDOUT') < text.indexOf('Its life in time'), 'the error comes first')
  })

  it('draws its life as a bar true to scale, and says it as a list', async () => {
    const attempts = [
      { number: 1, outcome: 'failed' as const, startedAt: at(-120_000), endedAt: at(-110_000), error: 'Error: 451' },
      { number: 2, outcome: 'failed' as const, startedAt: at(-80_000), endedAt: at(-70_000), error: 'Error: 451' },
    ]
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', createdAt: at(-170_000), finishedAt: at(-70_000), attempt: 2, waiting: [], attempts }) }))
    const bar = all(page, '.life')[0]!
    equal(bar.getAttribute('aria-label'), 'waited 50 s, attempt 1 failed after 10 s, waited 30 s to retry, attempt 2 failed after 10 s')
    equal(all<HTMLElement>(bar, '.gap, .run').map((each) => [each.className.trim(), each.style.inlineSize]), [['gap waited', '50%'], ['run failed', '10%'], ['gap retry', '30%'], ['run failed', '10%']])
    button(page, 'As a list')!.click()
    await until(() => all(page, '[part=attempt]').length === 2, 'the list')
    equal(all(page, '[part=attempt]').map((each) => seen(each.querySelector('b'))), ['2', '1'])
    ok(button(page, 'As a list')!.getAttribute('aria-expanded') === 'true', 'it is said to be open')
  })

  it('leads to the failures like it, and to retrying them all', async () => {
    const alike = { fingerprint: 'e1:7c0d41b2a90f33e8', failures: 420, final: 140, since: at(-1_620_000), lastSeenAt: at(-32_000), histogram: { from: at(-1_800_000), stepSeconds: 900, counts: [60, 360] } }
    const api = usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', waiting: [], alike }) })
    const page = await opened(api)
    const line = all(page, '[part=alike]')[0]!
    includes(seen(line), '139 others failed for good alike since')
    ok(line.querySelector('a[href="/ops/jobs/list?errorGroup=e1%3A7c0d41b2a90f33e8"]'), 'the list of them')
    button(page, 'Retry all…')!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    equal(api.calls.find(({ name }) => name === 'createPreview')!.body, { action: 'retry_job', selection: { filter: { errorGroup: alike.fingerprint, state: 'discarded' } } })
  })

  it('says in amber that it runs far longer than usual, and only then', async () => {
    const running = (exceeded: boolean) => usual({ getJob: ({ params }) => detail(params.id!, { state: 'executing', startedAt: at(-10_860_000), waiting: [], usual: { p50Seconds: 4, p95Seconds: 9, runs: 80, exceeded } }) })
    const page = await opened(running(true))
    includes(seen(all(page, '[part=overdue]')[0]), '3 h 1 min, usually 4 s')
    clear()
    equal(all(await opened(running(false)), '[part=overdue]').length, 0)
  })

  it('goes to the job before and after in the list it came from, by link and by key', async () => {
    const went: string[] = []
    const api = usual({ listJobs: ({ query }) => (query.get('cursor') === 'c2' ? { items: [job('job-3')], asOf: at(0) } : { items: [job('job-1'), job('mail:job-0002')], nextCursor: 'c2', asOf: at(0) }) })
    const page = mount('ops-job', api, { 'job-id': 'mail:job-0002', list: 'queue=mail&state=discarded&view=mine' })
    page.addEventListener('ops-navigate', (event) => {
      event.preventDefault()
      went.push((event as CustomEvent<{ href: string }>).detail.href)
    })
    await until(() => all(page, 'a.step').length === 2, 'both ways')
    equal(Object.fromEntries(api.calls.find(({ name }) => name === 'listJobs')!.query), { queue: 'mail', state: 'discarded' })
    includes(seen(all(page, '.steps')[0]), '2 / 2+')
    equal(all(page, 'a.step').map((each) => each.getAttribute('href')), [
      '/ops/jobs/job/job-1?list=queue%3Dmail%26state%3Ddiscarded',
      '/ops/jobs/job/job-3?list=queue%3Dmail%26state%3Ddiscarded%26cursor%3Dc2%26back%3D',
    ])
    all<HTMLAnchorElement>(page, '.page-title')[0]!.focus()
    press('[')
    press(']')
    equal(went.map((href) => href.replace(/\?.*/, '')), ['/ops/jobs/job/job-1', '/ops/jobs/job/job-3'])
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
    excludes(seen(page), 'ran')
    includes(seen(page), 'with 1 other')
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
    button(page, 'Retry…')!.click()
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

  const menuOf = async (page: Element) => {
    const menu = all(page, 'ops-menu')[0]!
    menu.shadowRoot!.querySelector('button')!.click()
    await until(() => all(menu, '[role=menuitem]').length > 0, 'the menu')
    return all<HTMLElement>(menu, '[role=menuitem]')
  }

  it('offers what most likely helps in its title bar, the rest in a menu, and there also what is not possible, with the reason', async () => {
    const api = usual()
    const page = await opened(api)
    ok(!button(page, 'Retry…')!.disabled, 'retry is open')
    const items = await menuOf(page)
    equal(items.map((item) => seen(item)), ['Cancel…', 'Discard…', 'Copy as JSON', 'Copy as cURL', 'Copy id'])
    items[1]!.click()
    await until(() => api.count('createPreview') === 1, 'the preview')
    const { body } = api.calls.find(({ name }) => name === 'createPreview')!
    equal(body, { action: 'discard_job', subject: { type: 'job', id: 'mail:job-0002' }, input: { seen: 'mail:job-0002-v1' } })
  })

  it('says why a discarded job cannot be restored', async () => {
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', waiting: [] }) }))
    const restore = (await menuOf(page)).find((item) => seen(item).startsWith('Restore…'))!
    equal(restore.getAttribute('aria-disabled'), 'true')
    includes(seen(restore), 'Only a job that was discarded here')
  })

  it('offers to take a discard back first of all', async () => {
    const operations = { ...detail('x').operations, restore_job: { allowed: true }, cancel_job: { allowed: false, reason: 'It has ended.' }, discard_job: { allowed: false, reason: 'It has ended.' } }
    const api = usual({ getJob: ({ params }) => detail(params.id!, { state: 'discarded', waiting: [], operations }) })
    const page = await opened(api)
    const [first] = all<HTMLButtonElement>(page, '[part=actions] button')
    equal(seen(first), 'Undo the discard…')
    ok(first!.classList.contains('primary'), 'it stands out')
    excludes(seen(page), 'Why it is not running')
  })

  it('says the reason once for somebody who may only look', async () => {
    const reason = 'Role viewer may look, not change.'
    const operations = Object.fromEntries(Object.keys(detail('x').operations).map((action) => [action, { allowed: false, reason }]))
    const page = await opened(usual({ getJob: ({ params }) => detail(params.id!, { operations }) }))
    equal(all(page, '.refusal').map(seen), [reason])
    ok(all<HTMLButtonElement>(page, '[part=actions] > button').every(({ disabled }) => disabled), 'the button is closed')
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
    excludes(seen(page), 'All events')
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
