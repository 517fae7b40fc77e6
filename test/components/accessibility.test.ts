import { FakeApi, Refusal } from './fake-api.ts'
import { at, entries, entry, everything, plan, preview, session } from './sample.ts'
import { accessible, all, button, clear, mount, seen, until } from './support.ts'

const reason = 'Role viewer may look, not change.'
const denied = Object.fromEntries(Object.keys(entry('x').permissions).map((name) => [name, { allowed: false, reason }]))
const history = { entry: 'nightly_sync', from: at(-1), to: at(0), slots: entry('x').recent, counts: { on_time: 3 }, truncated: false, asOf: at(0) }

const refuse = (code: 'unavailable' | 'unauthenticated') => () => {
  throw new Refusal(code, 'The database did not answer.')
}

const states: Record<string, { shows: string; api: ConstructorParameters<typeof FakeApi>[0]; entry?: string }> = {
  usual: { shows: 'nightly_sync', api: {} },
  'an entry in full': {
    shows: 'partial evidence',
    entry: 'nightly_sync',
    api: { getCronHistory: () => ({ ...history, completeness: { state: 'partial_evidence', reasons: ['A gap.'] } }) },
  },
  loading: { shows: 'Loading', api: { listCronEntries: () => new Promise(() => undefined) } },
  empty: { shows: 'No cron entries', api: { listCronEntries: () => ({ items: [], asOf: at(0) }) } },
  error: { shows: 'did not answer', api: { listCronEntries: refuse('unavailable') } },
  unauthorized: { shows: 'Sign in', api: { listCronEntries: refuse('unauthenticated'), getSession: refuse('unauthenticated') } },
  'read-only': {
    shows: 'Read-only.',
    api: {
      getSession: () => session({ permissions: everything(false, reason) }),
      listCronEntries: () => ({ items: entries().map((each) => ({ ...each, permissions: denied })), asOf: at(0) }),
    },
  },
}

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({
    getSession: () => session(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    createPreview: () => preview({ plan: plan({ cautions: ['One job is executing now.'] }) }),
    executePreview: () => {
      throw new Refusal('preview_drifted', 'The entry changed.', { plan: plan({ before: { queue: 'other' } }) })
    },
    ...over,
  })

for (const theme of ['light', 'dark']) {
  describe(`accessibility, ${theme}`, () => {
    beforeEach(() => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
    })
    afterEach(clear)

    for (const [name, { shows, api, entry: chosen = '' }] of Object.entries(states)) {
      it(`ops-cron, ${name}`, async () => {
        const page = mount('ops-cron', usual(api), { theme, entry: chosen })
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }

    it('the dialog, ready and drifted', async () => {
      const page = mount('ops-cron', usual(), { theme })
      ;(await until(() => button(page, 'Pause… nightly_sync'), 'the button')).click()
      const confirm = await until(() => button(page, 'Pause entry'), 'the preview')
      await accessible(page)
      confirm.click()
      await until(() => seen(all(page, 'dialog')[0]).includes('Drifted'), 'the drift')
      await accessible(page)
    })

    it('the form of a new entry', async () => {
      const page = mount('ops-cron', usual(), { theme })
      ;(await until(() => !button(page, 'New entry…')?.disabled && button(page, 'New entry…'), 'the button')).click()
      await until(() => button(page, 'Review'), 'the form')
      await accessible(page)
    })

    it('the menu, open', async () => {
      const page = mount('ops-cron', usual(), { theme })
      ;(await until(() => button(page, 'More for nightly_sync'), 'the button')).click()
      await until(() => all(page, '[role=menuitem]')[0], 'the items')
      await accessible(page)
    })

    it('ops-shell', async () => {
      const start = location.href
      window.history.replaceState(null, '', '/ops/jobs/cron')
      const shell = mount('ops-shell', usual(), { theme, base: '/ops/jobs' })
      await until(() => seen(shell).includes('ledger_close'), 'the page')
      await accessible(shell)
      window.history.replaceState(null, '', start)
    })
  })
}
