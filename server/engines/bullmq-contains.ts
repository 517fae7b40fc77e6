import { isExactNumber } from './exact-json.ts'

/** Does `value` contain `part`, as PostgreSQL's `@>` has it: objects by their keys, arrays in any order, the rest by equality? */
export function contains(value: unknown, part: unknown): boolean {
  if (isExactNumber(value) || isExactNumber(part)) return JSON.stringify(value) === JSON.stringify(part)
  if (Array.isArray(part)) return Array.isArray(value) && part.every((wanted) => value.some((item) => contains(item, wanted)))
  if (typeof part !== 'object' || part === null) return value === part
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const has = value as Record<string, unknown>
  return Object.entries(part).every(([key, wanted]) => Object.hasOwn(has, key) && contains(has[key], wanted))
}
