import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool } from 'pg'

/** Creates the shop's tables, and fills an empty shop with products and a day of orders. */
export async function openShop(sql: Pool): Promise<void> {
  await sql.query(await readFile(join(import.meta.dirname, 'schema.sql'), 'utf8'))
  const { rowCount } = await sql.query(
    `insert into shop.product (sku, name, price_cents, stock, reorder_at)
     select * from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[]) on conflict (sku) do nothing`,
    [0, 1, 2, 3, 4].map((column) => goods.map((row) => row[column])),
  )
  if (rowCount) await sql.query(firstOrders, [goods.map(([sku]) => sku), customers])
}

export const customers = ['A. Lindqvist', 'B. Okafor', 'C. Marchetti', 'D. Haddad', 'E. Sørensen', 'F. Nakamura', 'G. Ferreira', 'H. Novák']

const goods: [sku: string, name: string, cents: number, stock: number, reorderAt: number][] = [
  ['jam-damson', 'Damson jam, 340 g', 620, 84, 20],
  ['jam-quince', 'Quince jelly, 200 g', 540, 31, 20],
  ['pickle-beet', 'Pickled beetroot, 500 g', 480, 18, 15],
  ['honey-heather', 'Heather honey, 400 g', 1150, 46, 12],
  ['oat-cracker', 'Oat crackers, 12 pieces', 395, 120, 30],
  ['tea-tansy', 'Garden tea, 80 g', 870, 9, 10],
  ['linen-towel', 'Linen towel, unbleached', 1650, 62, 15],
  ['linen-apron', 'Linen apron, slate', 4200, 14, 8],
  ['twine-jute', 'Jute twine, 100 m', 340, 210, 40],
  ['cotton-bag', 'Bread bag, cotton', 980, 73, 20],
  ['beeswax-wrap', 'Beeswax wraps, set of 3', 1480, 27, 25],
  ['wool-cosy', 'Teapot cosy, wool', 2900, 11, 6],
]

const firstOrders = `
  insert into shop.purchase (placed_at, customer, sku, quantity, total_cents, status)
  select now() - make_interval(mins => 1440 - n * 36), ($2::text[])[1 + n % cardinality($2::text[])], product.sku, 1 + n % 3,
         product.price_cents * (1 + n % 3), case when n > 36 then 'paid' else 'shipped' end
    from generate_series(0, 39) n
    join shop.product on product.sku = ($1::text[])[1 + (n * 5) % cardinality($1::text[])]
   order by n`
