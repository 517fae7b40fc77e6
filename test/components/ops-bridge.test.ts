import { FakeApi, Refusal } from './fake-api.ts'
import { everything, session } from './sample.ts'
import { accessible, all, button, clear, equal, excludes, includes, mount, ok, seen, until } from './support.ts'

const bridges = [
  { name: 'pg-boss', label: 'pg-boss Dashboard bridge', href: '/ops/jobs/pg-boss' },
  { name: 'bull-board', label: 'Bull Board bridge', href: '/ops/jobs/bull-board' },
]
const withSession = (over: Parameters<typeof session>[0]) => new FakeApi({ getSession: () => session(over) })

describe('ops-bridge', () => {
  afterEach(clear)

  it('shows each installed bridge, for looking only, with a link to it', async () => {
    const page = mount('ops-bridge', withSession({ bridges }))
    const cards = await until(() => all(page, '.dashboard').length === 2 && all(page, '.dashboard'), 'two cards')
    for (const part of ['Inspection only', 'pg-boss Dashboard bridge', 'read-only for everyone']) includes(seen(cards[0]), part)
    const link = cards[0]!.querySelector('a')!
    equal([seen(link), link.getAttribute('href')], ['Open pg-boss Dashboard bridge', '/ops/jobs/pg-boss'])
    ok(seen(cards[0]).lastIndexOf('Inspection only') < seen(cards[0]).indexOf('Open pg-boss'), 'the owner stands in front')
  })

  it('puts nothing of the dashboard into the page, and no control that changes anything', async () => {
    const page = mount('ops-bridge', withSession({ bridges }))
    await until(() => all(page, '.dashboard').length === 2, 'the cards')
    equal(all(page, 'iframe, form, button').length, 0, 'frames and controls')
  })

  it('shows only the one asked for', async () => {
    const page = mount('ops-bridge', withSession({ bridges }), { name: 'bull-board' })
    await until(() => all(page, '.dashboard').length === 1, 'one card')
    excludes(seen(page), 'pg-boss Dashboard')
  })

  it('says plainly that it is not installed, without a link to it', async () => {
    const page = mount('ops-bridge', withSession({ bridges: [] }), { name: 'pg-boss' })
    await until(() => seen(page).includes('“pg-boss” is not installed here'), 'the sentence')
    equal(all(page, 'a').length, 0, 'links')
    equal(all(page, 'slot[name=empty]').length, 1, 'slots')
  })

  it('says plainly that it is not allowed, and why', async () => {
    const permissions = { ...everything(true), view_bridge: { allowed: false, reason: 'Only ops may look there.' } }
    const page = mount('ops-bridge', withSession({ bridges: [], permissions }))
    await until(() => seen(page).includes('Only ops may look there.'), 'the reason')
    excludes(seen(page), 'not installed')
  })

  it('tries again when it could not ask', async () => {
    let broken = true
    const api = new FakeApi({
      getSession: () => {
        if (broken) throw new Refusal('unavailable', 'The database did not answer.')
        return session({ bridges })
      },
    })
    const page = mount('ops-bridge', api)
    await until(() => seen(page).includes('did not answer'), 'the error')
    broken = false
    button(page, 'Try again')!.click()
    await until(() => all(page, '.dashboard').length === 2, 'the cards')
  })

  for (const theme of ['light', 'dark']) {
    const states: Record<string, { shows: string; answer: () => unknown }> = {
      installed: { shows: 'Open Bull Board', answer: () => session({ bridges }) },
      'not installed': { shows: 'Not installed', answer: () => session({ bridges: [] }) },
      loading: { shows: 'Loading', answer: () => new Promise(() => undefined) },
    }
    for (const [name, { shows, answer }] of Object.entries(states)) {
      it(`is accessible, ${name}, ${theme}`, async () => {
        const page = mount('ops-bridge', new FakeApi({ getSession: answer }), { theme })
        await until(() => seen(page).includes(shows), shows)
        await accessible(page)
      })
    }
  }
})
