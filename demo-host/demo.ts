import type { RequestListener } from 'node:http'
import { createOps } from 'ops-powertools'
import type { ShopEngine } from './engines/engine.ts'
import { sendFirstJobs } from './jobs/first-jobs.ts'
import { jobKinds } from './jobs/index.ts'
import options, { sessions, shopEngine, sql } from './ops.config.ts'
import { shopApp } from './shop/app.ts'
import { openShop } from './shop/stock.ts'
import { openStorefront } from './shop/storefront.ts'
import { injectTrouble } from './trouble/inject.ts'

/** What has to be closed at the end, in the order it was started. */
export type Closers = (() => Promise<void> | void)[]

export interface StartedDemo {
  listener: RequestListener
  dashboard: ShopEngine['dashboard']
  /** Injects faults into the shop, which is open at `url`. */
  trouble(url: string): Promise<void>
}

/** Starts the shop and all its parts. Each part registers its closer before it starts, so that a failed start can be undone. */
export async function startDemo(closers: Closers): Promise<StartedDemo> {
  closers.push(() => sql.end())
  await openShop(sql)
  closers.push(() => shopEngine.stop())
  await shopEngine.prepare?.()

  const ops = await createOps(options)
  closers.push(() => ops.stop())
  await ops.migrate()

  const closing = new AbortController()
  await shopEngine.start(jobKinds, closing.signal)
  closers.push(() => closing.abort())
  await sendFirstJobs(shopEngine)

  await ops.start()
  closers.push(openStorefront(sql, shopEngine))
  const { dashboard } = shopEngine
  const trouble = (url: string) => injectTrouble({ engine: shopEngine, url, closing: closing.signal })
  return { listener: shopApp({ ops, sessions, sql, dashboard }).callback(), dashboard, trouble }
}
