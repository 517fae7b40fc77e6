import type { JobKind } from './kind.ts'

/** Counts low stock and orders more. Once every twenty minutes the count takes longer than the interval. */
export const stockDigest: JobKind = {
  queue: 'stock_digest',
  timeLimitSeconds: 600,
  async run({ to }, { sql, startedAt, take }) {
    await take(startedAt.getMinutes() % 20 === 0 ? 330 : 20 + (startedAt.getMinutes() % 4) * 10)
    const { rows } = await sql.query<{ sku: string }>(
      `update shop.product set stock = stock + reorder_at * 3 where stock <= reorder_at returning sku`,
    )
    const low = rows.map(({ sku }) => sku)
    await sql.query('insert into shop.digest (recipient, body) values ($1, $2)', [
      String(to),
      low.length === 0 ? 'Everything is in stock.' : `Ordered more of ${low.join(', ')}.`,
    ])
    return { ordered: low }
  },
}
