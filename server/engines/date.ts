const first = Date.parse('0001-01-01T00:00:00Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * An instant that an engine keeps, from its milliseconds. PostgreSQL knows infinity and years that JavaScript does not; such a
 * one becomes the last, or the first, that both can write, so that one job's time breaks no page.
 */
export function dateAt(milliseconds: number): Date {
  return new Date(Math.min(Math.max(milliseconds, first), last) || 0)
}
