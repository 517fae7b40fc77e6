import { dirname, join, relative } from 'node:path/posix'
import { Marked, type Token, type Tokens } from 'marked'
import { escapeHtml } from './escape-html.ts'
import { highlight } from './highlight.ts'
import { pathOf } from './pages.ts'

export interface Heading {
  level: number
  text: string
  id: string
}

export interface Rendered {
  html: string
  headings: Heading[]
}

interface Options {
  /** The file, relative to the repository. */
  source: string
  /** Whether the site has a page made from this file, or a copy of this picture. */
  has(path: string): boolean
}

/** Markdown of a guide as HTML, with its links leading to pages of the site. */
export function renderMarkdown(text: string, { source, has }: Options): Rendered {
  const headings: Heading[] = []
  const seen = new Map<string, number>()
  const at = pathOf(source)
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, raw }) {
        const id = anchorOf(raw.replace(/^#+ +/, '').trim(), seen)
        headings.push({ level: depth, text: plain(tokens), id })
        const words = this.parser.parseInline(tokens)
        return depth === 1 ? `<h1 id="${id}">${words}</h1>\n` : `<h${depth} id="${id}">${words} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`
      },
      code({ text, lang = '' }) {
        const [language = '', ...rest] = lang.split(' ')
        const title = /title="([^"]+)"/.exec(rest.join(' '))?.[1]
        return codeBlock(text, language, title)
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens)
        const target = targetOf(href, source, at, has)
        return target === undefined ? words : `<a href="${escapeHtml(target)}">${words}</a>`
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(targetOf(href, source, at, has) ?? '')}" alt="${escapeHtml(text)}" loading="lazy">`
      },
      table(token) {
        return `<div class="table" tabindex="0" role="region" aria-label="Table">${tableOf(token, (tokens) => this.parser.parseInline(tokens))}</div>`
      },
      html({ text }) {
        return text.startsWith('<!--') ? '' : text.replaceAll(/(src|srcset)="([^"]+)"/g, (_, name: string, href: string) => `${name}="${targetOf(href, source, at, has) ?? href}"`)
      },
    },
  })
  return { html: marked.parse(text, { async: false }), headings }
}

/** A link of a guide as one of its page; undefined if it leads to a file that the site does not have. */
function targetOf(href: string, source: string, at: string, has: (path: string) => boolean): string | undefined {
  if (/^(https?:|mailto:|#)/.test(href)) return href
  const [file = '', anchor] = href.split('#')
  const path = join(dirname(source), file)
  if (!has(path)) return undefined
  const to = relative(dirname(at), path.endsWith('.md') ? pathOf(path) : path.replace(/^docs\//, ''))
  return anchor === undefined ? to : `${to}#${anchor}`
}

/** As a page of a repository makes it from a heading: lower case, no punctuation, dashes for spaces, numbered when repeated. */
export function anchorOf(heading: string, seen: Map<string, number>): string {
  const anchor = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
  const before = seen.get(anchor) ?? 0
  seen.set(anchor, before + 1)
  return before ? `${anchor}-${before}` : anchor
}

export function codeBlock(text: string, language: string, title?: string): string {
  const caption = title ? `<figcaption>${escapeHtml(title)}</figcaption>` : ''
  return `<figure class="code">${caption}<pre tabindex="0"><code>${highlight(text, language)}</code></pre></figure>\n`
}

function tableOf({ header, rows }: Tokens.Table, inline: (tokens: Tokens.TableCell['tokens']) => string): string {
  const line = (cells: Tokens.TableCell[], tag: string) => `<tr>${cells.map(({ tokens }) => `<${tag}>${inline(tokens)}</${tag}>`).join('')}</tr>`
  // The guides have tables whose first line says nothing.
  const head = header.some(({ text }) => text) ? `<thead>${line(header, 'th')}</thead>` : ''
  return `<table>${head}<tbody>${rows.map((cells) => line(cells, 'td')).join('')}</tbody></table>`
}

function plain(tokens: readonly Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? token.text : '')).join('')
}
