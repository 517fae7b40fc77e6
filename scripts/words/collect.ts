import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vite'
import { labelTables } from './label-tables.ts'

/** A text of the sources, as it is in the catalogues. */
export interface Key {
  /** The English text; of a plural, both forms with `|` between them. */
  key: string
  plural: boolean
  /** Where it was found first, e.g. `components/parts/chip.ts:29`. */
  place: string
}

interface Node {
  type: string
  start: number
  [name: string]: unknown
}

interface Found {
  keys: Key[]
  /** Calls whose texts are not written out where they are called, so that no catalogue could have them. */
  unreadable: string[]
}

const root = new URL('../..', import.meta.url).pathname

/** Every key that the elements ask the catalogues for, sorted, and the calls that cannot be read. */
export function collectKeys(): Found {
  const files = readdirSync(join(root, 'components'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('words/') && file !== 'core/words.ts')
    .map((file) => join('components', file))
  const found = [...files.toSorted().map((file) => collectFrom(readFileSync(join(root, file), 'utf8'), file)), tableKeys()]
  const byKey = new Map<string, Key>()
  for (const key of found.flatMap(({ keys }) => keys)) if (!byKey.has(key.key)) byKey.set(key.key, key)
  return { keys: [...byKey.values()].toSorted(byText), unreadable: found.flatMap(({ unreadable }) => unreadable) }
}

/** By UTF-16 code units, so that the order does not depend on the machine. */
export function byText(one: { key: string }, other: { key: string }): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0
}

/** The keys of one source: of t, tr, tn, tx and texts. */
export function collectFrom(source: string, file: string): Found {
  const found: Found = { keys: [], unreadable: [] }
  const at = (node: Node) => `${file}:${source.slice(0, node.start).split('\n').length}`
  const add = (node: Node, texts: string[] | undefined, plural = false) => {
    if (!texts) found.unreadable.push(`${at(node)} ${source.slice(node.start, node.start + 60).split('\n')[0]}`)
    for (const key of texts ?? []) if (key) found.keys.push({ key, plural, place: at(node) })
  }
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => {
    const name = nameOf(node.type === 'TaggedTemplateExpression' ? node.tag : node.type === 'CallExpression' ? node.callee : undefined)
    const given = (node.arguments ?? []) as Node[]
    if (name === 't' || name === 'tr') add(node, node.type === 'TaggedTemplateExpression' ? [templateKey(node.quasi as Node)] : undefined)
    else if (name === 'tn') add(node, pluralKey(given), true)
    // A text that is not written out comes from a table, which has its own entry in `label-tables.ts` or is wrapped in `texts`.
    else if (name === 'tx') add(node, textsIn(given[0]!))
    else if (name === 'texts') add(node, textsIn(given[0]!))
  })
  return found
}

/** The labels of the tables that both sides share. */
function tableKeys(): Found {
  const keys = Object.entries(labelTables).flatMap(([name, labels]) => labels.map((key) => ({ key, plural: false, place: `schemas: ${name}` })))
  return { keys, unreadable: [] }
}

function nameOf(node: unknown): string | undefined {
  return (node as Node | undefined)?.type === 'Identifier' ? ((node as Node).name as string) : undefined
}

/** As `keyOf` in `components/core/words.ts` has it. */
function templateKey(template: Node): string {
  const parts = (template.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked)
  return parts.reduce((text, part, index) => `${text}{${index - 1}}${part}`)
}

function pluralKey([, one, other]: Node[]): string[] | undefined {
  const [first, second] = [one, other].map((node) => (node?.type === 'Literal' ? (node.value as string) : undefined))
  return first === undefined || second === undefined ? undefined : [`${first}|${second}`]
}

/** The texts of an expression: of a table its values and not its names, of a choice both sides. */
function textsIn(node: Node): string[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : []
    case 'TemplateLiteral':
      return (node.expressions as Node[]).length > 0 ? [] : [templateKey(node)]
    case 'ObjectExpression':
      return (node.properties as Node[]).flatMap((property) => (property.type === 'Property' ? textsIn(property.value as Node) : []))
    case 'ArrayExpression':
      return (node.elements as Node[]).flatMap(textsIn)
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((side) => textsIn(side as Node))
    case 'LogicalExpression':
      return [node.left, node.right].flatMap((side) => textsIn(side as Node))
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
      return textsIn(node.expression as Node)
    default:
      return []
  }
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (inner && typeof (inner as Node).type === 'string') visit(inner as Node, see)
  }
}
