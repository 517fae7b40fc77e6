import { html } from 'lit'
import { overview } from './evidence-sample.ts'
import { FakeApi } from './fake-api.ts'
import { queuePage } from './job-sample.ts'
import { at, entries, session } from './sample.ts'
import { all, clear, equal, excludes, mount, ok, seen, until } from './support.ts'

const api = () =>
  new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listQueues: () => queuePage(),
    countIncidents: () => ({ open: 0, capped: false, asOf: at(0) }),
  })

describe('what a host may change in an element', () => {
  const before = location.href
  afterEach(() => {
    clear()
    history.replaceState(null, '', before)
  })

  it('rows take its own controls, made from what the row shows', async () => {
    const page = mount('ops-queues', api())
    page.rowActions = ({ name }: { name: string }) => html`<button class="mine">Order of ${name}</button>`
    const buttons = await until(() => {
      const found = all(page, '.mine')
      return found.length > 1 && found
    }, 'the controls')
    ok(buttons.some((each) => seen(each) === 'Order of mail'), buttons.map((each) => seen(each)).join())
  })

  it('columns can be hidden by name, and come back', async () => {
    const page = mount('ops-queues', api(), { 'hide-columns': 'name do' })
    page.style.width = '1200px'
    await until(() => all<HTMLElement>(page, 'td.do').length > 0 && all<HTMLElement>(page, 'td.do, th.name').every((each) => !each.checkVisibility()), 'the hidden cells')
    const heads = () => all<HTMLElement>(page, 'thead th').filter((each) => each.checkVisibility()).length
    const fewer = heads()
    page.hideColumns = ''
    await until(() => all<HTMLElement>(page, 'td.do').every((each) => each.checkVisibility()), 'the shown cells')
    equal(heads(), fewer + 2)
  })

  it('compact makes rows lower, also for everything inside a provider', async () => {
    const page = mount('ops-cron', api())
    page.style.width = '1200px'
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    const row = page
    const usual = row.offsetHeight
    const provider = page.closest('ops-provider')!
    provider.compact = true
    await provider.updateComplete
    ok(row.offsetHeight < usual, `${row.offsetHeight} px instead of ${usual}`)
  })

  it('limit is asked of the API, within what it gives', async () => {
    for (const [limit, asked] of [['4', '4'], ['9999', '200'], ['0', '100'], ['many', '100']] as const) {
      const one = api()
      mount('ops-queues', one, { limit })
      const call = await until(() => one.calls.find(({ name }) => name === 'listQueues'), 'the request')
      equal([limit, call.query.get('limit')], [limit, asked])
      clear()
    }
  })

  it('its own words stand in for ours, from the provider too', async () => {
    const page = mount('ops-overview', api())
    const provider = page.closest('ops-provider')!
    provider.wording = { 'Powertools-native': 'Shop console' }
    await until(() => seen(page).includes('Shop console'), 'the words of the host')
    excludes(seen(page), 'Powertools-native')
    page.wording = { 'Powertools-native': 'Back office' }
    await until(() => seen(page).includes('Back office'), 'those of the element')
  })

  it('a page that it does not offer is no link, and not in the navigation', async () => {
    const page = mount('ops-cron', api(), { entry: 'nightly_sync' })
    page.links = ({ page: name }) => (name === 'forensics' ? null : undefined)
    await until(() => all(page, 'a[href*="/cron?"]').length > 0, 'links')
    await until(() => all(page, 'a[href*="forensics"]').length === 0, 'no link to forensics')
    clear()
    history.replaceState(null, '', '/ops/jobs/cron')
    const shell = mount('ops-shell', api(), { base: '/ops/jobs', pages: 'overview cron' })
    await until(() => seen(shell).includes('nightly_sync'), 'the page')
    const links = await until(() => {
      const found = all(shell, 'nav .pages a').map((each) => each.getAttribute('href'))
      return found.length > 0 && found
    }, 'the navigation')
    equal(links, ['/ops/jobs/', '/ops/jobs/cron'])
  })
})
