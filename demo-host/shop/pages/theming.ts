import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { html, Html } from '../html.ts'

type Scheme = 'host' | 'light' | 'dark'

interface Look {
  name: string
  about: string
  /** Style sheets of the package, e.g. `plain`. */
  theme?: string
  /** Class of the panel; the host's own variables hang on it. */
  host?: string
  /** Of the panel, e.g. right to left. */
  attributes?: string
  /** What a host writes. */
  code: string
}

const themed = (name: string) => `<link rel="stylesheet"\n  href="/ops/jobs/assets/themes/${name}.css">`

const looks: Look[] = [
  { name: 'As it comes', about: 'nothing is set', code: '<ops-provider api="/ops/jobs/api/v1">\n  <ops-cron compact limit="4"></ops-cron>\n</ops-provider>' },
  { name: 'Compact', about: 'more rows on a screen', theme: 'compact', code: themed('compact') },
  { name: 'Contrast', about: 'text at 7 : 1, strong lines', theme: 'contrast', code: themed('contrast') },
  { name: 'Plain', about: 'lines instead of surfaces', theme: 'plain', code: themed('plain') },
  { name: 'shadcn/ui', about: 'its own variables, mapped once', theme: 'shadcn', host: 'shadcn', code: `/* ops-powertools/themes/shadcn.css */\nops-provider {\n  --ops-accent: var(--primary);\n  --ops-line: var(--border); …\n}` },
  { name: 'Bootstrap 5.3', about: 'card header, link and radius follow', theme: 'bootstrap', host: 'bootstrap', code: `/* ops-powertools/themes/bootstrap.css */\nops-provider {\n  --ops-link: var(--bs-link-color);\n  --ops-head: var(--bs-tertiary-bg); …\n}` },
  { name: 'The shop’s own', about: 'eight tokens', host: 'shop', code: 'ops-provider {\n  --ops-accent: var(--green);\n  --ops-radius: 12px; …\n}' },
  { name: 'Arabic, right to left', about: 'time runs to the left', attributes: ' lang="ar" dir="rtl"', code: '<!-- nothing but the page’s own attributes -->\n<html lang="ar" dir="rtl">' },
]

const schemes: Record<Scheme, string> = { host: 'As the page', light: 'Light', dark: 'Dark' }

/** The same two elements in each look. Every panel is a shadow root, so that style sheets of one do not reach another. */
export async function themingPage(asked: string | undefined): Promise<Html> {
  const scheme = asked === 'light' || asked === 'dark' ? asked : 'host'
  const tokens = await listTokens()
  return html`<h1>Theming</h1>
    <p class="lede">
      The elements take the look of the page they are on: three ready themes, maps of two design systems, and tokens for the rest. Status
      colours keep their meaning; every theme is tested for contrast.
    </p>
    <nav class="schemes" aria-label="Colour scheme">
      ${Object.entries(schemes).map(([name, label]) => html`<a href="/theming${name === 'host' ? '' : `?scheme=${name}`}"${name === scheme && html` aria-current="true"`}>${label}</a> `)}
    </nav>
    <div class="looks">${looks.map((look) => panel(look, scheme))}</div>
    <section class="card">
      <h2>The tokens that can be set</h2>
      <p class="quiet">On <code>ops-provider</code>, on a single element, or on anything around them.</p>
      ${tokens.length ? html`<ul class="tokens">${tokens.map(({ name, about }) => html`<li><code>${name}</code> ${about}</li>`)}</ul>` : html`<p>They are listed once the package is built: <code>npm run build</code>.</p>`}
    </section>`
}

function panel({ name, about, theme, host = '', attributes = '', code }: Look, scheme: Scheme): Html {
  const sheets = ['/shop/looks.css', ...(theme ? [`/ops/jobs/assets/themes/${theme}.css`] : [])]
  return html`<section class="look">
    <h2>${name} <small>${about}</small></h2>
    <div class="panel">
      <template shadowrootmode="open">
        ${sheets.map((href) => html`<link rel="stylesheet" href="${href}">`)}
        <div class="page ${host} ${scheme}"${new Html(attributes)}>
          <ops-provider api="/ops/jobs/api/v1"${scheme !== 'host' && html` theme="${scheme}"`}>
            <ops-cron compact limit="4"></ops-cron>
            <ops-audit compact limit="3"></ops-audit>
          </ops-provider>
        </div>
      </template>
    </div>
    <pre tabindex="0" aria-label="${name}: what a host writes"><code>${code}</code></pre>
  </section>`
}

interface Token {
  name: string
  about: string
}

/** From the package's own data for editors, so that the page cannot be out of date. */
async function listTokens(): Promise<Token[]> {
  try {
    const file = fileURLToPath(import.meta.resolve('ops-powertools/vscode.css-custom-data.json'))
    const { properties } = JSON.parse(await readFile(file, 'utf8')) as { properties: { name: string; description: { value: string } }[] }
    return properties.map(({ name, description }) => ({ name, about: description.value }))
  } catch {
    return []
  }
}
