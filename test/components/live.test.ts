import { FakeApi, Refusal } from './fake-api.ts'
import { at, entry, session } from './sample.ts'
import { clear, equal, mount, ok, seen, until } from './support.ts'

let detail = 'as at first'
const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listCronEntries: () => ({ items: [entry('nightly_sync', { description: detail })], asOf: at(0) }),
    ...over,
  })

describe('live hints', () => {
  beforeEach(() => {
    detail = 'as at first'
  })
  afterEach(clear)

  it('make a page read again what they are about, and nothing else', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('as at first') && api.openStreams === 1, 'the page')
    detail = 'as changed by somebody'
    api.hint({ topic: 'audit' })
    await new Promise((resume) => setTimeout(resume, 100))
    equal(api.count('listCronEntries'), 1, 'reads after a hint about something else')
    api.hint({ topic: 'cron', subject: { type: 'cron_entry', id: 'nightly_sync' } })
    await until(() => seen(page).includes('as changed by somebody'), 'the change')
  })

  it('say from when on what is read has to be, on this page and on the next', async () => {
    const listening = (over = {}) => {
      const api = usual(over)
      const sent: string[] = []
      const answer = api.fetch
      const fetch: typeof answer = (input, init) => {
        if (String(input).includes('cron-entries')) sent.push(new Headers(init?.headers).get('ops-after') ?? 'none')
        return answer(input, init)
      }
      Object.assign(api, { fetch })
      return { api, sent }
    }
    const first = listening()
    const page = mount('ops-cron', first.api)
    await until(() => seen(page).includes('as at first') && first.api.openStreams === 1, 'the page')
    try {
      first.api.hint({ topic: 'cron', subject: { type: 'cron_entry', id: 'nightly_sync' }, after: '000000000000002.later' })
      await until(() => first.sent.length > 1, 'the next read')
      first.api.hint({ topic: 'cron', subject: { type: 'cron_entry', id: 'nightly_sync' }, after: '000000000000001.earlier' })
      await until(() => first.sent.length > 2, 'the read after that')
      equal(first.sent.join(), 'none,000000000000002.later,000000000000002.later', 'what was sent')
      clear()
      const second = listening()
      mount('ops-cron', second.api)
      await until(() => second.sent.length > 0, 'the next page')
      equal(second.sent[0], '000000000000002.later', 'what the next page sent')
    } finally {
      for (const key of Object.keys(localStorage)) if (key.startsWith('ops-powertools after')) localStorage.removeItem(key)
    }
  })

  it('are not needed: what is shown is read again after five minutes without any', async () => {
    const real = window.setTimeout
    const hurried = (task: TimerHandler, delay?: number) => real(task, delay === 300_000 ? 50 : delay)
    window.setTimeout = hurried as typeof window.setTimeout
    try {
      const page = mount('ops-cron', usual())
      await until(() => seen(page).includes('as at first'), 'the page')
      detail = 'as changed by somebody'
      await until(() => seen(page).includes('as changed by somebody'), 'the change')
    } finally {
      window.setTimeout = real
    }
  })

  it('are not awaited in silence: a measurement without a change keeps a page current without a request', async () => {
    const api = usual({ listCronEntries: () => ({ items: [entry('nightly_sync', { description: detail })], asOf: at(-60_000) }) })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('as at first') && api.openStreams === 1, 'the page')
    ok(seen(page).includes('as of 1 min ago'), 'old at first')
    api.beat(new Date().toISOString())
    await until(() => /as of (just now|[0-5] s ago)/.test(seen(page)), 'the current time')
    equal(api.count('listCronEntries'), 1, 'reads')
  })

  it('make a page read again when nobody measures any more', async () => {
    const real = window.setTimeout
    window.setTimeout = ((task: TimerHandler, delay?: number) => real(task, delay === 65_000 ? 50 : delay)) as typeof window.setTimeout
    try {
      const api = usual()
      const page = mount('ops-cron', api)
      await until(() => seen(page).includes('as at first') && api.openStreams === 1, 'the page')
      await until(() => api.count('listCronEntries') === 2, 'the second read')
    } finally {
      window.setTimeout = real
    }
  })

  it('come to everybody through one stream, which closes with the last element', async () => {
    const api = usual()
    const first = mount('ops-cron', api)
    const second = mount('ops-cron', api)
    await until(() => seen(first).includes('nightly_sync') && seen(second).includes('nightly_sync'), 'both')
    equal(api.openStreams, 1, 'streams')
    equal(api.count('getSession'), 1, 'sessions asked')
    first.remove()
    equal(api.openStreams, 1, 'streams while one is left')
    second.remove()
    await until(() => api.openStreams === 0, 'the closed stream')
  })

  it('work again after the line broke, and make everybody read what may have been missed', async () => {
    const api = usual()
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('as at first') && api.openStreams === 1, 'the page')
    detail = 'while the line was down'
    api.drop()
    await until(() => seen(page).includes('while the line was down'), 'the change')
    await until(() => api.openStreams === 1, 'the new stream')
  })

  it('fall back to polling when there is no stream, and say so', async () => {
    const api = usual({
      streamLive: () => {
        throw new Refusal('unavailable', 'No stream here.')
      },
    })
    const shell = mount('ops-shell', api, { base: '/nowhere' })
    const page = mount('ops-cron', api)
    await until(() => seen(page).includes('nightly_sync'), 'the page')
    await until(() => seen(shell).includes('polling every 10 s'), 'the word for it', 4000)
  })
})
