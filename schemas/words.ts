import { z } from 'zod'

/** An enum of a vocabulary table's keys. */
export function words<T extends Record<string, string>>(table: T) {
  return z.enum(Object.keys(table) as [keyof T & string, ...(keyof T & string)[]])
}

/**
 * Text a person or a script typed. PostgreSQL cannot store NUL, and a lone surrogate is not text,
 * so both are refused at the door instead of failing in a query.
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

/** An instant: ISO-8601 with an offset or Z; answers are always UTC. PostgreSQL knows no year 0. */
export const instant = z.iso
  .datetime({
    offset: true,
    error: ({ input }) => (typeof input === 'string' ? 'expected an ISO-8601 instant with its offset, e.g. 2026-11-21T06:00:00Z' : undefined),
  })
  .refine((value) => !(Date.parse(value) < firstInstant), 'expected an instant from the year 1 on')

/** A JSON object as the engine will receive it. NUL and lone surrogates are refused at any depth. */
export const jsonObject = z.record(z.string(), z.json()).superRefine((value, context) => {
  const bad = findUnstorable(value, [])
  if (bad) context.addIssue({ code: 'custom', message: 'contains a NUL character or a lone surrogate', path: bad })
})

/** Where a value has what PostgreSQL keeps in no text: a NUL character, or half a character. */
export function findUnstorable(value: unknown, path: (string | number)[]): (string | number)[] | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = findUnstorable(key, [...path, '(key)']) ?? findUnstorable(inner, [...path, key])
    if (found) return found
  }
  return undefined
}
