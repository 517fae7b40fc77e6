import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeHtml } from './escape-html.ts'
import { codeBlock, type Heading, renderMarkdown } from './markdown.ts'
import type { Page } from './pages.ts'

interface Named {
  name: string
  description?: string
  type?: { text: string }
  default?: string
}

export interface Declaration {
  tagName: string
  description: string
  attributes?: Named[]
  members?: (Named & { kind: string; privacy?: string; attribute?: string; parameters?: Named[]; static?: boolean })[]
  events?: Named[]
  slots?: Named[]
  cssParts?: Named[]
  cssProperties?: Named[]
}

export interface ElementPage extends Page {
  html: string
  headings: Heading[]
  live: boolean
}

interface Manifest {
  modules: { declarations?: (Declaration & { customElement?: boolean })[] }[]
}

/** Pages about what a reader came for come first. */
const order = ['ops-shell', 'ops-provider', 'ops-overview', 'ops-jobs', 'ops-job', 'ops-queues', 'ops-queue', 'ops-cron', 'ops-errors', 'ops-incidents', 'ops-incident', 'ops-executors', 'ops-forensics', 'ops-audit', 'ops-bridge']

export function readDeclarations(root: string): Declaration[] {
  const { modules } = JSON.parse(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')) as Manifest
  const found = modules.flatMap(({ declarations = [] }) => declarations).filter(({ tagName, customElement }) => customElement && tagName)
  const place = ({ tagName }: Declaration) => (order.indexOf(tagName) + 1 || order.length + 1)
  return found.toSorted((a, b) => place(a) - place(b))
}

/** A page for each element: what it is, itself with recorded data, how it is embedded, and everything it offers. */
export function elementPages(root: string): ElementPage[] {
  const { elements } = JSON.parse(readFileSync(join(root, 'docs/site/recorded.json'), 'utf8')) as { elements: Record<string, Record<string, string>> }
  return readDeclarations(root).map((declaration) => pageOf(declaration, elements[declaration.tagName]))
}

/** Those that the element itself is about come before those that every element has. */
const common = new Set(['api', 'theme', 'locale', 'keys', 'compact', 'hide-columns'])

function pageOf(declaration: Declaration, recorded: Record<string, string> | undefined): ElementPage {
  const { tagName, description, attributes = [], members = [], events = [], slots = [], cssParts = [] } = declaration
  const given = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ` ${name}="${value}"`).join('')
  const headings: Heading[] = []
  const section = (text: string, html: string) => {
    if (!html) return ''
    const id = text.toLowerCase().replaceAll(' ', '-')
    headings.push({ level: 2, text, id })
    return `<h2 id="${id}">${text} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h2>\n${html}`
  }
  const methods = members.filter(({ kind, privacy, static: isStatic, description }) => kind === 'method' && privacy !== 'private' && !isStatic && description)
  const properties = members.filter(({ kind, attribute, privacy, description, static: isStatic }) => kind === 'field' && !attribute && privacy !== 'private' && !isStatic && description)
  const html = [
    `<h1 id="${tagName}"><code>&lt;${tagName}&gt;</code></h1>\n${inline(description)}`,
    recorded && section('Live', liveOf(tagName, given(recorded))),
    section('Embed', embedOf(tagName, given(sampleOf(recorded)))),
    section('Attributes', table(['attribute', 'type', 'meaning'], attributes.toSorted((a, b) => Number(common.has(a.name)) - Number(common.has(b.name))).map((each) => [code(each.name), typeOf(each), meaningOf(each)]))),
    section('Properties', table(['property', 'type', 'meaning'], properties.map((each) => [code(each.name), typeOf(each), meaningOf(each)]))),
    section('Methods', table(['method', 'meaning'], methods.map((each) => [code(`${each.name}(${(each.parameters ?? []).map(({ name }) => name).join(', ')})`), meaningOf(each)]))),
    section('Events', table(['event', 'type', 'when'], events.map((each) => [code(each.name), typeOf(each), meaningOf(each)]))),
    section('Slots', table(['slot', 'content'], slots.map((each) => [each.name ? code(each.name) : 'default', meaningOf(each)]))),
    section('Parts', table(['part', 'what it is'], cssParts.map((each) => [code(each.name), meaningOf(each)]))),
    section('Custom properties', `<p>All of them are in <a href="../tokens.html">Tokens</a>.</p>`),
  ]
  return { path: `elements/${tagName}.html`, title: `<${tagName}>`, html: html.filter(Boolean).join('\n'), headings, live: recorded !== undefined }
}

function liveOf(tagName: string, attributes: string): string {
  return `<p class="quiet">With data recorded from the demo. Everything can be tried; nothing is changed.</p>
<ops-provider class="live"><${tagName}${attributes}></${tagName}></ops-provider>
<p class="went quiet" role="status"></p>`
}

/** The recorded ids mean nothing in a host. */
function sampleOf(recorded: Record<string, string> = {}): Record<string, string> {
  const samples: Record<string, string> = { 'job-id': '4711', 'incident-id': '0192f000-…' }
  return Object.fromEntries(Object.entries(recorded).map(([name, value]) => [name, samples[name] ?? value]))
}

function embedOf(tagName: string, attributes: string): string {
  const element = tagName === 'ops-provider' ? '<ops-provider api="/ops/jobs/api/v1">\n  <ops-queues></ops-queues>\n  <ops-cron></ops-cron>\n</ops-provider>' : `<${tagName} api="/ops/jobs/api/v1"${attributes}></${tagName}>`
  return `${codeBlock(`<script type="module" src="/ops/jobs/assets/${tagName}.js"></script>\n${element}`, 'html')}<p>With a bundler: <code>import 'ops-powertools/components/${tagName}.js'</code>. <a href="../elements.html">Elements</a> says what holds for all of them.</p>`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (!rows.length) return ''
  const cells = (values: readonly string[], tag: string) => `<tr>${values.map((value) => `<${tag}>${value}</${tag}>`).join('')}</tr>`
  return `<div class="table" tabindex="0" role="region" aria-label="${head[0]}s"><table><thead>${cells(head, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('\n')}</tbody></table></div>`
}

export const code = (text: string) => `<code>${escapeHtml(text)}</code>`
const typeOf = ({ type, default: standard }: Named) => (type ? code(type.text) : '') + (standard && !['undefined', 'false', "''"].includes(standard) ? ` <span class="quiet">= ${escapeHtml(standard)}</span>` : '')
const meaningOf = ({ description = '' }: Named) => inline(description).replace(/^<p>|<\/p>\s*$/g, '')

/** A description of a class, an attribute or a property, which is Markdown. */
export function inline(text: string): string {
  return renderMarkdown(text, { source: 'docs/elements.md', has: () => false }).html
}
