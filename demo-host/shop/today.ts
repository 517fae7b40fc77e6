import type { Pool } from 'pg'

export interface Today {
  figures: { orders: number; takings: number; carts: number; unpaid: number }
  orders: { number: string; placed_at: Date; customer: string; product: string; quantity: number; total_cents: number; status: string }[]
  stock: { name: string; price_cents: number; stock: number; reorder_at: number }[]
  prices: { changed_at: Date; name: string; from_cents: number; to_cents: number }[]
  digests: { written_at: Date; recipient: string; body: string }[]
  followUps: { number: string; opened_at: Date; title: string }[]
}

/** The front page's data, read live from the shop's own tables. */
export async function readToday(sql: Pool): Promise<Today> {
  const rows = async <Row extends object>(text: string): Promise<Row[]> => (await sql.query<Row>(text)).rows
  const [figures, orders, stock, prices, digests, followUps] = await Promise.all([
    rows<Today['figures']>(figuresOfToday),
    rows<Today['orders'][number]>(latestOrders),
    rows<Today['stock'][number]>('select name, price_cents, stock, reorder_at from shop.product order by name'),
    rows<Today['prices'][number]>(latestPrices),
    rows<Today['digests'][number]>('select written_at, recipient, body from shop.digest order by id desc limit 3'),
    rows<Today['followUps'][number]>('select number, opened_at, title from shop.follow_up order by number desc limit 5'),
  ])
  return { figures: figures[0]!, orders, stock, prices, digests, followUps }
}

const figuresOfToday = `
  select count(*)::int as orders,
         coalesce(sum(total_cents), 0)::int as takings,
         (select count(*)::int from shop.cart) as carts,
         (count(*) filter (where status = 'placed' and placed_at < now() - interval '1 minute'))::int as unpaid
    from shop.purchase where placed_at > now() - interval '1 day'`

const latestOrders = `
  select number, placed_at, customer, product.name as product, quantity, total_cents, status
    from shop.purchase join shop.product using (sku) order by number desc limit 10`

const latestPrices = `
  select changed_at, name, from_cents, to_cents
    from shop.price_change join shop.product using (sku) order by id desc limit 5`
