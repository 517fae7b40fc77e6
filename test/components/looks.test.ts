import type { OpsProvider } from '../../components/shell/ops-provider.ts'
import { FakeApi } from './fake-api.ts'
import { overview } from './evidence-sample.ts'
import { at, entries, event, plan, preview, session } from './sample.ts'
import { all, button, clear, ok, until } from './support.ts'

/** Where a custom property can be seen. */
const looks = ['font-weight', 'line-height', 'min-height', 'box-shadow', 'outline-color', 'outline-width', 'text-decoration-line', 'color', 'background-color', 'border-top-color', 'border-left-color', 'border-top-left-radius', 'font-family', 'font-size', 'padding-top', 'padding-left', 'color-scheme', 'fill', 'stroke'] as const

const sizes = /-(size|medium|small|tiny|heading|figure|title|radius|gap|page-padding|height|width)$/

/** A value that no element has by itself. */
function strange(name: string): string {
  if (name === '--ops-color-scheme') return 'dark'
  if (name === '--ops-font' || name === '--ops-mono') return 'fantasy'
  if (/-weight/.test(name)) return '123'
  if (name === '--ops-line-height') return '3.1'
  if (name.endsWith('-shadow')) return '1px 2px 3px rgb(1, 2, 3)'
  if (name === '--ops-link-line') return 'underline'
  return sizes.test(name) ? '31px' : 'rgb(1, 2, 3)'
}

function looksOf(root: Element): string {
  return all<Element>(root, '*')
    .flatMap((each) => [getComputedStyle(each), ...(each instanceof HTMLDialogElement ? [getComputedStyle(each, '::backdrop')] : [])])
    .map((style) => looks.map((name) => style.getPropertyValue(name)).join(' '))
    .join('\n')
}

/** Every property of the table under “Looks”. */
async function documented(): Promise<string[]> {
  const text = await (await fetch('/docs/elements.md')).text()
  const rows = text.slice(text.indexOf('\n## Looks')).split('\n').filter((line) => line.startsWith('| `--ops-'))
  // Only a coarse pointer has this height, and there is none here.
  return rows.map((row) => /`(--ops-[a-z-]+)`/.exec(row)![1]!).filter((name) => name !== '--ops-touch-height')
}

describe('the documented custom properties', () => {
  afterEach(clear)

  it('each change what one sees', async function () {
    this.timeout(60_000)
    const names = await documented()
    ok(names.length > 25, `${names.length} properties found`)
    const provider = await scene()
    const usual = looksOf(provider)
    const idle = names.filter((name) => {
      provider.style.setProperty(name, strange(name))
      const changed = looksOf(provider) !== usual
      provider.style.removeProperty(name)
      return !changed
    })
    ok(idle.length === 0, `without effect: ${idle.join(', ')}`)
  })
})

/** Enough of the product to show every status, a form, an open dialog. */
async function scene(): Promise<OpsProvider> {
  const api = new FakeApi({
    getSession: () => session(),
    getOverview: () => overview(),
    listCronEntries: () => ({ items: entries(), asOf: at(0) }),
    listAuditEvents: () => ({ items: [event()], asOf: at(0) }),
    createPreview: () => preview({ plan: plan({ risk: 'high' }) }),
  })
  const provider = document.createElement('ops-provider')
  provider.setAttribute('api', '/ops/jobs/api/v1')
  provider.setAttribute('style', 'color-scheme: light')
  provider.fetch = api.fetch
  provider.append(...['ops-overview', 'ops-cron', 'ops-audit', 'ops-bridge', 'ops-forensics'].map((tag) => document.createElement(tag)))
  document.body.append(provider)
  const pause = await until(() => button(provider, 'Pause… nightly_sync'), 'the entries')
  await until(() => all(provider, '.chip.review')[0] && all(provider, '.dashboard')[0] && all(provider, '.event')[0], 'the pages')
  pause.click()
  await until(() => button(provider, 'Pause entry'), 'the dialog', 10_000)
  return provider
}
