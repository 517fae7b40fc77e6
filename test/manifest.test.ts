import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { elementTable, readDescribed, tableOf } from '../scripts/element-tables.ts'
import { publicSources } from '../scripts/elements/read.ts'

const root = new URL('..', import.meta.url).pathname
const sources = readdirSync(join(root, 'components'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join('components', name))
const code = new Map(sources.map((source) => [source, readFileSync(join(root, source), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')]))
const publicOnes = publicSources(root)

interface Typed {
  name: string
  description: string
  type?: { text: string }
}

interface Declaration {
  tagName: string
  name: string
  description: string
  attributes: (Typed & { fieldName?: string })[]
  members: (Typed & { kind: string })[]
  events: Typed[]
  slots: Typed[]
  cssParts: Typed[]
  cssProperties: Typed[]
}

interface Manifest {
  modules: { path: string; declarations: [Declaration]; exports: { kind: string; name: string }[] }[]
}

let manifest: Manifest
beforeAll(() => {
  if (!existsSync(join(root, 'dist/custom-elements.json'))) throw new Error("There is no dist/; run 'npm run build' first.")
  manifest = JSON.parse(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')) as Manifest
})
const described = (source: string) => manifest.modules.find(({ path }) => path.endsWith(source.slice(source.lastIndexOf('/')).replace('.ts', '.js')))!.declarations[0]

/** What an element is made of: the files that it imports, at once or later, but no other public element. */
function filesOf(source: string, known = new Set<string>()): Set<string> {
  known.add(source)
  for (const [, , to] of code.get(source)!.matchAll(/\b(from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = normalize(join(dirname(source), to!))
    if (code.has(target) && !known.has(target) && !publicOnes.includes(target)) filesOf(target, known)
  }
  return known
}

/** The page itself and the folder with its parts; the parts that all share are documented by the base class. */
const ownFiles = (source: string) => {
  const folder = source.includes('/shell/') ? source : source.replace('/ops-', '/').replace('.ts', '/')
  return [source, ...code.keys()].filter((file, index) => (index === 0 || (file.startsWith(folder) && file !== source)) && isOpen(file, source))
}
/** A host cannot reach inside the shadow roots of inner elements. */
const isOpen = (file: string, source: string) => file === source || !/@element\('/.test(code.get(file)!) || /createRenderRoot\(\)/.test(code.get(file)!)

const found = (files: Iterable<string>, pattern: RegExp) => [...files].flatMap((file) => [...code.get(file)!.matchAll(pattern)].flatMap(([, names]) => names!.split(/\s+/)))
const names = (documented: { name: string }[]) => documented.map(({ name }) => name)
const missing = (wanted: Iterable<string>, there: Iterable<string>) => [...new Set(wanted)].filter((name) => !new Set(there).has(name)).toSorted()

const every = [...code.keys()]
const partsAnywhere = found(every, /\bpart="([a-z][a-z -]*)"/g).concat(found(every, /part\.add\('([a-z-]+)'\)/g))

describe.each(publicOnes)('%s', (source) => {
  test('documents every part that a host can style, and no other', () => {
    const { cssParts } = described(source)
    expect(missing(found(ownFiles(source), /\bpart="([a-z][a-z -]*)"/g), names(cssParts)), 'undocumented').toEqual([])
    // A name may also come from a table: `part=${name}`.
    const quoted = found(filesOf(source), /'([a-z]+(?:-[a-z]+)*)'/g)
    expect(missing(names(cssParts), [...partsAnywhere, ...quoted]), 'not there').toEqual([])
  })

  test('documents every slot, and no other', () => {
    const there = found(ownFiles(source), /<slot name="([a-z-]+)"/g)
    const own = names(described(source).slots).filter(Boolean)
    expect(missing(there, own), 'undocumented').toEqual([])
    expect(missing(own, found(every, /<slot name="([a-z-]+)"/g)), 'not there').toEqual([])
  })

  test('documents the events that it announces', () => {
    const own = ownFiles(source)
    const said = found(own, /\bannounce\([^,]+, '([a-z-]+)'/g)
    if (found(own, /\b(filtered)\(/g).length > 0) said.push('ops-filter')
    if (found(own, /(<ops-confirm>|<ops-confirm )/g).length > 0) said.push('ops-operation')
    const documented = names(described(source).events)
    expect(missing(said, documented), 'undocumented').toEqual([])
    if (!source.includes('/shell/')) expect(missing(documented.filter((name) => name === 'ops-filter'), said), 'never said').toEqual([])
  })

  test('documents every attribute with its type', () => {
    const { attributes } = described(source)
    expect(attributes.filter(({ description, type }) => !description || !type?.text).map(({ name }) => name)).toEqual([])
    // A few words to choose from are a type, not a description.
    expect(attributes.filter(({ description, type }) => type?.text === 'string' && /`\w+`(, `\w+`)* or `\w+`/.test(description)).map(({ name }) => name)).toEqual([])
    const read = found(every, /(?:getAttribute|hasAttribute)\('([a-z-]+)'\)/g)
    expect(missing(attributes.filter(({ fieldName }) => !fieldName).map(({ name }) => name), read), 'not there').toEqual([])
  })

  test('types every event', () => {
    expect(described(source).events.filter(({ type, description }) => !/^CustomEvent<\w+>$/.test(type!.text) || !description)).toEqual([])
  })
})

test('the guide has the table of every element; `node scripts/element-tables.ts` writes it', () => {
  const guide = readFileSync(join(root, 'docs/elements.md'), 'utf8')
  const stale = readDescribed(root).filter((element) => tableOf(guide, element.tagName) !== elementTable(element))
  expect(stale.map(({ tagName }) => tagName)).toEqual([])
})

test('no event leaves an element but those of the map, and all of them are documented', () => {
  const map = [...readFileSync(join(root, 'components/core/events.ts'), 'utf8').matchAll(/'(ops-[a-z]+)': CustomEvent</g)].map(([, name]) => name!)
  const announced = found(every, /\bannounce\([^,]+, '([a-z-]+)'/g)
  const composed = every.flatMap((file) => [...code.get(file)!.matchAll(/new CustomEvent(?:<[^(]*>)?\('([a-z-]+)'[^\n]*composed: true/g)].map(([, name]) => `${name} in ${file}`))
  expect(composed).toEqual([])
  expect(missing([...announced, ...found(every, /\b(?:emit|dispatch)\('(ops-[a-z]+)'/g)], map)).toEqual([])
  expect(missing(map, manifest.modules.flatMap(({ declarations: [{ events }] }) => names(events)))).toEqual([])
})

test('every part that pages share is documented', () => {
  const shared = every.filter((file) => /components\/(parts|core)\//.test(file) && isOpen(file, ''))
  const documented = manifest.modules.flatMap(({ declarations: [{ cssParts }] }) => names(cssParts))
  expect(missing(found(shared, /\bpart="([a-z][a-z -]*)"/g), documented)).toEqual([])
})

test('every public custom property of a style is documented', () => {
  const used = found(every, /var\((--ops-[a-z-]+)/g)
  const documented = manifest.modules.flatMap(({ declarations: [{ cssProperties }] }) => names(cssProperties))
  expect(missing(used, documented), 'undocumented').toEqual([])
  expect(missing(documented, used), 'without effect').toEqual([])
})

test('only public elements are in the manifest, at the paths that a host imports', () => {
  expect(manifest.modules.map(({ declarations: [{ tagName }] }) => tagName).toSorted()).toEqual(publicOnes.map((source) => source.slice(source.lastIndexOf('/') + 1, -3)).toSorted())
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
  expect(manifest.modules.map(({ path }) => `./${path}`).filter((path) => !(path in exports))).toEqual([])
})

test('nothing of the inside is in the manifest: no private member, nothing of Lit', () => {
  const members = manifest.modules.flatMap(({ declarations: [{ members }] }) => members)
  expect(members.filter((member) => 'privacy' in member || /^(render|updated|connectedCallback|setupProblem)$/.test(member.name))).toEqual([])
  expect(members.filter(({ description }) => !description).map(({ name }) => name)).toEqual([])
})

test('editors get every element, attribute and word to choose from', () => {
  const vscode = JSON.parse(readFileSync(join(root, 'dist/vscode.html-custom-data.json'), 'utf8')) as { tags: { name: string; attributes: { name: string; values?: { name: string }[] }[] }[] }
  const theme = vscode.tags.find(({ name }) => name === 'ops-cron')!.attributes.find(({ name }) => name === 'theme')!
  expect(theme.values).toEqual([{ name: 'light' }, { name: 'dark' }])
  const webTypes = JSON.parse(readFileSync(join(root, 'dist/web-types.json'), 'utf8')) as { contributions: { html: { elements: { name: string; js: { events: { name: string; type: string }[] } }[] } } }
  expect(webTypes.contributions.html.elements).toHaveLength(publicOnes.length)
  expect(webTypes.contributions.html.elements.find(({ name }) => name === 'ops-cron')!.js.events.map(({ type }) => type)).toContain('CustomEvent<OperationDetail>')
})
