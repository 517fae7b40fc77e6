/** The nesting depth of a JSON text: 0 for a scalar, 1 for an object of scalars. Scans the text without recursion, so any depth is safe. */
export function depthOf(text: string): number {
  let deepest = 0
  walkBrackets(text, (depth) => {
    if (depth > deepest) deepest = depth
  })
  return deepest
}

/** Replaces everything nested deeper than `maxDepth` in a JSON text. Invalid JSON stays invalid. */
export function cutBelow(text: string, maxDepth: number, replacement: string): string {
  const kept: string[] = []
  let from = 0
  walkBrackets(text, (depth, at, opens) => {
    if (depth !== maxDepth + 1) return
    if (opens) kept.push(text.slice(from, at), replacement)
    else from = at + 1
  })
  return kept.length ? kept.join('') + text.slice(from) : text
}

const quote = 34
const backslash = 92

/** Calls `visit` for each bracket outside strings, with the depth inside it. */
function walkBrackets(text: string, visit: (depth: number, at: number, opens: boolean) => void): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++
    } else if (code === 91 || code === 123) {
      depth += 1
      visit(depth, at, true)
    } else if (code === 93 || code === 125) {
      visit(depth, at, false)
      depth -= 1
    }
  }
}
