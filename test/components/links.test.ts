import { html, render } from 'lit'
import type { LinkTarget, Links } from '../../components/core/links.ts'
import { addressLinks, pageAt } from '../../components/core/links.ts'
import { pathTo } from '../../components/core/path-to.ts'
import type { NavigateDetail } from '../../components/core/navigate.ts'
import { viewActions } from '../../schemas/actions.ts'
import { overview } from './evidence-sample.ts'
import { FakeApi } from './fake-api.ts'
import { detail, jobPage, count } from './job-sample.ts'
import { at, entries, session } from './sample.ts'
import { all, button, clear, equal, mount, ok, seen, until } from './support.ts'

const api = () =>
  new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listJobs: () => jobPage(),
    countJobs: () => count(7),
    getJob: () => detail('job-0002'),
    listBulkRuns: () => ({ items: [], asOf: at(0) }),
  })

/** The engine's dashboard is a page of the server, not one of ours. */
const isBridge = (href: string) => href === '/ops/jobs/pg-boss'

const hrefs = (root: Element) => all(root, 'a[href]').map((link) => link.getAttribute('href')!)

describe('the addresses of our pages', () => {
  afterEach(clear)

  const cases: [string, Omit<LinkTarget, 'path'>][] = [
    ['', { page: 'overview', params: {} }],
    ['/', { page: 'overview', params: {} }],
    ['/list?state=discarded&queue=a+b', { page: 'jobs', params: { state: 'discarded', queue: 'a b' } }],
    ['/job/a%2Fb', { page: 'job', params: { jobId: 'a/b' } }],
    ['/job/a/b/', { page: 'job', params: { jobId: 'a/b' } }],
    ['/queue/%E9%83%B5%E4%BE%BF', { page: 'queue', params: { queue: '郵便' } }],
    ['/forensics', { page: 'forensics', params: {} }],
    ['/forensics/cron_entry/nightly%20sync#chronology', { page: 'forensics', params: { subjectType: 'cron_entry', subjectId: 'nightly sync' } }],
    ['/incident/1?range=1h', { page: 'incident', params: { range: '1h', incidentId: '1' } }],
    ['/errors?group=7f', { page: 'errors', params: { group: '7f' } }],
  ]
  for (const [path, { page, params }] of cases) {
    it(`mean a page and what it shows: ${path || 'the base itself'}`, () => {
      const found = pageAt('/ops/jobs', `/ops/jobs${path}`)
      equal([found?.page, found?.params], [page, params])
    })
  }

  for (const href of ['/ops/jobsearch', '/ops', '/elsewhere', '/ops/jobs/api/v1/jobs', '/ops/jobs/native/pg-boss', '/ops/jobs/job/%zz', '/ops/jobs/job', '/ops/jobs/cron/more', '/ops/jobs/forensics/job', '/ops/jobs/constructor', 'https://example.com/ops/jobs/cron', '#chronology']) {
    it(`are not confused with others: ${href}`, () => equal(pageAt('/ops/jobs', href), undefined))
  }

  it('are all paths that the server opens, each with its view', () => {
    for (const [view, { paths }] of Object.entries(viewActions)) {
      for (const path of paths as readonly string[]) {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
        const found = pageAt('/ops', `/ops${path.replaceAll(/[{}]/g, '')}`)
        equal([path, found?.view, Object.entries(found?.params ?? {})], [path, view, names.map((name) => [name, name])])
      }
    }
  })

  it('are made of a page and what it shows, without empty values', () => {
    equal(pathTo('jobs', { state: 'discarded', queue: '', worker: undefined }), '/list?state=discarded')
    equal(pathTo('job', { jobId: 'a/b' }), '/job/a%2Fb')
    equal(pathTo('forensics'), '/forensics')
    equal(pathTo('forensics', { subjectType: 'job', subjectId: '1', range: '1h' }), '/forensics/job/1?range=1h')
    equal(pathTo('overview'), '/')
  })

  it('follow a link whose target changes or goes away, and come back when it may be opened', () => {
    const place = document.createElement('div')
    const links: Links = ({ page }) => `/host/${page}`
    const draw = (href: string | undefined, may: boolean) => {
      render(html`<a href=${href ?? ''} ?hidden=${href === undefined}>x</a>`, place)
      addressLinks(place, '/ops', () => may, links)
      return place.querySelector('a')!.getAttribute('href')
    }
    equal(draw('/ops/cron', true), '/host/cron')
    equal(draw('/ops/cron', true), '/host/cron')
    equal(draw('/ops/audit', true), '/host/audit')
    equal(draw('/ops/audit', false), null)
    equal(draw('/ops/audit', true), '/host/audit')
    equal(draw('/elsewhere', true), '/elsewhere')
  })
})

