import type { JobKind } from './kind.ts'

/** Reminds a customer of a birthday; scheduled for its day. */
export const giftReminder: JobKind = {
  queue: 'gift_reminder',
  async run({ customer }, { sql, take }) {
    await take(1)
    await sql.query('insert into shop.digest (recipient, body) values ($1, $2)', [String(customer), 'A birthday is coming up: the linen aprons are back in stock.'])
    return { customer }
  },
}
