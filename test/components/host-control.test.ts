import { html } from 'lit'
import { overview } from './evidence-sample.ts'
import { FakeApi } from './fake-api.ts'
import { count, detail, jobPage, queuePage } from './job-sample.ts'
import { at, entries, preview, session } from './sample.ts'
import { all, button, clear, equal, excludes, mount, ok, press, seen, until } from './support.ts'

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

  it('operations can be left out: no button, no menu item, no key', async () => {
    const page = mount('ops-cron', api())
    const provider = page.closest('ops-provider')!
    provider.setAttribute('hide-actions', 'pause_cron_entry, delete_cron_entry')
    const run = await until(() => button(page, 'Run now… nightly_sync'), 'the entry')
    await until(() => !button(page, 'Pause… nightly_sync')?.checkVisibility(), 'the hidden control')
    ok(run.checkVisibility(), 'the others stay')
    all<HTMLElement>(page, 'button.more')[0]!.click()
    const items = await until(() => {
      const found = all<HTMLElement>(page, '[role=menuitem]').filter((each) => each.checkVisibility()).map((each) => seen(each))
      return found.length > 0 && found
    }, 'the menu')
    ok(items.includes('Skip a run…') && !items.some((each) => /^(Pause|Delete)/.test(each)), items.join())
    provider.removeAttribute('hide-actions')
    await until(() => button(page, 'Pause… nightly_sync')?.checkVisibility(), 'the control, back')
  })

  it('an operation that is left out is not asked for by its key either', async () => {
    const jobs = new FakeApi({ getSession: () => session(), getJob: () => detail('job-0001'), listJobs: () => jobPage(), createPreview: () => preview() })
    const page = mount('ops-job', jobs, { 'job-id': 'job-0001', 'hide-actions': 'retry_job', keys: 'page' })
    const retry = await until(() => all<HTMLButtonElement>(page, '[data-action=retry_job]')[0], 'the job')
    await until(() => !retry.checkVisibility(), 'the hidden control')
    press('R', document.body)
    retry.click()
    await page.updateComplete
    await new Promise((done) => setTimeout(done))
    equal(jobs.count('createPreview'), 0)
  })

  it('heads and details take its own content', async () => {
    const jobs = new FakeApi({ getSession: () => session(), getJob: () => detail('job-0001'), listJobs: () => jobPage() })
    const page = mount('ops-job', jobs, { 'job-id': 'job-0001' })
    page.innerHTML = '<a slot="actions" href="/orders/1">Order</a><section slot="details">Its invoice</section>'
    await until(() => button(page, 'Retry…'), 'the job')
    const [link, details] = [...page.children] as HTMLElement[]
    const heading = all<HTMLElement>(page, '.page-title')[0]!.getBoundingClientRect()
    ok(link!.checkVisibility() && Math.abs(link!.getBoundingClientRect().top - heading.top) < 40, 'in the head')
    ok(details!.getBoundingClientRect().top > heading.bottom + 100, 'below the job')
  })

  it('its own words reach into sheets, menus and the search bar', async () => {
    const page = mount('ops-jobs', new FakeApi({ getSession: () => session(), listJobs: () => jobPage(), countJobs: () => count(7), listQueues: () => queuePage(), listBulkRuns: () => ({ items: [], asOf: at(0) }), getJobHistogram: () => ({ from: at(-60), to: at(0), counts: [], jobs: 0, partial: false, sortedBy: 'created', asOf: at(0) }) }))
    page.wording = { 'All time': 'Since the shop opened', 'By error': 'By cause' }
    await until(() => seen(page).includes('Since the shop opened') && seen(page).includes('By cause'), 'the words of the host')
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
