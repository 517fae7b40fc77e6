import type { JobKind } from './kind.ts'

/** Reminds somebody of a birthday that they wrote down; waits for its day. */
export const giftReminder: JobKind = {
  queue: 'gift_reminder',
  async run({ customer }, { sql, take }) {
    await take(1)
    await sql.query('insert into shop.digest (recipient, body) values ($1, $2)', [String(customer), 'A birthday comes up: the linen aprons are back in stock.'])
    return { customer }
  },
}
