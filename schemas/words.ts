import { z } from 'zod'

const enums = new WeakMap<object, z.ZodType>()

/** A zod enum of a vocabulary table's keys. The same one for the same table, so that the OpenAPI document has it once. */
export function words<T extends Record<string, unknown>>(table: T) {
  const made = () => z.enum(Object.keys(table) as [keyof T & string, ...(keyof T & string)[]])
  const known = enums.get(table) as ReturnType<typeof made> | undefined
  if (known) return known
  const created = made()
  enums.set(table, created)
  return created
}

/**
 * Text input. PostgreSQL cannot store NUL, and a lone surrogate is not valid Unicode, so both are refused here instead of failing
 * in a query.
 */
export function text({ min = 1, max }: { min?: number; max: number }) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\0'), 'contains a NUL character')
    .refine((value) => value.isWellFormed(), 'contains a lone surrogate (not valid Unicode)')
}

const firstInstant = Date.parse('0001-01-01T00:00:00Z')
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * An instant: ISO-8601 with an offset or Z; output is always UTC. Refuses what JavaScript or PostgreSQL cannot represent: years
 * outside 1 to 9999 in UTC, offsets beyond 15:59, digits beyond nanoseconds.
 */
export const instant = z.iso
  .datetime({
    offset: true,
    error: ({ input }) => (typeof input === 'string' ? 'expected an ISO-8601 instant with its offset, e.g. 2026-11-21T06:00:00Z' : undefined),
  })
  .refine((value) => !(Date.parse(value) < firstInstant || Date.parse(value) > lastInstant), 'expected an instant from the year 1 to the year 9999, in UTC')
  .refine((value) => !/[+-](1[6-9]|2\d):\d\d$/.test(value), 'expected an offset between -15:59 and +15:59')
  .refine((value) => !/\.\d{10}/.test(value), 'expected at most nine digits after the second')

/** A JSON object as the engine will receive it. Refuses values that cannot be stored, at any depth. */
export const jsonObject = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const unstorable = findUnstorable(value)
  if (unstorable) context.addIssue({ code: 'custom', ...unstorable })
})

/** Deeper than any legitimate value; recursive code may rely on this limit. */
const maxDepth = 100

interface Unstorable {
  path: string[]
  message: string
}

/**
 * Finds the first part of a value that cannot be stored as JSON, and says why. `as written`: numbers are stored as digits, so those
 * beyond JavaScript's range are fine. Iterative, because a body of one megabyte could be nested deeper than the call stack.
 */
export function findUnstorable(value: unknown, numbers: 'as numbers' | 'as written' = 'as numbers'): Unstorable | undefined {
  const left: { value: unknown; path: string[] }[] = [{ value, path: [] }]
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, path } = next
    const tooDeep = path.length >= maxDepth && typeof value === 'object' && value !== null
    const message = tooDeep ? `is nested deeper than ${maxDepth} levels` : describeUnstorable(value, numbers)
    if (message) return { path: path.slice(0, 8), message }
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      const message = describeUnstorable(key, numbers)
      if (message) return { path: [...path, '(key)'].slice(0, 8), message }
      left.push({ value: inner, path: [...path, key] })
    }
  }
  return undefined
}

function describeUnstorable(value: unknown, numbers: 'as numbers' | 'as written'): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? 'contains a NUL character or a lone surrogate' : undefined
  if (typeof value === 'number') return numbers === 'as written' || Number.isFinite(value) ? undefined : 'is a number beyond what JSON can represent; expected one below 1e308'
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value !== 'object') return `is ${typeof value}, which JSON cannot represent`
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype ? undefined : 'is neither a plain object nor a list'
}
