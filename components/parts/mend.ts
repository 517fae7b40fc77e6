/** Small mistakes of typing, and what was meant. Pure. */

/** A name that is allowed and close to the one given; undefined if there is none, or nothing is wrong with it. */
export function mendName(given: string): string | undefined {
  const mended = given
    .trim()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._:/-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .replace(/_+$/, '')
    .slice(0, 100)
  return mended && mended !== given.trim() ? mended : undefined
}

/** JSON with single quotes, bare words, trailing commas, or without its braces; undefined if that does not make it a JSON object. */
export function mendJson(given: string): string | undefined {
  const text = given.trim()
  const whole = text.startsWith('{') ? text : `{${text}}`
  const mended = whole.replaceAll(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|[A-Za-z_$][\w$.-]*|,(?=\s*[}\]])/g, (part, single?: string) => {
    if (part === ',') return ''
    if (single !== undefined) return JSON.stringify(single.replaceAll("\\'", "'"))
    return part.startsWith('"') || /^(true|false|null)$/.test(part) ? part : JSON.stringify(part)
  })
  return mended !== given && isObject(mended) ? mended : undefined
}

/** The line on which a text stops being JSON, from 1; undefined if it is JSON. */
export function brokenLine(text: string): number | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const place = /position (\d+)/.exec((error as Error).message)?.[1]
    const line = /line (\d+)/.exec((error as Error).message)?.[1]
    if (line) return Number(line)
    return text.slice(0, place === undefined ? text.length : Number(place)).split('\n').length
  }
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
