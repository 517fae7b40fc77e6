import type { HostRunbooks } from 'ops-powertools'

/** What the shop's people know that no product can: whom to call, and what to check first. */
export const runbooks: HostRunbooks = {
  stuck_queue: {
    title: 'Night shift of the shop',
    text: `Is the **printer service** up? Then:

1. \`systemctl restart shop-workers\` on the machine of the queue
2. still stuck after five minutes: call the owner, see [today](/today)`,
    links: [{ label: "Today's figures of the shop", href: '/today' }],
  },
  failure_burst: { text: 'Mails go through *smtp-eu-2*. If it does not answer, the provider has an outage more often than we have a fault.' },
  cron_entry: { text: 'Ask finance before you resume `ledger_close`.' },
}
