import type { JobKind } from './kind.ts'

/** Sends yesterday's sales to subscribers. */
export const sendDigests: JobKind = {
  queue: 'send_digests',
  retryDelaySeconds: 30,
  async run({ audience }, { sql, take }) {
    await take(25)
    const { rows } = await sql.query<{ orders: number; cents: string }>(
      `select count(*)::int as orders, coalesce(sum(total_cents), 0) as cents from shop.purchase where placed_at > now() - interval '1 day'`,
    )
    const { orders, cents } = rows[0]!
    await sql.query('insert into shop.digest (recipient, body) values ($1, $2)', [
      String(audience),
      `${orders} orders in the last day, ${(Number(cents) / 100).toFixed(2)} in all.`,
    ])
    return { orders }
  },
}
