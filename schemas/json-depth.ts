/** How deep a JSON text is nested: 0 for a plain value, 1 for an object of plain values. Walks the text, so no depth is too much for it. */
export function depthOf(text: string): number {
  let deepest = 0
  walkBrackets(text, (depth) => {
    if (depth > deepest) deepest = depth
  })
  return deepest
}

/** The same JSON text with whatever lies deeper than `maxDepth` replaced. Text that is no JSON stays no JSON. */
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

/** Calls back for each bracket outside strings, with the depth inside it. */
function walkBrackets(text: string, meet: (depth: number, at: number, opens: boolean) => void): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++
    } else if (code === 91 || code === 123) {
      depth += 1
      meet(depth, at, true)
    } else if (code === 93 || code === 125) {
      meet(depth, at, false)
      depth -= 1
    }
  }
}
