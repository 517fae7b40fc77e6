import { setViewport } from '@web/test-runner-commands'
import { FakeApi, Refusal } from './fake-api.ts'
import { count, detail, jobPage } from './job-sample.ts'
import { at, entries, everything, session } from './sample.ts'
import { accessible, all, clear, deepFocus, equal, excludes, includes, mount, ok, seen, type, until } from './support.ts'

const start = location.href

const usual = (over: ConstructorParameters<typeof FakeApi>[0] = {}) =>
  new FakeApi({ getSession: () => session(), listCronEntries: () => ({ items: entries(), asOf: at(0) }), ...over })

async function openAt(path: string, api = usual()) {
  history.replaceState(null, '', path)
  const shell = mount('ops-shell', api, { base: '/ops/jobs' })
  await until(() => seen(shell).includes('pg-boss 12.35.0') || seen(shell).includes('Sign in'), 'the shell')
  return shell
}

const click = (link: Element | undefined) => {
  const event = new MouseEvent('click', { bubbles: true, composed: true, cancelable: true })
  link?.dispatchEvent(event)
  return event
}

describe('ops-shell', () => {
  afterEach(() => {
    clear()
    history.replaceState(null, '', start)
  })

  it('shows the page of the address, with what its query says', async () => {
    const shell = await openAt('/ops/jobs/cron?state=paused&api=https://evil.example/api/v1')
    const page = await until(() => all<HTMLElementTagNameMap['ops-cron']>(shell, 'ops-cron')[0], 'the page')
    await until(() => seen(page).includes('nightly_sync'), 'the entries')
    equal(page.state, 'paused')
    equal(page.api, undefined, 'the api, which no address may set')
    equal(document.title, 'Cron · Jobs')
    const here = all(shell, 'nav [aria-current=page]')
    equal(here.map(seen), ['Cron'])
    ok(all(page, 'h1.page-title')[0], 'the page’s heading')
  })

  it('has its pages in three groups, what is wrong now first', async () => {
    const shell = await openAt('/ops/jobs/cron')
    const titles = all(shell, 'nav .pages').map((group) => all(group, 'li').map(seen))
    equal(titles.map((group) => group.at(0)), ['Overview', 'Jobs', 'Forensics'])
    equal(titles.at(-1), ['Forensics', 'Audit'])
  })

  it('goes to another page without loading, moves the focus to its heading, and comes back', async () => {
    const shell = await openAt('/ops/jobs/cron')
    await until(() => seen(shell).includes('ledger_close'), 'the entries')
    const link = all(shell, 'a[href="/ops/jobs/"]')[0]
    ok(click(link).defaultPrevented, 'the shell goes there itself')
    await until(() => location.pathname === '/ops/jobs/' && document.title === 'Overview · Jobs', 'the overview')
    await until(() => deepFocus().classList.contains('page-title'), 'the focus on the heading')
    history.back()
    await until(() => document.title === 'Cron · Jobs', 'the way back')
  })

  it('keeps filters in the address', async () => {
    const shell = await openAt('/ops/jobs/cron')
    const link = await until(() => all(shell, '.entry a')[0], 'an entry')
    click(link)
    await until(() => location.search === '?entry=nightly_sync', 'the address')
  })

  it('goes back to what was shown before somebody looked for something, in one step', async () => {
    const shell = await openAt('/ops/jobs/cron')
    const page = await until(() => all<HTMLElementTagNameMap['ops-cron']>(shell, 'ops-cron')[0], 'the page')
    click(await until(() => all(shell, '.entry a')[0], 'an entry'))
    await until(() => page.entry === 'nightly_sync', 'the entry')
    const steps = history.length
    type(await until(() => all(page, 'input[type=search]')[0], 'the search'), 'sync')
    await until(() => location.search === '?q=sync&entry=nightly_sync', 'the address')
    equal(history.length, steps)
    history.back()
    await until(() => location.search === '' && page.entry === '' && page.q === '', 'the page as it was')
  })

  it('leaves links that are not its pages to the browser', async () => {
    const shell = await openAt('/ops/jobs/cron')
    const bridge = await until(() => all(shell, 'a[href="/ops/jobs/pg-boss"]')[0], 'the bridge')
    includes(seen(bridge), 'pg-boss Dashboard')
    let left = false
    document.addEventListener(
      'click',
      (event) => {
        left = !event.defaultPrevented
        event.preventDefault()
      },
      { once: true },
    )
    click(bridge)
    ok(left, 'the browser follows it')
  })

  it('names no bridge that is not there', async () => {
    const shell = await openAt('/ops/jobs/cron', usual({ getSession: () => session({ bridges: [] }) }))
    excludes(seen(shell), 'Inspection only')
  })

  it('shows a page the actor may not see without a link, with the reason', async () => {
    const permissions = { ...everything(true), view_audit: { allowed: false, reason: 'Support may not read the audit log.' }, view_overview: { allowed: false, reason: 'Support starts at cron.' } }
    const shell = await openAt('/ops/jobs/cron', usual({ getSession: () => session({ permissions }) }))
    includes(seen(shell), 'Support starts at cron.')
    ok(!all(shell, 'nav a[href="/ops/jobs/"]')[0], 'no link to the overview')
  })

  it('offers what is open to somebody whose page is not', async () => {
    const reason = 'Support may look at cron only.'
    const permissions = { ...everything(true), ...Object.fromEntries(['view_overview', 'view_incidents', 'view_jobs', 'view_queues', 'view_forensics', 'view_audit'].map((view) => [view, { allowed: false, reason }])) }
    const api = usual({ getSession: () => session({ permissions }) })
    const shell = await openAt('/ops/jobs', api)
    const main = await until(() => seen(all(shell, 'main')[0]).includes('not open to you') && all(shell, 'main')[0], 'the refusal')
    includes(seen(main), reason)
    equal(all(main, 'a').map((link) => [seen(link), link.getAttribute('href')]), [['Cron', '/ops/jobs/cron']])
    equal(all(shell, 'nav p.refusal').map(seen), [reason], 'the reason once in the navigation')
    await accessible(shell)
    click(all(main, 'a')[0])
    await until(() => seen(shell).includes('ledger_close'), 'the page that is open')
    await until(() => deepFocus().classList.contains('page-title'), 'the focus on its heading')
  })

  it('shows one job by its id in the path, whatever characters that has, below its list', async () => {
    const id = 'mail:7f3c/91 d0?'
    const shell = await openAt(`/ops/jobs/job/${encodeURIComponent(id)}`, usual({ getJob: ({ params }) => detail(params.id!) }))
    const page = await until(() => all<HTMLElementTagNameMap['ops-job']>(shell, 'ops-job')[0], 'the page')
    await until(() => seen(page).includes('Where it comes from'), 'the job')
    equal(page.jobId, id)
    equal(document.title, 'SendWelcome retryable · Job · Jobs', 'a name instead of the id')
    equal(all(shell, 'nav [aria-current=page]').map(seen), ['Jobs'])
    ok(!all(shell, 'nav a[href="/ops/jobs/job"]')[0], 'no place of its own in the navigation')
  })

  it('reads the filters of the list from the address, and writes them there', async () => {
    const shell = await openAt('/ops/jobs/list?state=retryable&id=job-0002&args=%7B%22a%22%3A1%7D', usual({ listJobs: () => jobPage(), countJobs: () => count(7) }))
    const page = await until(() => all<HTMLElementTagNameMap['ops-jobs']>(shell, 'ops-jobs')[0], 'the page')
    await until(() => page.state === 'retryable' && page.jobId === 'job-0002' && page.args === '{"a":1}', 'the filters')
    equal(page.id, '', 'the element’s own id')
    click(await until(() => all(page, '.tabs a').find((tab) => seen(tab).startsWith('discarded')), 'the tab'))
    await until(() => new URLSearchParams(location.search).get('state') === 'discarded', 'the address')
    equal(new URLSearchParams(location.search).get('id'), 'job-0002')
  })

  it('offers jobs and queues only to who may see them', async () => {
    const permissions = { ...everything(true), view_jobs: { allowed: false, reason: 'Jobs are not for you.' } }
    const shell = await openAt('/ops/jobs/cron', usual({ getSession: () => session({ permissions }) }))
    ok(!all(shell, 'nav a[href="/ops/jobs/list"]')[0], 'no link to the jobs')
    ok(all(shell, 'nav a[href="/ops/jobs/queues"]')[0], 'a link to the queues')
    includes(seen(shell), 'Jobs are not for you.')
  })

  it('says that an unknown address is unknown', async () => {
    const shell = await openAt('/ops/jobs/nonsense')
    await until(() => seen(shell).includes('There is no such page'), 'the page for that')
    await until(() => document.title === 'Not found · Jobs', 'the title of that')
  })

  it('asks to sign in when the session has ended', async () => {
    const nobody = () => {
      throw new Refusal('unauthenticated', 'No session cookie was sent.')
    }
    const shell = await openAt('/ops/jobs/cron', usual({ getSession: nobody, listCronEntries: nobody }))
    await until(() => seen(shell).includes('Sign in to see this'), 'the sign-in state')
  })

  it('notices when the session ends while a page is open', async () => {
    let signedIn = true
    const unless = (answer: () => unknown) => () => {
      if (!signedIn) throw new Refusal('unauthenticated', 'The session has ended.')
      return answer()
    }
    const api = usual({ getSession: unless(() => session()), listCronEntries: unless(() => ({ items: entries(), asOf: at(0) })) })
    const shell = await openAt('/ops/jobs/cron', api)
    await until(() => seen(shell).includes('ledger_close') && api.openStreams === 1, 'the entries')
    signedIn = false
    api.hint({ topic: 'cron' })
    await until(() => all(shell, 'main > .problem').length === 1, 'the sign-in state')
    excludes(seen(all(shell, 'main')[0]), 'ledger_close')
  })

  it('says who is looking, at which engine, and whether it is live', async () => {
    const shell = await openAt('/ops/jobs/cron')
    await until(() => all(shell, 'footer .dot.live')[0], 'the live state')
    includes(seen(all(shell, 'footer')[0]), 'ops-demo')
  })

  it('opens the menu before the eyes, however far the page is scrolled, and closes it on Escape', async () => {
    await setViewport({ width: 390, height: 700 })
    const shell = await openAt('/ops/jobs/cron')
    await until(() => seen(shell).includes('ledger_close'), 'the entries')
    const menu = await until(() => all<HTMLElement>(shell, '.menu')[0], 'the button')
    scrollTo(0, 600)
    ok(scrollY > 300, 'a page that is longer than the window')
    menu.click()
    const nav = await until(() => all<HTMLElement>(shell, 'nav.open')[0], 'the menu')
    ok(nav.getBoundingClientRect().top >= 0 && nav.getBoundingClientRect().top < innerHeight / 2, 'in view')
    nav.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }))
    await until(() => !all(shell, 'nav.open')[0], 'the closed menu')
    equal(deepFocus(), menu)
    await setViewport({ width: 800, height: 600 })
  })

  it('leaves out no level of headings', async () => {
    const shell = await openAt('/ops/jobs/job/job-0002', usual({ getJob: () => detail('job-0002') }))
    await until(() => seen(shell).includes('Where it comes from'), 'the job')
    const levels = all(all(shell, 'ops-job')[0], 'h1, h2, h3').filter((heading) => !heading.closest('dialog')).map((heading) => Number(heading.getAttribute('aria-level') ?? heading.localName.slice(1)))
    equal(levels[0], 1)
    ok(levels.every((level, index) => index === 0 || level <= levels[index - 1]! + 1), `levels ${levels}`)
  })

  it('shows what it would link to a closed page as plain text', async () => {
    const permissions = { ...everything(true), view_forensics: { allowed: false }, view_audit: { allowed: false }, view_queues: { allowed: false } }
    const shell = await openAt('/ops/jobs/job/job-0002', usual({ getSession: () => session({ permissions }), getJob: () => detail('job-0002') }))
    const page = await until(() => all(shell, 'ops-job')[0], 'the page')
    await until(() => seen(page).includes('Where it comes from'), 'the job')
    const leading = () => all<HTMLAnchorElement>(page, 'a[href]').map((link) => link.getAttribute('href')!)
    await until(() => leading().length > 0 && !leading().some((href) => /\/(forensics|audit|queues)\b/.test(href)), 'no way to a closed page')
    ok(leading().some((href) => href.startsWith('/ops/jobs/list')), 'the others stay')
  })
})
