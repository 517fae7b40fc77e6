import { parseAst } from 'vite'

interface Node {
  type: string
  start: number
  [name: string]: unknown
}

const sides = String.raw`(?:left|right)`
/** Declarations that stay on one side of the screen when the page runs from right to left. */
const physical = [
  new RegExp(String.raw`(?:^|[;{\s])((?:(?:scroll-)?(?:margin|padding)|border)-${sides}(?:-\w+)?|border-(?:top|bottom)-${sides}-radius|${sides})\s*:`, 'g'),
  new RegExp(String.raw`(?:^|[;{\s])((?:text-align|float|clear)\s*:\s*${sides})`, 'g'),
  /(?:^|[;{\s])(translateX\([^)]*\))/g,
  new RegExp(String.raw`(to ${sides}),`, 'g'),
]
/** Of four values, the second and the fourth are right and left. */
const four = /(?:^|[;{\s])((?:margin|padding|inset|border-width|border-style|border-color)\s*:\s*((?:[^;\s()]|\([^)]*\))+)\s+((?:[^;\s()]|\([^)]*\))+)\s+((?:[^;\s()]|\([^)]*\))+)\s+((?:[^;\s()]|\([^)]*\))+))\s*;/g

/** The physical declarations of a style sheet. */
export function physicalDeclarations(css: string): string[] {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '')
  const unequal = [...plain.matchAll(four)].filter(([, , , right, , left]) => right !== left).map(([, text]) => text!)
  return [...physical.flatMap((pattern) => [...plain.matchAll(pattern)].map(([, text]) => text!)), ...unequal].map((text) => text.replace(/\s+/g, ' '))
}

/** The physical declarations of a source: of its style sheets, and of the styles in its templates. */
export function physicalStyles(source: string): string[] {
  const found: string[] = []
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => {
    if (node.type === 'TaggedTemplateExpression' && (node.tag as Node).name === 'css') found.push(...physicalDeclarations(textOf(node.quasi as Node)))
    if (node.type !== 'TaggedTemplateExpression' || (node.tag as Node).name === 'css') return
    for (const inline of stylesIn(node.quasi as Node)) found.push(...physicalDeclarations(inline))
  })
  return found
}

/** The values of `.style=`. */
function stylesIn(template: Node): string[] {
  const { quasis, expressions } = template as unknown as { quasis: { value: { raw: string } }[]; expressions: Node[] }
  return expressions.filter((_, index) => /\sstyle=["']?$|\.style=$/.test(quasis[index]!.value.raw)).flatMap(templatesIn)
}

function templatesIn(node: Node): string[] {
  const found: string[] = []
  visit(node, (inner) => {
    if (inner.type === 'TemplateLiteral') found.push(textOf(inner))
    if (inner.type === 'Literal' && typeof inner.value === 'string') found.push(inner.value)
  })
  return found
}

function textOf(template: Node): string {
  return (template.quasis as { value: { raw: string } }[]).map(({ value }) => value.raw).join('0')
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const value of Object.values(node)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (inner && typeof (inner as Node).type === 'string') visit(inner as Node, see)
  }
}
