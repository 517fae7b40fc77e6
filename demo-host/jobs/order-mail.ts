import { connectToMailServer } from '../trouble/mail-server.ts'
import type { JobKind } from './kind.ts'

/** Confirms an order by mail. Some addresses do not exist; then the mail is tried three times and given up. */
export const orderMail: JobKind = {
  queue: 'order_mail',
  retryDelaySeconds: 4,
  concurrency: 2,
  async run({ order, to }, { attempt, take }) {
    await take(0.4)
    const address = String(to)
    connectToMailServer(Number(order))
    if (address.endsWith('.invalid')) throw new Error(`550 5.1.1 ${address}: no such mailbox (attempt ${attempt})`)
    return { order, mailed: address }
  },
}

/** Every sixth shopper mistyped their address. */
export function addressOf(visitor: number): string {
  return `shopper${visitor % 1000}@${visitor % 6 === 0 ? 'gmial.invalid' : 'mail.example'}`
}
