import arabic from '../../components/words/ar.ts'
import german from '../../components/words/de.ts'
import { FakeApi } from './fake-api.ts'
import { at, entries, entry, session } from './sample.ts'
import { all, clear, equal, excludes, mount, ok, seen, until } from './support.ts'

const needsReview = 'Needs Review'
const words = { de: german[needsReview], ar: arabic[needsReview] }

/** A list of entries of which one needs review. */
function api() {
  return new FakeApi({ getSession: () => session(), listCronEntries: () => ({ items: [...entries(), entry('late', { status: 'needs_review' })], asOf: at(0) }) })
}

const shows = (page: Element, text: string) => until(() => seen(page).includes(text), text)

describe('the language of an element', () => {
  afterEach(() => {
    clear()
    document.documentElement.removeAttribute('lang')
    document.documentElement.removeAttribute('dir')
  })

  it('is that of the page, and follows it while the element is open', async () => {
    const page = mount('ops-cron', api())
    await shows(page, needsReview)
    document.documentElement.lang = 'de'
    await shows(page, words.de)
    excludes(seen(page), needsReview)
    document.documentElement.lang = 'ar'
    await shows(page, words.ar)
    document.documentElement.removeAttribute('lang')
    await shows(page, needsReview)
  })

  it('is found for a region, and is English with the numbers and dates of the language where there is no catalogue', async () => {
    document.documentElement.lang = 'de-AT'
    const page = mount('ops-cron', api())
    await shows(page, words.de)
    document.documentElement.lang = 'fr'
    await shows(page, needsReview)
    const date = new Intl.DateTimeFormat('fr', { day: 'numeric', month: 'short' }).format(new Date(at(0)))
    await until(() => all(page, 'time').some((each) => each.textContent!.includes(date)), `the date as ${date}`)
    document.documentElement.lang = 'not_a_tag'
    await shows(page, needsReview)
  })

  it('is the nearest that is given, so that two elements on one page may differ', async () => {
    document.documentElement.lang = 'de'
    const german = mount('ops-cron', api())
    const box = document.body.appendChild(document.createElement('section'))
    box.lang = 'ar'
    box.dir = 'rtl'
    const arabic = mount('ops-cron', api())
    box.append(arabic.closest('ops-provider')!)
    await shows(german, words.de)
    await shows(arabic, words.ar)
    equal([getComputedStyle(german).direction, getComputedStyle(arabic).direction], ['ltr', 'rtl'])
    arabic.lang = 'en'
    await shows(arabic, needsReview)
    await shows(german, words.de)
    box.remove()
  })

  it('is found and followed across shadow roots of the host', async () => {
    const host = document.body.appendChild(document.createElement('div'))
    host.attachShadow({ mode: 'open' }).innerHTML = '<div lang="de"></div>'
    const inside = host.shadowRoot!.firstElementChild as HTMLElement
    const page = mount('ops-cron', api())
    inside.append(page.closest('ops-provider')!)
    await shows(page, words.de)
    inside.lang = 'ar'
    await shows(page, words.ar)
    host.remove()
  })

  it('has no flash of English once its catalogue is there', async () => {
    document.documentElement.lang = 'de'
    await shows(mount('ops-cron', api()), words.de)
    clear()
    let english = false
    const page = mount('ops-cron', api())
    const look = () => (english ||= seen(page).includes(needsReview))
    const observer = new MutationObserver(look)
    await until(() => page.shadowRoot, 'a root')
    observer.observe(page.shadowRoot!, { subtree: true, childList: true, characterData: true })
    await shows(page, words.de)
    observer.disconnect()
    ok(!english, 'no English before')
  })

  it('leaves dates and numbers to the locale of the host, if it gives one', async () => {
    document.documentElement.lang = 'de'
    const page = mount('ops-cron', api(), { locale: 'ja' })
    await shows(page, words.de)
    const date = new Intl.DateTimeFormat('ja', { day: 'numeric', month: 'short' }).format(new Date(at(0)))
    await until(() => all(page, 'time').some((each) => each.textContent!.includes(date)), `the date as ${date}`)
  })
})
