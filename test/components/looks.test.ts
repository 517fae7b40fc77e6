import type { OpsProvider } from '../../components/shell/ops-provider.ts'
import { FakeApi } from './fake-api.ts'
import { overview } from './evidence-sample.ts'
import { at, entries, event, preview, session } from './sample.ts'
import { all, button, clear, ok, until } from './support.ts'

/** Where a custom property can be seen. */
const looks = ['color', 'background-color', 'border-top-color', 'border-left-color', 'border-top-left-radius', 'font-family', 'font-size', 'padding-top', 'padding-left', 'color-scheme', 'fill', 'stroke'] as const

/** A value that no element has by itself. */
function strange(name: string): string {
  if (name === '--ops-color-scheme') return 'dark'
  if (name === '--ops-font' || name === '--ops-mono') return 'fantasy'
  return /-(size|small|radius|gap|page-padding)$/.test(name) ? '31px' : 'rgb(1, 2, 3)'
}

function looksOf(root: Element): string {
  return all<Element>(root, '*')
    .map((each) => {
      const style = getComputedStyle(each)
      return looks.map((name) => style.getPropertyValue(name)).join(' ')
    })
    .join('\n')
}

/** Every property of the table under “Looks”. */
async function documented(): Promise<string[]> {
  const text = await (await fetch('/docs/elements.md')).text()
  const rows = text.slice(text.indexOf('\n## Looks')).split('\n').filter((line) => line.startsWith('| `--ops-'))
  return rows.flatMap((row) => {
    const names = [...row.matchAll(/`(--ops-[a-z-]+)`/g)].map(([, name]) => name!)
    return row.includes('each also with `-soft`') ? names.flatMap((name) => [name, `${name}-soft`]) : names
  })
}

describe('the documented custom properties', () => {
  afterEach(clear)

  it('each change what one sees', async () => {
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
    createPreview: () => preview(),
  })
  const provider = document.createElement('ops-provider')
  provider.setAttribute('api', '/ops/jobs/api/v1')
  provider.setAttribute('style', 'color-scheme: light')
  provider.fetch = api.fetch
  provider.append(...['ops-overview', 'ops-cron', 'ops-audit', 'ops-bridge'].map((tag) => document.createElement(tag)))
  document.body.append(provider)
  const pause = await until(() => button(provider, 'Pause… nightly_sync'), 'the entries')
  await until(() => all(provider, '.chip.review')[0] && all(provider, '.dashboard')[0] && all(provider, '.event')[0], 'the pages')
  pause.click()
  await until(() => button(provider, 'Pause entry'), 'the dialog')
  return provider
}
