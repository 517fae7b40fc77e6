import type { Pool } from 'pg'
import type { ShopEngine } from '../engines/engine.ts'
import { addressOf } from '../jobs/order-mail.ts'
import { customers } from './stock.ts'

const everyMilliseconds = 20_000

/** Simulates shoppers who occasionally fill carts and buy. Returns the function that stops them. */
export function openStorefront(sql: Pool, engine: ShopEngine): () => void {
  const visit = () => simulateShopper(sql, engine).catch((error: Error) => console.error(`storefront: ${error.message}`))
  const timer = setInterval(visit, everyMilliseconds)
  return () => clearInterval(timer)
}

async function simulateShopper(sql: Pool, engine: ShopEngine): Promise<void> {
  const visitor = Math.floor(Date.now() / everyMilliseconds)
  const quantity = 1 + (visitor % 3)
  await sql.query(
    `insert into shop.cart (sku, quantity) select sku, $2 from shop.product order by sku offset $1 % (select count(*) from shop.product) limit 1`,
    [visitor, quantity],
  )
  const { rows } = await sql.query<{ number: string }>(
    `with bought as (
       update shop.product set stock = stock - $2
        where sku = (select sku from shop.product where stock >= $2 order by sku offset $1 % 9 limit 1)
       returning sku, price_cents
     )
     insert into shop.purchase (customer, sku, quantity, total_cents)
     select $3, sku, $2, price_cents * $2 from bought returning number`,
    [visitor, quantity, customers[visitor % customers.length]],
  )
  if (!rows[0]) return
  const order = Number(rows[0].number)
  await engine.send({ queue: 'payment_webhook', args: { order } })
  await engine.send({ queue: 'order_mail', args: { order, to: addressOf(visitor) } })
}
