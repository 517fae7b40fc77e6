import { html, type Html } from '../html.ts'
import type { Today } from '../today.ts'

/** The shop's front page: what was ordered, what is in stock, what the jobs wrote. */
export function todayPage(today: Today): Html {
  return html`<h1>Today in the shop</h1>
    <p class="lede">${leadSentence(today)}</p>
    ${figures(today)}
    <div class="columns">
      <section class="card wide">
        <h2>Latest orders</h2>
        ${orders(today)}
      </section>
      <section class="card">
        <h2>Stock</h2>
        ${stock(today)}
      </section>
    </div>
    <div class="columns three">
      <section class="card">
        <h2>Price changes</h2>
        ${list(today.prices, 'No price has changed yet; the feed runs every minute.', ({ name, from_cents, to_cents, changed_at }) => html`
          <b>${name}</b> ${money(from_cents)} → ${money(to_cents)} ${time(changed_at)}`)}
      </section>
      <section class="card">
        <h2>Notes from the stock room</h2>
        ${list(today.digests, 'There is no digest yet; the first will be written within five minutes.', ({ body, recipient, written_at }) => html`
          ${body} <small>for ${recipient}</small> ${time(written_at)}`)}
      </section>
      <section class="card">
        <h2>Follow-ups</h2>
        ${list(today.followUps, 'No change in the jobs console has needed a follow-up yet.', ({ number, title, opened_at }) => html`
          <b>No. ${number}</b> ${title} ${time(opened_at)}`)}
      </section>
    </div>`
}

function leadSentence({ figures: { unpaid }, stock }: Today): string {
  const low = stock.filter((product) => product.stock <= product.reorder_at).length
  const payments = unpaid === 0 ? 'Every order is paid' : `${plural(unpaid, 'order is', 'orders are')} unpaid because the provider refused the payment`
  return `${payments}, and ${low === 0 ? 'nothing is running low' : plural(low, 'product is running low', 'products are running low')}.`
}

function figures({ figures: { orders, takings, carts, unpaid } }: Today): Html {
  const shown: [string, string | number][] = [
    ['Orders, last 24 h', orders],
    ['Takings, last 24 h', money(takings)],
    ['Open carts', carts],
    ['Unpaid orders', unpaid],
  ]
  return html`<dl class="figures">
    ${shown.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
  </dl>`
}

function orders({ orders }: Today): Html {
  return html`<table class="orders">
    <thead><tr><th>No.</th><th>Customer</th><th>Goods</th><th class="number">Total</th><th>State</th><th>Placed, UTC</th></tr></thead>
    <tbody>
      ${orders.map((order) => html`<tr>
        <td>${order.number}</td><td>${order.customer}</td><td>${order.quantity} × ${order.product}</td>
        <td class="number">${money(order.total_cents)}</td><td><span class="tag ${order.status}">${order.status}</span></td><td>${time(order.placed_at)}</td>
      </tr>`)}
    </tbody>
  </table>`
}

function stock({ stock }: Today): Html {
  return html`<table>
    <thead><tr><th>Product</th><th class="number">Price</th><th class="number">Left</th></tr></thead>
    <tbody>
      ${stock.map(({ name, price_cents, stock, reorder_at }) => html`<tr>
        <td>${name} ${stock <= reorder_at && html`<span class="tag low">low</span>`}</td>
        <td class="number">${money(price_cents)}</td><td class="number">${stock}</td>
      </tr>`)}
    </tbody>
  </table>`
}

function list<Item>(items: Item[], none: string, render: (item: Item) => Html): Html {
  if (items.length === 0) return html`<p class="quiet">${none}</p>`
  return html`<ul class="notes">${items.map((item) => html`<li>${render(item)}</li>`)}</ul>`
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

function money(cents: number): string {
  return `€ ${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2 })}`
}

function time(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${dayAndTime.format(at).replace(',', '')}</time>`
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
