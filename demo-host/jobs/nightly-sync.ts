import type { JobKind } from './kind.ts'
import { shippedOf } from './warehouse.ts'

/** Fetches what the warehouse has shipped since the last sync and marks those orders as shipped. */
export const nightlySync: JobKind = {
  queue: 'nightly_sync',
  retryDelaySeconds: 15,
  async run({ scope }, { sql, take }) {
    const { rows } = await sql.query<{ number: string; placed_at: Date }>(
      `select number, placed_at from shop.purchase where status = 'paid' order by number limit 5000`,
    )
    const shipped = shippedOf(rows)
    for (const batch of batchesOf(500, shipped)) {
      await sql.query(`update shop.purchase set status = 'shipped' where number = any($1::bigint[])`, [batch])
      await take(1.5)
    }
    return { scope, shipped: shipped.length }
  },
}

function batchesOf<T>(size: number, items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
}
