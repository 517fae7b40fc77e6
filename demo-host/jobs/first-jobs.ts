import type { NewShopJob, ShopEngine } from '../engines/engine.ts'
import { addressOf } from './order-mail.ts'

const hour = 3600

/** Jobs that would already be in the queues if the shop had been open yesterday. Each start adds missing ones. */
export async function sendFirstJobs(shop: ShopEngine): Promise<void> {
  for (const [queue, jobs] of Object.entries(firstJobs)) {
    const { count } = await shop.engine.count({ queue, states: finish.has(queue) ? undefined : ['scheduled', 'available', 'executing', 'retryable'] }, 1)
    if (count === 0) for (const job of jobs) await shop.send({ queue, ...job })
  }
}

/** Not added again once they are done. */
const finish = new Set(['order_mail', 'payment_webhook'])

const firstJobs: Record<string, Omit<NewShopJob, 'queue'>[]> = {
  order_mail: Array.from({ length: 9 }, (_, visitor) => ({ args: { order: 1032 + visitor, to: addressOf(visitor) } })),
  payment_webhook: [{ args: { order: 1036 } }, { args: { order: 1037 } }],
  catalogue_print: [{ args: { edition: 'winter', pages: 64 } }],
  gift_reminder: [
    { args: { customer: 'A. Lindqvist' }, inSeconds: 3 * hour },
    { args: { customer: 'E. Sørensen' }, inSeconds: 26 * hour },
    { args: { customer: 'H. Novák' }, inSeconds: 90 * hour },
  ],
}
