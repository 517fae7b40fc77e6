import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of a class doc. */
export interface Documented {
  name: string
  description: string
}

export interface Typed extends Documented {
  /** As TypeScript writes it. */
  type: string
  default?: string
}

export interface Attribute extends Typed {
  /** The name of its property, if it has one. */
  property?: string
}

/** What a host may use of an element: its class doc, checked against the class. */
export interface ElementDoc {
  tag: string
  className: string
  /** Below the package, as a host imports it, e.g. `components/ops-cron.js`. */
  module: string
  /** Its source, e.g. `components/pages/ops-cron.ts`. */
  source: string
  description: string
  attributes: Attribute[]
  /** Those without an attribute. */
  properties: Typed[]
  methods: Typed[]
  events: Typed[]
  slots: Documented[]
  parts: Documented[]
  cssProperties: (Documented & { default?: string })[]
}

interface Member {
  kind: 'field' | 'method'
  name: string
  static?: boolean
  privacy?: string
  readonly?: boolean
  attribute?: string
  type?: { text: string }
  default?: string
  description?: string
  return?: { type: { text: string } }
  parameters?: { name: string; type?: { text: string }; optional?: boolean }[]
}

interface Declaration {
  name: string
  tagName?: string
  members?: Member[]
}

/** What the analyzer found in the sources. */
export interface Analyzed {
  modules: { path: string; declarations?: Declaration[] }[]
}

/** Lit's own, which are no business of a host. */
const inner = ['addController', 'createRenderRoot', 'connectedCallback', 'disconnectedCallback', 'render', 'updated', 'firstUpdated']

/**
 * Every public element, from its class doc and the class itself; what all have is in the doc of their base class. What is not
 * documented has an empty description, which a test finds.
 */
export function readElements(root: string, analyzed: Analyzed): ElementDoc[] {
  const eventTypes = readEventTypes(root)
  const tokens = readTokens(root)
  const base = docOf(readFileSync(join(root, 'components/core/element.ts'), 'utf8'), 'export abstract class OpsElement')
  return publicSources(root).map((source) => {
    const text = readFileSync(join(root, source), 'utf8')
    const tag = /ops-[a-z]+/.exec(source.slice(source.lastIndexOf('/')))![0]
    const doc = docOf(text, `@element('${tag}')`)
    const declaration = analyzed.modules.flatMap(({ declarations = [] }) => declarations).find(({ tagName }) => tagName === tag)
    if (!declaration) throw new Error(`The analyzer found no class for ${tag} in ${source}.`)
    const members = (declaration.members ?? []).filter((each) => !each.privacy && !each.static && !inner.includes(each.name))
    const lines = (name: string) => mergeByName(tagsOf(base, name), tagsOf(doc, name))
    const attributes = attributesOf(lines('attr'), members)
    return {
      tag,
      className: declaration.name,
      module: `components/${tag}.js`,
      source,
      description: descriptionOf(doc),
      attributes,
      properties: members.filter(({ kind, attribute, readonly }) => kind === 'field' && !attribute && !readonly).map((each) => ({ name: each.name, type: plainType(each.type?.text), description: oneLine(each.description) })),
      methods: members.filter(({ kind }) => kind === 'method').map((each) => ({ name: each.name, type: signature(each), description: oneLine(each.description) })),
      events: lines('fires').map(({ name, description }) => ({ name, type: eventTypes.get(name) ?? 'CustomEvent', description })),
      slots: lines('slot'),
      parts: lines('csspart'),
      cssProperties: mergeByName(tokens, lines('cssproperty')),
    }
  })
}

export function withProperty(attributes: Attribute[]): (Attribute & { property: string })[] {
  return attributes.filter((each): each is Attribute & { property: string } => each.property !== undefined)
}

/** Each public element is a file of its own in one of two folders. */
export function publicSources(root: string): string[] {
  return ['components/shell', 'components/pages'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /^ops-[a-z]+\.ts$/.test(file))
      .map((file) => `${folder}/${file}`),
  )
}

/** Enumerations are in the doc; a class may have them as plain strings. */
function attributesOf(documented: (Documented & { type?: string })[], members: Member[]): Attribute[] {
  const fields = members.filter(({ kind, attribute }) => kind === 'field' && attribute)
  // Some are read from the markup as they are needed, and have no property.
  const bare = documented.filter(({ name }) => !fields.some(({ attribute }) => attribute === name))
  return [
    ...bare.map(({ name, type = 'string', description }) => ({ name, type, description })),
    ...fields.map((field) => {
      const doc = documented.find(({ name }) => name === field.attribute)
      const standard = field.default?.replace(/^'(.*)'$/, '$1')
      return {
        name: field.attribute!,
        property: field.name,
        type: doc?.type ?? plainType(field.type?.text),
        description: doc?.description || oneLine(field.description),
        ...(standard ? { default: standard } : {}),
      }
    }),
  ]
}

function readEventTypes(root: string): Map<string, string> {
  const source = readFileSync(join(root, 'components/core/events.ts'), 'utf8')
  return new Map([...source.matchAll(/'(ops-[a-z]+)': (CustomEvent<\w+>)/g)].map(([, name, type]) => [name!, type!]))
}

/** A token is public if a private one is made from it: `--_line: var(--ops-line, …)`. The comment behind it says what it is for. */
function readTokens(root: string): (Documented & { default?: string })[] {
  const source = readFileSync(join(root, 'components/theme/tokens.ts'), 'utf8')
  const found = source.matchAll(/: var\((--ops-[a-z-]+)(?:, (.*))?\)(?: !important)?;(?: *\/\* (.*?) \*\/)?$/gm)
  return [...found].map(([, name, standard, words]) => ({ name: name!, description: words ?? '', ...(standard ? { default: standard } : {}) }))
}

/** The doc comment in front of this text. */
function docOf(source: string, before: string): string {
  const end = source.indexOf(`\n${before}`)
  const start = source.lastIndexOf('/**', end)
  if (end < 0 || start < 0) fail(`There is no doc comment before ${before}.`)
  return source.slice(start, end).replace(/^\/\*\*|\*\/$/g, '').replace(/^ *\* ?/gm, '')
}

function descriptionOf(doc: string): string {
  return doc.split(/^@/m)[0]!.trim().replace(/\n(?!\n)/g, ' ').replace(/ *\n */g, '\n\n')
}

/** The lines `@tag {type} name - description`, which may go on in the next lines. */
export function tagsOf(doc: string, tag: string): (Documented & { type?: string })[] {
  const found = doc.matchAll(new RegExp(`^@${tag}(?: \\{(.+?)\\})?(?: (\\[?[\\w-]*\\]?))? *- ([\\s\\S]*?)(?=\\n@|\\s*$(?![\\s\\S]))`, 'gm'))
  return [...found].map(([, type, name = '', description]) => ({ name, description: oneLine(description), ...(type ? { type } : {}) }))
}

function mergeByName<T extends Documented>(common: T[], own: T[]): T[] {
  const names = new Set(own.map(({ name }) => name))
  return [...own, ...common.filter(({ name }) => !names.has(name))]
}

function plainType(text = 'string'): string {
  return text.replace(/^\| /, '').replace(/ \| undefined$/, '')
}

function signature({ parameters = [], return: answer }: Member): string {
  return `(${parameters.map(({ name, type, optional }) => `${name}${optional ? '?' : ''}: ${type?.text ?? 'unknown'}`).join(', ')}) => ${answer?.type.text ?? 'void'}`
}

function oneLine(text = ''): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

function fail(message: string): never {
  throw new Error(message)
}
