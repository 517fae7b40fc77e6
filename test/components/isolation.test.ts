import { FakeApi } from './fake-api.ts'
import { overview } from './evidence-sample.ts'
import { at, entries, event, preview, session } from './sample.ts'
import { all, button, clear, equal, ok, until } from './support.ts'

const textual = ['color', 'color-scheme', 'font-family', 'font-size', 'font-style', 'font-weight', 'font-stretch', 'font-variant', 'font-feature-settings', 'font-kerning', 'line-height', 'letter-spacing', 'word-spacing', 'text-align', 'text-decoration-line', 'text-indent', 'text-shadow', 'text-transform', 'text-wrap-mode', 'white-space-collapse', 'word-break', 'overflow-wrap', 'hyphens', 'tab-size', 'quotes', 'list-style-type', 'border-collapse', 'border-spacing', 'caption-side', 'writing-mode', 'cursor', '-webkit-text-fill-color', '-webkit-text-stroke-width', 'background-color', 'padding-left', 'border-top-left-radius', 'border-top-width', 'min-height', 'fill'] as const

const inherited = `
  font: italic small-caps 900 31px/3 fantasy !important; letter-spacing: 9px !important; word-spacing: 11px !important; text-transform: uppercase !important;
  white-space: pre !important; text-align: end !important; text-indent: 40px !important; text-shadow: 1px 1px red !important; font-variant: small-caps !important;
  word-break: break-all !important; overflow-wrap: anywhere !important; hyphens: auto !important; tab-size: 31 !important; quotes: "a" "b" !important;
  list-style: square !important; border-collapse: collapse !important; border-spacing: 9px !important; caption-side: bottom !important; cursor: wait !important;
  color: rgb(1, 2, 3) !important; -webkit-text-fill-color: red !important; -webkit-text-stroke: 3px red !important;
  font-feature-settings: "smcp" !important; font-kerning: none !important; font-stretch: 50% !important; text-decoration: line-through !important;`

const tags = ['ops-overview', 'ops-cron', 'ops-audit', 'ops-bridge', 'ops-forensics']

/** What a page may do to everything on it, on purpose or by an old style sheet. */
const hostile: Record<string, string> = {
  'inherited from the body': `body { ${inherited} }`,
  'on every element, important': `* { ${inherited} }`,
  'by type and class': `button, input, a, h1, h2, h3, p, table, td, th, ul, li, dialog, label, .card, .button, .chip, .muted { ${inherited} background: red !important; padding: 31px !important; border: 9px solid !important; min-height: 99px !important }`,
  'everything unset': '* { all: unset !important }',
  'everything initial': '* { all: initial !important }',
}

/** Computed styles of everything inside the elements; the boxes of the elements themselves are the host's. */
function inside(root: Element): string[] {
  // The provider’s own slot holds content of the host.
  return all<Element>(root, '*')
    .filter((each) => each.getRootNode() instanceof ShadowRoot && each.getRootNode() !== root.shadowRoot)
    .map((each) => {
      const style = getComputedStyle(each)
      return [each.localName, each.className.toString(), ...textual.map((name) => `${name}: ${style.getPropertyValue(name)}`)].join('; ')
    })
}

async function scene(): Promise<HTMLElement> {
  const api = new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listAuditEvents: () => ({ items: [event()], asOf: at(0) }),
    createPreview: () => preview(),
  })
  const provider = document.createElement('ops-provider')
  provider.setAttribute('api', '/ops/jobs/api/v1')
  provider.fetch = api.fetch
  provider.append(...tags.map((tag) => document.createElement(tag)))
  // Their boxes are the host’s; another width would be another layout.
  for (const page of provider.children as HTMLCollectionOf<HTMLElement>) page.style.cssText = 'display: block !important; width: 1000px !important'
  document.body.append(provider)
  const pause = await until(() => button(provider, 'Pause… nightly_sync'), 'the entries')
  await until(() => all(provider, '.chip.review')[0] && all(provider, '.dashboard')[0] && all(provider, '.event')[0], 'the pages')
  pause.click()
  await until(() => button(provider, 'Pause entry'), 'the dialog', 10_000)
  return provider
}

describe('styles of the host’s page', () => {
  const style = document.createElement('style')
  afterEach(() => {
    style.remove()
    clear()
  })

  it('never reach inside', async function () {
    this.timeout(60_000)
    const provider = await scene()
    const usual = inside(provider)
    ok(usual.length > 300, `${usual.length} elements`)
    for (const [how, rules] of Object.entries(hostile)) {
      style.textContent = rules
      document.head.append(style)
      const changed = inside(provider).flatMap((each, index) => (each === usual[index] ? [] : [difference(usual[index]!, each)]))
      style.remove()
      equal([how, [...new Set(changed)].slice(0, 8)], [how, []])
    }
  })

  it('still decide about the box, the visibility and the direction of an element', async function () {
    this.timeout(30_000)
    const provider = await scene()
    const page = provider.querySelector('ops-cron')!
    page.style.cssText = ''
    style.textContent = 'ops-cron { display: none; margin: 31px }'
    document.head.append(style)
    equal([getComputedStyle(page).display, getComputedStyle(page).marginTop], ['none', '31px'])
    style.textContent = 'body { visibility: hidden }'
    equal(all(page, '.entry').filter((each) => each.checkVisibility({ visibilityProperty: true })), [])
    style.textContent = ''
    provider.dir = 'rtl'
    equal(getComputedStyle(all(page, '.entry')[0]!).direction, 'rtl')
  })
})

describe('styles of the elements', () => {
  afterEach(clear)

  it('never leak out', async () => {
    const paragraph = document.createElement('p')
    document.body.append(paragraph)
    const look = () => {
      const computed = getComputedStyle(paragraph)
      return [...computed].map((name) => `${name}: ${computed.getPropertyValue(name)}`).filter((each) => !/^(block|height|inline|perspective|transform|width)/.test(each))
    }
    const before = { look: look(), sheets: document.styleSheets.length, adopted: document.adoptedStyleSheets.length, root: document.documentElement.getAttribute('style') }
    const provider = await scene()
    const slotted = document.createElement('p')
    slotted.slot = 'empty'
    provider.querySelector('ops-cron')!.append(slotted)
    equal({ look: look(), sheets: document.styleSheets.length, adopted: document.adoptedStyleSheets.length, root: document.documentElement.getAttribute('style') }, before)
    equal(getComputedStyle(document.documentElement).getPropertyValue('--_accent'), '')
  })
})

describe('light and dark', () => {
  afterEach(() => {
    clear()
    document.documentElement.style.colorScheme = ''
  })

  it('are those of the page, live, and of the theme where one is set', async () => {
    const provider = (await scene()) as HTMLElementTagNameMap['ops-provider']
    const page = provider.querySelector('ops-audit')!
    const background = () => getComputedStyle(page).backgroundColor
    const [light, dark] = ['rgb(246, 247, 249)', 'rgb(15, 19, 24)']
    equal(background(), light)
    document.documentElement.style.colorScheme = 'dark'
    equal(background(), dark)
    provider.style.colorScheme = 'light'
    equal(background(), dark, 'only a theme or --ops-color-scheme decides for a provider')
    document.documentElement.style.colorScheme = 'light'
    equal(background(), light)
    provider.theme = 'dark'
    await provider.updateComplete
    equal(background(), dark)
    page.setAttribute('theme', 'light')
    equal(background(), light)
  })
})

function difference(before: string, after: string): string {
  const was = before.split('; ')
  const [name, kind, ...now] = after.split('; ')
  return `${name}.${kind} ${now.filter((each, index) => each !== was[index + 2]).join(' ')}`
}
