const first = Date.parse('0001-01-01T00:00:00Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * Converts an engine's timestamp in milliseconds to a date. PostgreSQL has infinity and years that JavaScript cannot represent;
 * they are clamped to the first or last instant that both can, so that one job's timestamp cannot break a page.
 */
export function dateAt(milliseconds: number): Date {
  return new Date(Math.min(Math.max(milliseconds, first), last) || 0)
}
