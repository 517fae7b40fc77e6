import type { JobKind } from './kind.ts'

/** Fetches the supplier's current prices. Every fifth minute the supplier is slow, so that the next run is skipped. */
export const priceFeed: JobKind = {
  queue: 'price_feed',
  attempts: 1,
  timeLimitSeconds: 180,
  async run({ supplier }, { sql, startedAt, take }) {
    await take(startedAt.getMinutes() % 5 === 0 ? 70 : 3)
    const { rows } = await sql.query<{ sku: string; price_cents: number }>('select sku, price_cents from shop.product order by sku')
    const product = rows[startedAt.getMinutes() % rows.length]
    if (!product) return { supplier, changed: 0 }
    const price = movedPrice(product.price_cents, startedAt)
    await sql.query('update shop.product set price_cents = $2 where sku = $1', [product.sku, price])
    await sql.query('insert into shop.price_change (sku, from_cents, to_cents) values ($1, $2, $3)', [product.sku, product.price_cents, price])
    await sql.query(`delete from shop.price_change where changed_at < now() - interval '2 days'`)
    return { supplier, changed: 1, sku: product.sku }
  },
}

/** Prices rise in even hours and fall in odd ones, within bounds. */
function movedPrice(cents: number, at: Date): number {
  const step = Math.max(5, Math.round(cents / 200) * 5)
  return Math.min(20_000, Math.max(195, at.getHours() % 2 === 0 ? cents + step : cents - step))
}
