import { t } from '../../core/words.ts'

/** A condition on arguments as it is typed: a path and a value, or the whole object. */
export interface ArgumentCondition {
  path?: string
  value: string
}

/** JSON is itself, anything else a text: `1077` is a number, `"1077"` and `shop` are texts. */
function literal(value: string): string {
  return isJson(value) ? value : JSON.stringify(value)
}

interface Node {
  [key: string]: Node | string
}

/** One JSON object that holds them all. Values are copied as text, so numbers keep every digit. */
export function writeArguments(conditions: readonly ArgumentCondition[]): string {
  const whole = conditions.find(({ path }) => path === undefined)
  if (whole) return whole.value
  const root: Node = {}
  for (const { path, value } of conditions) {
    const keys = path!.split('.')
    let node = root
    for (const key of keys.slice(0, -1)) node = typeof node[key] === 'object' ? node[key] : (node[key] = {})
    node[keys.at(-1)!] = literal(value)
  }
  return conditions.length ? written(root) : ''
}

function written(node: Node): string {
  return `{${Object.entries(node).map(([key, value]) => `${JSON.stringify(key)}:${typeof value === 'string' ? value : written(value)}`).join(',')}}`
}

/** The other way round. What cannot be written as paths stays one condition. */
export function parseArguments(args: string): ArgumentCondition[] {
  if (!args) return []
  const whole = [{ value: args }]
  // JavaScript would lose digits of these.
  if (/[0-9]{16}|[0-9.][eE]/.test(args) || !isJson(args)) return whole
  const conditions = [...leaves(JSON.parse(args))]
  return conditions.length > 0 && conditions.every(({ path }) => path && /^[^\s:]+$/.test(path)) ? conditions : whole
}

function* leaves(value: unknown, keys: string[] = []): Generator<ArgumentCondition> {
  const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  for (const [key, each] of inner) yield* key.includes('.') ? [{ value: '' }] : leaves(each, [...keys, key])
  if (inner.length === 0) yield { path: keys.join('.'), value: typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value) }
}

/** Why a condition is impossible; empty if it is fine. */
export function complaintAbout({ path, value }: ArgumentCondition): string {
  if (path !== undefined) return ''
  return /^\s*\{/.test(value) && isJson(value) ? '' : t`Give a path, like args.orderId:1, or a JSON object, like args:{"orderId":1}.`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
