import type { RequestListener } from 'node:http'
import { createOps } from 'ops-powertools'
import { startBoss, stopBoss } from './jobs/boss.ts'
import { jobKinds } from './jobs/index.ts'
import { startWorkers } from './jobs/work.ts'
import options, { boss, sessions, sql } from './ops.config.ts'
import { shopApp } from './shop/app.ts'
import { openShop } from './shop/stock.ts'
import { openStorefront } from './shop/storefront.ts'

/** What has to be undone at the end, in the order it was started. */
export type Closers = (() => Promise<void> | void)[]

/** Starts the shop with everything in it. Every part adds its closer before it starts, so that a failing start can be undone. */
export async function startDemo(closers: Closers): Promise<RequestListener> {
  closers.push(() => sql.end())
  await openShop(sql)

  const ops = await createOps(options)
  closers.push(() => ops.stop())
  await ops.migrate()

  const closing = new AbortController()
  closers.push(() => stopBoss(boss))
  await startBoss(boss)
  await startWorkers({ boss, sql, kinds: jobKinds, closing: closing.signal })
  closers.push(() => closing.abort())

  await ops.start()
  closers.push(openStorefront(sql, boss))
  return shopApp({ ops, sessions, sql }).callback()
}
