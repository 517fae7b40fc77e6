import { cleanupCarts } from './cleanup-carts.ts'
import { ledgerClose } from './ledger-close.ts'
import { nightlySync } from './nightly-sync.ts'
import { paymentWebhook } from './payment-webhook.ts'
import { priceFeed } from './price-feed.ts'
import { sendDigests } from './send-digests.ts'
import { stockDigest } from './stock-digest.ts'
import type { JobKind } from './work.ts'

export const jobKinds: readonly JobKind[] = [
  nightlySync,
  priceFeed,
  cleanupCarts,
  stockDigest,
  paymentWebhook,
  ledgerClose,
  sendDigests,
]
