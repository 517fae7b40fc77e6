import type { JobKind } from './kind.ts'

/**
 * Confirms an order with the payment provider. Every seventh order is refused, with a careless error text
 * that repeats the key of the call.
 */
export const paymentWebhook: JobKind = {
  queue: 'payment_webhook',
  retryDelaySeconds: 30,
  async run({ order }, { sql, take }) {
    await take(0.5)
    const number = Number(order)
    if (number % 7 === 0) throw new Error(`Provider refused order ${number}: 402 for key sk_demo_canary_provider_91c2`)
    await sql.query(`update shop.purchase set status = 'paid' where number = $1 and status = 'placed'`, [number])
    return { order: number, paid: true }
  },
}
