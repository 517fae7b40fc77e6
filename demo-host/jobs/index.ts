import { cataloguePrint } from './catalogue-print.ts'
import { cleanupCarts } from './cleanup-carts.ts'
import { giftReminder } from './gift-reminder.ts'
import { ledgerClose } from './ledger-close.ts'
import { nightlySync } from './nightly-sync.ts'
import { orderMail } from './order-mail.ts'
import { paymentWebhook } from './payment-webhook.ts'
import { priceFeed } from './price-feed.ts'
import { sendDigests } from './send-digests.ts'
import { stockDigest } from './stock-digest.ts'
import { troubledKinds } from '../trouble/jobs.ts'
import { troubled } from '../trouble/mode.ts'
import type { JobKind } from './kind.ts'

export const jobKinds: readonly JobKind[] = [
  nightlySync,
  priceFeed,
  cleanupCarts,
  stockDigest,
  paymentWebhook,
  ledgerClose,
  sendDigests,
  orderMail,
  giftReminder,
  cataloguePrint,
  ...(troubled ? troubledKinds : []),
]
