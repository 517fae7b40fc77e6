import type { DeclaredCronEntry } from 'ops-powertools'

/** The shop's schedule. Upserted when the shop starts; an operator's pause survives a restart. */
export const cron: DeclaredCronEntry[] = [
  {
    name: 'nightly_sync',
    source: 'fixture',
    queue: 'nightly_sync',
    expression: '0 2 * * *',
    timezone: 'Etc/UTC',
    args: { scope: 'ops-demo' },
    overlap: 'queue_one',
    catchUp: 'latest',
    maxCatchUp: 1,
  },
  {
    name: 'price_feed',
    queue: 'price_feed',
    expression: '* * * * *',
    args: { supplier: 'linen-house', apiKey: 'sk_demo_linenhouse_4b71' },
    overlap: 'skip',
    catchUp: 'none',
  },
  {
    name: 'cleanup_carts',
    queue: 'cleanup_carts',
    expression: '*/2 * * * *',
    args: { olderThanMinutes: 10 },
    overlap: 'cancel_previous',
    catchUp: 'none',
  },
  {
    name: 'stock_digest',
    queue: 'stock_digest',
    expression: '*/5 * * * *',
    args: { to: 'kitchen@tansy-and-twine.example' },
    overlap: 'queue_one',
    catchUp: 'latest',
  },
  {
    name: 'ledger_close',
    queue: 'ledger_close',
    expression: '30 0 1 * *',
    timezone: 'America/New_York',
    args: { book: 'main' },
    overlap: 'queue_one',
    catchUp: 'latest',
  },
  {
    name: 'send_digests',
    queue: 'send_digests',
    expression: '30 7 * * 1-5',
    timezone: 'Europe/Berlin',
    args: { audience: 'subscribers' },
    overlap: 'allow',
    catchUp: 'all',
    maxCatchUp: 3,
  },
]
