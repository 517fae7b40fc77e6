import { transform } from 'lightningcss'

/** The part of the parser's tree that is looked at here. */
interface Node {
  type: string
  start: number
  end: number
  [field: string]: unknown
}

interface TaggedTemplate extends Node {
  tag: Node & { name?: string }
  quasi: Node & { quasis: Node[] }
}

interface Edit {
  start: number
  end: number
  text: string
}

/**
 * Shortens the templates that Lit reads, and nothing else: the indentation of `html` and `svg`, and whole style sheets in `css`. The
 * templates are found by the bundler's own parser, so a string, a comment or any other template that looks like one stays as it is.
 */
export function minifyTemplates(code: string, parse: (code: string) => unknown): string {
  const edits: Edit[] = []
  visit(parse(code) as Node, (node) => {
    if (isTagged(node)) edits.push(...editsOf(node, code))
  })
  let shorter = code
  // From the end, so that the places still to be edited stay where they are. Templates nest, but their own text never overlaps.
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) shorter = shorter.slice(0, start) + text + shorter.slice(end)
  return shorter
}

function isTagged(node: Node): node is TaggedTemplate {
  return node.type === 'TaggedTemplateExpression'
}

function editsOf({ tag, quasi: { quasis } }: TaggedTemplate, code: string): Edit[] {
  const texts = quasis.map(({ start, end }) => ({ start, end, text: code.slice(start, end) }))
  if (tag.name === 'css') return texts.length === 1 ? texts.map((each) => ({ ...each, text: minifyStyles(each.text) })) : []
  if (tag.name !== 'html' && tag.name !== 'svg') return []
  // Where blanks are part of what is shown, they stay.
  if (texts.some(({ text }) => /<(pre|textarea)\b[^>]*>[^<]*\n/i.test(text))) return []
  return texts.map((each) => ({ ...each, text: each.text.replace(/\s*\n\s*/g, ' ') }))
}

/** A sheet with an expression or an escape in it is left alone; what is in strings, `calc()` and selectors is the CSS parser's business. */
function minifyStyles(css: string): string {
  if (css.includes('\\')) return css
  const { code } = transform({ filename: 'element.css', code: new TextEncoder().encode(css), minify: true })
  return new TextDecoder().decode(code)
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, see)
  } else if (typeof value === 'object' && value !== null) {
    if ('type' in value) see(value as Node)
    for (const each of Object.values(value)) visit(each, see)
  }
}
