import { parseAst } from 'vite'

interface Node {
  type: string
  start: number
  [name: string]: unknown
}

/** Attributes that people read or hear. */
const spoken = new Set(['alt', 'aria-description', 'aria-label', 'aria-placeholder', 'aria-roledescription', 'aria-valuetext', 'label', 'placeholder', 'title'])

/** Stands in for an expression; no HTML has it. */
const value = '\u0000'

/** English that is written into the templates of a source instead of going through t, tr, tn or tx: `file:line text`. */
export function plainTexts(source: string, file: string): string[] {
  const found: string[] = []
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => {
    const tag = node.type === 'TaggedTemplateExpression' ? (node.tag as Node) : undefined
    if (tag?.type !== 'Identifier' || !['html', 'svg'].includes(tag.name as string)) return
    const { quasis, expressions } = node.quasi as { quasis: { value: { raw: string } }[]; expressions: Node[] }
    const line = source.slice(0, node.start).split('\n').length
    const shown = expressions.filter((_, index) => isShown(quasis.slice(0, index + 1).map(({ value }) => value.raw).join(value)))
    const texts = [...textsOf(quasis.map(({ value }) => value.raw).join(value)), ...shown.flatMap(literals)]
    for (const text of texts) if (hasWords(text)) found.push(`${file}:${line} ${text.replaceAll(value, '…').replace(/\s+/g, ' ').trim()}`)
  })
  return found
}

/** The texts and the spoken attributes of a template. */
function textsOf(markup: string): string[] {
  const texts: string[] = []
  const rest = markup
    .replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>/g, '')
    .replace(/<[a-z][^\s>/]*((?:\s+[^\s=>]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]*))?)*)\s*\/?>|<\/[a-z][^>]*>/gi, (_, attributes = '') => {
      for (const [, name, quoted, bare] of (attributes as string).matchAll(/([^\s=]+)=(?:"([^"]*)"|([^\s>]*))/g)) if (spoken.has(name!)) texts.push(quoted ?? bare ?? '')
      return '\n'
    })
  return [...texts, ...rest.split('\n\n')]
}

/** Whether an expression behind this markup is a text or a spoken attribute, and not a class, a style or a property. */
function isShown(before: string): boolean {
  const tag = before.slice(before.lastIndexOf('<'))
  if (before.lastIndexOf('>') > before.lastIndexOf('<')) return true
  const name = /([^\s="']+)=(?:"[^"]*|'[^']*|[^\s"']*)$/.exec(tag)?.[1]
  return name === undefined || spoken.has(name)
}

/** Texts that an expression of a template shows as they are. */
function literals(node: Node): string[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' && / /.test(node.value.trim()) ? [node.value] : []
    case 'TemplateLiteral':
      return (node.quasis as { value: { raw: string } }[]).some(({ value }) => / \S/.test(value.raw)) ? [(node.quasis as { value: { raw: string } }[]).map(({ value }) => value.raw).join(value)] : []
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap((side) => literals(side as Node))
    case 'LogicalExpression':
      return literals(node.right as Node)
    default:
      return []
  }
}

function hasWords(text: string): boolean {
  return /\p{L}{2}/u.test(text.replace(/&[a-z]+;/g, ''))
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (inner && typeof (inner as Node).type === 'string') visit(inner as Node, see)
  }
}
