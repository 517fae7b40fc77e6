import { isExactNumber } from './exact-json.ts'

/** Does `value` contain `part`, by the rules of jsonb containment? For stores that cannot search for it themselves. */
export function contains(value: unknown, part: unknown): boolean {
  if (isNumber(value) && isNumber(part)) return decimal(digitsOf(value)) === decimal(digitsOf(part))
  if (Array.isArray(part)) return Array.isArray(value) && part.every((wanted) => value.some((each: unknown) => contains(each, wanted)))
  if (!isObject(part)) return value === part
  return isObject(value) && Object.entries(part).every(([key, wanted]) => Object.hasOwn(value, key) && contains(value[key], wanted))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isExactNumber(value)
}

function digitsOf(value: unknown): string {
  return isExactNumber(value) ? value.rawJSON : String(value)
}

/** Canonical form of a number: `1.50e2`, `150` and `150.0` give the same text. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (!significant) return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