describe('the host’s own addresses', () => {
  afterEach(clear)

  it('are those of every link of an element, of its menus and of what the server answered', async () => {
    const page = mount('ops-overview', api())
    const asked: LinkTarget[] = []
    page.links = (target) => {
      asked.push(target)
      return `/admin/background/${target.page}/${new URLSearchParams(target.params).toString()}`
    }
    await until(() => hrefs(page).length > 5, 'links')
    await page.updateComplete
    equal(hrefs(page).filter((href) => href.startsWith('/ops/jobs') && !isBridge(href)), [])
    ok(asked.some(({ page: name, params }) => name === 'cron' && params.entry), 'a cron entry with its name')
  })

  it('come from the provider, are followed when they change, and the usual address is used where there is none', async () => {
    const page = mount('ops-cron', api())
    const provider = page.closest('ops-provider')!
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    provider.links = ({ page: name, params }) => (name === 'cron' ? `/schedules/${params.entry}` : undefined)
    await until(() => hrefs(page).includes('/schedules/nightly_sync'), 'the host’s address')
    button(page, 'More for nightly_sync')!.click()
    await until(() => hrefs(page).includes('/schedules/nightly_sync') && hrefs(page).includes('/ops/jobs/forensics/cron_entry/nightly_sync'), 'the usual one for others')
    provider.links = undefined
    await until(() => hrefs(page).includes('/ops/jobs/cron?entry=nightly_sync'), 'the usual address again')
  })

  it('of an element go before those of its provider', async () => {
    const page = mount('ops-cron', api())
    page.closest('ops-provider')!.links = ({ page: name }) => `/outer/${name}`
    page.links = ({ page: name }) => (name === 'cron' ? '/inner/cron' : undefined)
    await until(() => hrefs(page).includes('/inner/cron'), 'its own')
    button(page, 'More for nightly_sync')!.click()
    await until(() => hrefs(page).includes('/outer/forensics'), 'that of the provider')
  })

  it('never open a page that the actor may not see', async () => {
    const closed = api()
    closed.answers.getSession = () => session({ permissions: { ...session().permissions, view_forensics: { allowed: false, reason: 'Not yours.' } } })
    const page = mount('ops-cron', closed, { entry: 'nightly_sync' })
    page.links = ({ path }) => `/host${path}`
    await until(() => hrefs(page).some((href) => href.startsWith('/host/cron')), 'links')
    equal(hrefs(page).filter((href) => href.includes('forensics')), [])
  })
})

describe('ops-navigate', () => {
  afterEach(clear)

  const announced = async (init: MouseEventInit = {}, type = 'click') => {
    const page = mount('ops-cron', api(), { entry: 'nightly_sync' })
    page.links = ({ path }) => `/host${path}`
    const link = await until(() => all(page, 'a[href="/host/forensics/cron_entry/nightly_sync"]')[0], 'the link')
    const details: NavigateDetail[] = []
    const listen = (event: Event) => {
      details.push((event as CustomEvent<NavigateDetail>).detail)
      event.preventDefault()
    }
    document.addEventListener('ops-navigate', listen)
    let prevented = false
    document.addEventListener(type, (event) => ((prevented = event.defaultPrevented), event.preventDefault()), { once: true })
    const click = new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, ...init })
    link.dispatchEvent(click)
    document.removeEventListener('ops-navigate', listen)
    clear()
    return { details, prevented }
  }

  it('says once which page was meant, with the host’s address', async () => {
    const { details, prevented } = await announced()
    equal(details, [{ page: 'forensics', params: { subjectType: 'cron_entry', subjectId: 'nightly_sync' }, path: '/forensics/cron_entry/nightly_sync', href: '/host/forensics/cron_entry/nightly_sync', newTab: false }])
    ok(prevented, 'the host goes there itself')
  })

  it('says when a new tab was meant', async () => {
    for (const init of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }]) equal((await announced(init)).details.map(({ newTab }) => newTab), [true])
    equal((await announced({ button: 1 }, 'auxclick')).details.map(({ newTab }) => newTab), [true])
  })

  it('is silent about the right button and about downloads with Alt', async () => {
    equal((await announced({ button: 2 }, 'auxclick')).details, [])
    equal((await announced({ altKey: true })).details, [])
  })
})

describe('ops-shell with addresses of its own', () => {
  const before = location.href
  afterEach(() => {
    clear()
    history.replaceState(null, '', before)
  })

  const shell = (attributes: Record<string, string>) => mount('ops-shell', api(), attributes)

  it('leads to pages below its base, also from links inside pages and of the server', async () => {
    history.replaceState(null, '', '/console/cron')
    const page = shell({ base: '/console' })
    await until(() => seen(page).includes('nightly_sync'), 'the page')
    await until(() => hrefs(page).includes('/console/cron?entry=nightly_sync'), 'links inside')
    equal(hrefs(page).filter((href) => href.startsWith('/ops/jobs') && !isBridge(href)), [])
    all<HTMLElement>(page, 'a[href="/console/cron?entry=nightly_sync"]')[0]!.click()
    equal(location.pathname + location.search, '/console/cron?entry=nightly_sync')
  })

  it('keeps its pages in the fragment with the base #', async () => {
    const path = location.pathname
    const page = shell({ base: '#' })
    await until(() => seen(page).includes('Overview'), 'the overview')
    const link = await until(() => all<HTMLElement>(page, 'nav a').find((each) => each.getAttribute('href') === '#/cron'), 'the link')
    link.click()
    await until(() => seen(page).includes('nightly_sync'), 'the page')
    equal([location.pathname, location.hash], [path, '#/cron'])
    all<HTMLElement>(page, 'a[href="#/cron?entry=nightly_sync"]')[0]!.click()
    equal(location.hash, '#/cron?entry=nightly_sync')
    history.back()
    await until(() => location.hash === '#/cron', 'the way back')
  })

  it('leaves a page to the host that has its own address for it', async () => {
    history.replaceState(null, '', '/console/cron')
    const page = shell({ base: '/console' })
    page.links = ({ page: name, params }) => (name === 'forensics' ? `/orders?about=${params.subjectId}` : undefined)
    const menu = await until(() => button(page, 'More for nightly_sync'), 'the page')
    menu.click()
    const link = await until(() => all<HTMLElement>(page, 'a[href="/orders?about=nightly_sync"]')[0], 'the host’s address')
    let left = false
    document.addEventListener('click', (event) => ((left = !event.defaultPrevented), event.preventDefault()), { once: true })
    link.click()
    ok(left, 'the browser follows it')
  })
})
