import type { NavigateDetail } from '../../components/core/navigate.ts'
import type { OperationDetail, ProblemDetail } from '../../components/index.ts'
import { overview } from './evidence-sample.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { routes } from '../../schemas/routes.ts'
import { FakeApi, Refusal } from './fake-api.ts'
import { at, entries, event, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, mount, ok, seen, type, until } from './support.ts'

const problem = (code: ProblemCode): never => {
  throw new Refusal(code, `It is ${code}.`)
}

const realFetch = globalThis.fetch

function usual(): FakeApi {
  return new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    createPreview: () => preview(),
    executePreview: () => ({ event: event({ reason: 'a private reason', after: { note: 'a private note' }, metadata: { more: 'private too' } }), result: {} }),
  })
}

/** Collects the details of an event at the document, where a host would listen. */
function heard<Detail>(name: string, handle: (event: CustomEvent<Detail>) => void = () => undefined): { details: Detail[]; end: () => void } {
  const details: Detail[] = []
  const listen = (each: Event) => {
    details.push((each as CustomEvent<Detail>).detail)
    handle(each as CustomEvent<Detail>)
  }
  document.addEventListener(name, listen)
  return { details, end: () => document.removeEventListener(name, listen) }
}

async function pause(api: FakeApi) {
  const page = mount('ops-cron', api)
  ;(await until(() => button(page, 'Pause… nightly_sync'), 'the entry')).click()
  await until(() => button(page, 'Pause entry'), 'the preview')
  type(all(page, '#reason')[0], 'maintenance of the fixture')
  button(page, 'Pause entry')!.click()
  return page
}

describe('ops-operation', () => {
  afterEach(clear)

  it('names what was done and its record, and nothing that may be private', async () => {
    const { details, end } = heard<OperationDetail>('ops-operation')
    await pause(usual())
    await until(() => details.length > 0, 'the event')
    end()
    const { id, action, eventType, occurredAt, subject } = event()
    equal(details, [{ id, action, eventType, outcome: 'succeeded', subject, occurredAt, bulkId: undefined }])
    excludes(JSON.stringify(details), 'private')
  })

  it('says that an operation failed, and why', async () => {
    const { details, end } = heard<OperationDetail>('ops-operation')
    const api = usual()
    api.answers.executePreview = () => problem('mutation_conflict')
    await pause(api)
    await until(() => details.length > 0, 'the event')
    end()
    equal(details, [{ action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, outcome: 'failed', code: 'mutation_conflict' }])
  })
})

describe('ops-problem', () => {
  afterEach(clear)

  it('announces a missing sign-in, and the host signs in and has everything read again', async () => {
    let signedIn = false
    const api = usual()
    for (const name of ['getSession', 'listCronEntries'] as const) {
      const answer = api.answers[name]!
      api.answers[name] = (call) => (signedIn ? answer(call) : problem('unauthenticated'))
    }
    const { details, end } = heard<ProblemDetail>('ops-problem')
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('Sign in to see this'), 'what is wrong')
    await until(() => details.length > 0, 'the event')
    end()
    equal([details[0]!.code, details[0]!.status], ['unauthenticated', 401])
    signedIn = true
    await page.refresh()
    ok(seen(page).includes('nightly_sync'), 'the entries, once refresh() has resolved')
    ok(button(page, 'Pause… nightly_sync'), 'with what the session allows')
  })

  it('announces a missing sign-in from every element', async () => {
    const tags = ['ops-overview', 'ops-incidents', 'ops-incident', 'ops-errors', 'ops-jobs', 'ops-job', 'ops-queues', 'ops-queue', 'ops-executors', 'ops-cron', 'ops-forensics', 'ops-audit', 'ops-bridge', 'ops-shell'] as const
    const unsigned = Object.fromEntries(Object.keys(routes).map((name) => [name, () => problem('unauthenticated')]))
    const given: Partial<Record<string, Record<string, string>>> = { 'ops-job': { 'job-id': '1' }, 'ops-queue': { queue: 'mail' }, 'ops-incident': { 'incident-id': 'i1' } }
    for (const tag of tags) {
      const { details, end } = heard<ProblemDetail>('ops-problem')
      mount(tag, new FakeApi(unsigned), given[tag])
      await until(() => details.some(({ code, status }) => code === 'unauthenticated' && status === 401), `the event of ${tag}`)
      end()
      clear()
    }
  })

  it('lets the host show a problem itself', async () => {
    const api = usual()
    api.answers.listCronEntries = () => problem('forbidden')
    const { details, end } = heard<ProblemDetail>('ops-problem', (each) => each.preventDefault())
    const page = mount('ops-cron', api)
    await until(() => details.length > 0, 'the event')
    end()
    const panels = all<HTMLElement>(page, '.problem')
    equal(panels.filter((each) => each.checkVisibility()).length, 0, 'panels in view')
  })

  it('is not repeated while the same problem stays, and comes again for another', async () => {
    const api = usual()
    api.answers.listCronEntries = () => problem('rate_limited')
    const { details, end } = heard<ProblemDetail>('ops-problem')
    const page = mount('ops-cron', api)
    await until(() => details.length > 0, 'the event')
    await page.refresh()
    await page.refresh()
    equal(details.length, 1)
    api.answers.listCronEntries = () => problem('forbidden')
    await page.refresh()
    await until(() => details.length === 2, 'the other problem')
    end()
    equal(details.map(({ code }) => code), ['rate_limited', 'forbidden'])
  })

  it('is also announced for what a dialog refuses', async () => {
    const api = usual()
    api.answers.createPreview = () => problem('forbidden')
    const { details, end } = heard<ProblemDetail>('ops-problem')
    const page = mount('ops-cron', api)
    ;(await until(() => button(page, 'Pause… nightly_sync'), 'the entry')).click()
    await until(() => details.length > 0, 'the event')
    end()
    equal(details[0]!.code, 'forbidden')
  })
})

