import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Analyzed } from './elements/read.ts'

/** What all elements have is described once, above and below their sections. */
const common = ['api', 'theme', 'locale', 'keys']
const commonEvents = ['ops-problem', 'ops-subject']
const commonParts = ['empty', 'refusal', 'read-only', 'completeness', 'legend', 'sparkline', 'problem', 'skew']

interface Item {
  name: string
  description: string
  type?: { text: string }
}

export interface DescribedElement {
  tagName: string
  attributes: Item[]
  events: Item[]
  slots: Item[]
  cssParts: Item[]
}

/** The table of one element in docs/elements.md, from the manifest. */
export function elementTable({ attributes, events, slots, cssParts }: DescribedElement): string {
  const own = attributes.filter(({ name }) => !common.includes(name))
  const rows: [string, string][] = [
    ['attributes', own.map(({ name, type, description }) => `\`${name}\`${wordsOf(type?.text)}: ${sentence(description)}`).join(' · ')],
    ['events', events.filter(({ name }) => !commonEvents.includes(name)).map(({ name }) => `\`${name}\``).join(' ')],
    ['slots', slots.map(({ name, description }) => `${name ? `\`${name}\`` : 'the content'}: ${sentence(description)}`).join(' · ')],
    ['parts', cssParts.filter(({ name }) => !commonParts.includes(name)).map(({ name }) => `\`${name}\``).join(' ')],
  ]
  return `| | |\n|---|---|\n${rows
    .filter(([, text]) => text)
    .map(([title, text]) => `| ${title} | ${text.replaceAll('|', '\\|')} |\n`)
    .join('')}`
}

/** The words of an enumeration, as a reader writes them into markup. */
function wordsOf(type = ''): string {
  const words = [...type.matchAll(/'([^']+)'/g)].map(([, word]) => `\`${word}\``)
  return words.length > 0 ? ` (${words.join(' ')})` : ''
}

function sentence(description: string): string {
  const text = description.replace(/\.$/, '')
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text
}

/** The table in the section of an element: the first one below its heading. */
export function tableOf(guide: string, tag: string): string | undefined {
  const section = guide.split(/^(?=## )/m).find((text) => text.startsWith(`## ${tag}\n`))
  return section && /^\| \| \|\n(?:\|.*\n)+/m.exec(section)?.[0]
}

export function readDescribed(root: string): DescribedElement[] {
  const { modules } = JSON.parse(readFileSync(`${root}/dist/custom-elements.json`, 'utf8')) as Analyzed
  return modules.flatMap(({ declarations = [] }) => declarations as unknown as DescribedElement[])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let guide = readFileSync('docs/elements.md', 'utf8')
  for (const element of readDescribed('.')) {
    const before = tableOf(guide, element.tagName)
    if (before) guide = guide.replace(before, () => elementTable(element))
    // A section without a table gets one at its end.
    else guide = guide.replace(new RegExp(`(^## ${element.tagName}\\n[\\s\\S]*?)(?=^## )`, 'm'), (section) => `${section.trimEnd()}\n\n${elementTable(element)}\n`)
  }
  writeFileSync('docs/elements.md', guide)
}
