import type { JobKind } from './kind.ts'

/** Closes the past month in the ledger; running it again changes nothing. */
export const ledgerClose: JobKind = {
  queue: 'ledger_close',
  async run({ book }, { sql, take }) {
    await take(20)
    const { rows } = await sql.query<{ month: string; total_cents: string }>(
      `insert into shop.ledger (book, month, total_cents)
       select $1, date_trunc('month', now() - interval '1 month')::date, coalesce(sum(total_cents), 0)
         from shop.purchase
        where placed_at >= date_trunc('month', now() - interval '1 month') and placed_at < date_trunc('month', now())
       on conflict (book, month) do update set total_cents = excluded.total_cents
       returning month::text, total_cents`,
      [String(book)],
    )
    return { ...rows[0] }
  },
}
