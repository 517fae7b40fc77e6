import type { JobKind } from './kind.ts'

/** Empties abandoned carts. Three times an hour it takes longer than its interval and is cancelled by the next one. */
export const cleanupCarts: JobKind = {
  queue: 'cleanup_carts',
  attempts: 1,
  timeLimitSeconds: 300,
  async run({ olderThanMinutes }, { sql, startedAt, take }) {
    const minutes = typeof olderThanMinutes === 'number' ? olderThanMinutes : 10
    await take(startedAt.getMinutes() % 20 === 0 ? 130 : 6)
    const { rowCount } = await sql.query(`delete from shop.cart where updated_at < now() - make_interval(mins => $1)`, [minutes])
    return { emptied: rowCount ?? 0 }
  },
}
