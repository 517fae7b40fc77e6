import { PgBoss } from 'pg-boss'
import { startScheduler } from '../../../server/cron/scheduler.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { openKit } from '../../../server/open.ts'
import { auth, displayPolicy } from '../../support/server.ts'
import { type Compressed, clockOf } from './compressed-clock.ts'

/** One scheduler in a process of its own, under the clock it is given, until it is told to stop or is killed. */
const { url, clock } = JSON.parse(process.argv[2]!) as { url: string; clock: Compressed }
const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 2 })
boss.on('error', () => {})
await boss.start()
const kit = await openKit({ database: { url, poolSize: 3 }, auth, displayPolicy, engine: pgBoss(boss), now: clockOf(clock) })
const scheduler = startScheduler(kit, { tickSeconds: 0.05 })
process.send?.('scheduling')
process.once('message', async () => {
  await scheduler.stop()
  await kit.db.close()
  await boss.stop({ graceful: false })
  process.exit(0)
})