describe('refresh()', () => {
  afterEach(clear)

  it('of a provider reads everything inside it again, and the session once', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    const provider = page.closest('ops-provider')!
    provider.append(document.createElement('ops-overview'))
    await until(() => seen(page).includes('nightly_sync') && api.count('getOverview') === 1, 'the pages')
    await provider.refresh()
    equal([api.count('getSession'), api.count('listCronEntries'), api.count('getOverview')], [2, 2, 2])
  })

  it('resolves also when the server does not answer', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    api.answers.listCronEntries = () => problem('unavailable')
    await page.refresh()
    ok(seen(page).includes('Not up to date'), 'what is wrong')
  })

  it('of an element without an api resolves at once', async () => {
    const page = document.createElement('ops-cron')
    document.body.append(page)
    await page.refresh()
  })
})

describe('the host’s own fetch', () => {
  afterEach(() => {
    clear()
    globalThis.fetch = realFetch
  })

  it('adds its headers to every request, the live stream too, and nothing goes past it', async () => {
    const api = usual()
    let past = 0
    globalThis.fetch = (...input) => {
      past += 1
      return realFetch(...input)
    }
    const sent: [string, string | null][] = []
    const page = document.createElement('ops-cron')
    page.fetch = (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('authorization', 'Bearer first')
      sent.push([new URL(String(input), location.href).pathname, headers.get('authorization')])
      return api.fetch(input, { ...init, headers })
    }
    page.api = '/own/one/api/v1'
    document.body.append(page)
    ;(await until(() => button(page, 'Pause… nightly_sync'), 'the entry')).click()
    await until(() => button(page, 'Pause entry'), 'the preview')
    ok(sent.some(([path]) => path.endsWith('/live')) && sent.some(([path]) => path.endsWith('/previews')), `the stream and the preview among ${sent.join(' ')}`)
    equal(sent.filter(([, token]) => token !== 'Bearer first'), [])
    equal(past, 0, 'requests past it')
  })

  it('may renew a token when the server answers 401, and send the same request again', async () => {
    const api = usual()
    let token = 'old'
    const page = document.createElement('ops-cron')
    page.fetch = async (input, init) => {
      const send = async () => (token === 'new' ? api.fetch(input, init) : Response.json({ type: 'about:blank', title: 'Not signed in', status: 401, code: 'unauthenticated', detail: 'The token has expired.', requestId: '1' }, { status: 401, headers: { 'content-type': 'application/problem+json' } }))
      const answer = await send()
      if (answer.status !== 401) return answer
      token = 'new'
      return send()
    }
    const { details, end } = heard<ProblemDetail>('ops-problem')
    page.api = '/own/two/api/v1'
    document.body.append(page)
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    end()
    equal(details, [])
  })
})

/** A host’s own handler, which must compile as the documentation shows it. */
export function typed(event: CustomEvent<NavigateDetail>): string {
  const { page, params, newTab, href } = event.detail
  return page === 'job' && !newTab ? params!.jobId! : href
}
