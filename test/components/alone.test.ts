import { FakeApi } from './fake-api.ts'
import { count, detail, jobPage, queuePage } from './job-sample.ts'
import { at, entries, session } from './sample.ts'
import { all, clear, equal, ok, seen, until } from './support.ts'

const realFetch = globalThis.fetch

describe('an element alone on a page', () => {
  let api: FakeApi

  beforeEach(() => {
    api = new FakeApi({ getSession: () => session({ base: '/admin/jobs' }), listCronEntries: () => ({ items: entries(), asOf: at(0) }) })
    globalThis.fetch = api.fetch
  })
  afterEach(() => {
    clear()
    globalThis.fetch = realFetch
  })

  it('needs nothing but the api attribute, and links to where the pages are', async () => {
    document.body.innerHTML = '<ops-cron api="/alone/one/api/v1"></ops-cron>'
    const page = document.body.firstElementChild!
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    await until(() => all(page, '.entry a')[0]!.getAttribute('href') === '/admin/jobs/cron?entry=nightly_sync', 'the link')
    ok(all(page, 'h2.page-title')[0], 'a heading below the page’s own')
  })

  it('is so for jobs and queues too', async () => {
    Object.assign(api.answers, { listJobs: () => jobPage(), countJobs: () => count(7), listQueues: () => queuePage(), getJob: () => detail('job-0002'), listBulkRuns: () => ({ items: [], asOf: at(0) }) })
    document.body.innerHTML = '<ops-jobs api="/alone/six/api/v1"></ops-jobs><ops-job api="/alone/six/api/v1" job-id="job-0002"></ops-job><ops-queues api="/alone/six/api/v1"></ops-queues>'
    const [list, one, queues] = [...document.body.children]
    await until(() => all(list, '.job a')[0]?.getAttribute('href') === '/admin/jobs/job/job-0001', 'the list')
    await until(() => seen(one).includes('Where it comes from'), 'the job')
    await until(() => all(queues, '.name a')[0]?.getAttribute('href') === '/admin/jobs/queue/mail', 'the queues')
  })

  it('waits for the api when it comes later', async () => {
    const page = document.createElement('ops-cron')
    document.body.append(page)
    await page.updateComplete
    equal(api.calls.length, 0, 'calls before')
    page.api = '/alone/two/api/v1'
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
  })

  it('lets somebody else navigate, and leaves the click to the browser otherwise', async () => {
    document.body.innerHTML = '<ops-cron api="/alone/three/api/v1" entry="nightly_sync"></ops-cron>'
    const page = document.body.firstElementChild!
    const link = await until(() => all<HTMLAnchorElement>(page, 'a[href*="/forensics/"]')[0], 'a link')
    const hrefs: string[] = []
    const router = (event: Event) => {
      hrefs.push((event as CustomEvent<{ href: string }>).detail.href)
      event.preventDefault()
    }
    document.addEventListener('ops-navigate', router)
    const handled = new MouseEvent('click', { bubbles: true, composed: true, cancelable: true })
    link.dispatchEvent(handled)
    document.removeEventListener('ops-navigate', router)
    equal(hrefs, ['/admin/jobs/forensics/cron_entry/nightly_sync'])
    ok(handled.defaultPrevented, 'the host went there itself')
    let left = false
    document.addEventListener(
      'click',
      (event) => {
        left = !event.defaultPrevented
        event.preventDefault()
      },
      { once: true },
    )
    link.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }))
    ok(left, 'the browser follows the link')
  })

  it('takes every colour from the page, and the theme from its attribute', async () => {
    document.body.innerHTML = '<ops-cron api="/alone/four/api/v1" theme="dark"></ops-cron>'
    const page = document.body.firstElementChild as HTMLElement
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    equal(getComputedStyle(page).backgroundColor, 'rgb(15, 19, 24)')
    page.setAttribute('theme', 'light')
    equal(getComputedStyle(page).backgroundColor, 'rgb(246, 247, 249)')
    document.documentElement.style.setProperty('--ops-bg', 'rgb(1, 2, 3)')
    equal(getComputedStyle(page).backgroundColor, 'rgb(1, 2, 3)')
    document.documentElement.style.removeProperty('--ops-bg')
  })

  it('may be registered twice', async () => {
    const again = await import(`../../components/pages/ops-cron.ts?again=${Date.now()}`)
    ok(again, 'the second copy')
  })
})
