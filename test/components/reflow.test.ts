import { overview } from './evidence-sample.ts'
import { FakeApi } from './fake-api.ts'
import { count, jobPage, queuePage } from './job-sample.ts'
import { at, entries, event, session } from './sample.ts'
import { all, clear, equal, mount, seen, until } from './support.ts'

/** Each with what it shows once it is there; elements without data show why. */
const pages = {
  'ops-overview': 'Needs Review',
  'ops-cron': 'nightly_sync',
  'ops-jobs': 'job-0001',
  'ops-queues': 'mail',
  'ops-audit': 'nightly_sync',
  'ops-bridge': 'pg-boss',
  'ops-forensics': 'Open evidence',
  'ops-incidents': 'There is no',
  'ops-errors': 'There is no',
  'ops-executors': 'There is no',
} as const

const api = () =>
  new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listJobs: () => jobPage(),
    countJobs: () => count(7),
    listBulkRuns: () => ({ items: [], asOf: at(0) }),
    listQueues: () => queuePage(),
    listAuditEvents: () => ({ items: [event()], asOf: at(0) }),
  })

const narrow: Record<string, string> = {
  '320 px': 'display: block; width: 320px',
  'text of twice the size': 'display: block; width: 640px; --ops-size: 28px',
}

/** What sticks out of the element and cannot be scrolled to within a part of it. */
function stickingOut(page: HTMLElement): string[] {
  const { left, right } = page.getBoundingClientRect()
  return all<HTMLElement>(page, '*')
    .filter((each) => {
      const box = each.getBoundingClientRect()
      return box.width > 1 && box.height > 1 && (box.right > right + 1 || box.left < left - 1) && each.checkVisibility() && !isInScroller(each, page)
    })
    .map((each) => `${each.localName}.${each.getAttribute('class') ?? ''}`)
}

function isInScroller(each: Element, page: Element): boolean {
  for (let up: Element | null = each; up && up !== page; up = up.assignedSlot ?? up.parentElement ?? ((up.getRootNode() as ShadowRoot).host ?? null)) {
    if (getComputedStyle(up).overflowX !== 'visible' || up.closest('svg')) return true
  }
  return false
}

for (const [how, style] of Object.entries(narrow)) {
  describe(`nothing sticks out, at ${how}`, () => {
    afterEach(clear)

    for (const [tag, shows] of Object.entries(pages)) {
      it(tag, async () => {
        const page = mount(tag as keyof typeof pages, api())
        page.style.cssText = style
        await until(() => seen(page).includes(shows) || all(page, '.problem, .empty').length > 0, shows)
        await page.updateComplete
        equal([...new Set(stickingOut(page))].slice(0, 6), [])
      })
    }
  })
}
