import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build as bundle, type Plugin } from 'vite'
import base from '../../vite.config.ts'
import { readTokens } from '../token-table.ts'
import { code, elementPages, table } from './elements.ts'
import { layOut } from './layout.ts'
import { escapeHtml } from './escape-html.ts'
import { type Heading, renderMarkdown } from './markdown.ts'
import { type Chapter, listGuides, type Page } from './pages.ts'
import { referencePages } from './reference.ts'

interface Content extends Page {
  html: string
  headings: readonly Heading[]
  live?: boolean
}

const root = join(import.meta.dirname, '../..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/**
 * Builds the documentation site into a folder. It needs no server: every file is beside the page, and the live elements answer
 * themselves from recorded data. `dist/` must be there, because the references are made from its manifest and its OpenAPI document.
 */
export async function buildSite(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(join(out, 'assets'), { recursive: true })
  const guides = listGuides(root)
  const elements = elementPages(root)
  const tokens = tokensPage()
  const reference = referencePages(root)
  const chapters = withMade(guides, elements, tokens, reference)
  const contents: Content[] = [...guides.flatMap(({ pages }) => pages.map((page) => guideOf(page, guides))), ...elements, tokens, ...reference]
  for (const content of contents) write(join(out, content.path), layOut(chapters, version, { page: content, ...content, scripts: content.live ? ['assets/live.js'] : [] }))
  write(join(out, 'assets/search-index.js'), `window.opsDocs = ${JSON.stringify(contents.flatMap(found))}\n`)
  for (const asset of ['site.css', 'site.js', 'theme.js']) cpSync(join(root, 'docs/site', asset), join(out, 'assets', asset))
  cpSync(join(root, 'docs/images'), join(out, 'images'), { recursive: true })
  write(join(out, 'llms.txt'), listForModels(guides))
  await bundleLive(join(out, 'assets'))
}

/** What is made from code comes where a reader looks for it: elements and tokens with the pages, endpoints with the reference. */
function withMade(guides: readonly Chapter[], elements: readonly Page[], tokens: Page, reference: readonly Page[]): Chapter[] {
  return guides.flatMap(({ title, pages }) => {
    if (title === 'Pages') return [{ title, pages }, { title: 'Elements', pages: [...elements, tokens] }]
    return [{ title, pages: title === 'Reference' ? [...pages, ...reference] : pages }]
  })
}

function guideOf(page: Page, guides: readonly Chapter[]): Content {
  const source = page.source!
  const known = new Set(guides.flatMap(({ pages }) => pages.map((each) => each.source)))
  const has = (path: string) => known.has(path) || (path.startsWith('docs/images/') && existsSync(join(root, path)))
  return { ...page, ...renderMarkdown(readFileSync(join(root, source), 'utf8'), { source, has }) }
}

function tokensPage(): Content {
  const rows = readTokens(readFileSync(join(root, 'components/theme/tokens.ts'), 'utf8')).map(({ name, value, meaning }) => [`${swatch(name, value)}${code(name)}`, code(value), escapeHtml(meaning)])
  const html = `<h1 id="tokens">Tokens</h1>
<p>Custom properties that a page sets on an element, on <code>ops-provider</code> or on <code>:root</code>. They reach into every element; nothing else of the page does. <a href="elements.html#looks">Looks</a> has themes and maps of other design systems.</p>
${table(['property', 'default', 'for'], rows)}`
  return { path: 'tokens.html', title: 'Tokens', html, headings: [{ level: 1, text: 'Tokens', id: 'tokens' }] }
}

/** Colors of both themes, each as a square. A page without inline styles has them as attributes of SVG. */
function swatch(name: string, value: string): string {
  const colors = [...value.matchAll(/#[0-9a-f]{3,8}\b/gi)].map(([color]) => color)
  if (!colors.length || colors.length > 2) return ''
  const squares = colors.map((color, index) => `<rect x="${index * 14}" width="14" height="14" fill="${color}"/>`).join('')
  return `<svg class="swatch" width="${colors.length * 14}" height="14" role="img" aria-label="${name}">${squares}</svg> `
}

function found({ path, title, headings }: Content): [path: string, page: string, heading: string][] {
  return headings.map(({ id, text, level }) => [level === 1 ? path : `${path}#${id}`, title, text])
}

/** The list of guides for language models, https://llmstxt.org. */
export function listForModels(guides: readonly Chapter[]): string {
  const line = ({ source, title }: Page) => {
    const text = readFileSync(join(root, source!), 'utf8').replaceAll(/^```[\s\S]*?^```\n/gm, '')
    const [first = ''] = /^(?![#<|\-*>])\S.*(?:\n(?![#<|\-*>])\S.*)*/m.exec(text) ?? []
    const sentence = first.replaceAll('\n', ' ').replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').split(/(?<=\.) /)[0]!
    return `- [${title}](../../${source})${sentence ? `: ${sentence}` : ''}`
  }
  return `# Ops Powertools ${version}

> Audited operations over background jobs: a headless API, web components for any page, and a command line. Every change is previewed or idempotent, authorized by the host, and commits together with its audit event.

Links lead to files of the package. [openapi.json](../openapi.json) has every endpoint, [custom-elements.json](../custom-elements.json) every element.

${guides.map(({ title, pages }) => `## ${title}\n\n${pages.map(line).join('\n')}\n`).join('\n')}`
}

/** The site is in English, and one script cannot load another language later. */
const inEnglish: Plugin = {
  name: 'in-english',
  enforce: 'pre',
  load: (id) => (/components\/words\/[a-z]{2}\.ts$/.test(id) ? 'export default {}' : undefined),
}

/** All elements and the recorded answers in one classic script, because a browser loads no module from a file. */
async function bundleLive(outDir: string): Promise<void> {
  await bundle({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [...base.plugins!, inEnglish],
    build: {
      ...base.build,
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      lib: { entry: join(root, 'docs/site/live.ts'), formats: ['iife'], name: 'opsLive', fileName: () => 'live.js' },
      rollupOptions: { output: { codeSplitting: false } },
    },
  })
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

if (import.meta.main) await buildSite(join(root, 'dist/docs-site'))
