import { setTimeout as sleep } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startScheduler } from '../../../server/cron/scheduler.ts'
import { syncDeclaredEntries } from '../../../server/cron/sync.ts'
import { query } from '../../../server/db/database.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { openKit } from '../../../server/open.ts'
import { startOwnServer } from '../../support/postgres.ts'
import { auth, displayPolicy } from '../../support/server.ts'
import { clockOf } from './compressed-clock.ts'

test('a scheduler survives an outage of its database: it logs it once, continues afterwards, and stops cleanly either way', async () => {
  const server = await startOwnServer()
  const boss = new PgBoss({ connectionString: server.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  const warned: string[] = []
  const told: string[] = []
  try {
    await boss.start()
    await boss.createQueue('work')
    const clock = clockOf({ realStart: Date.now(), start: Date.parse('2026-03-02T10:00:30Z'), factor: 60 })
    const kit = await openKit({
      database: { url: server.url },
      auth,
      displayPolicy,
      engine: pgBoss(boss),
      now: clock,
      log: { info: (message) => void told.push(message), warn: (message) => void warned.push(message), error: () => {} },
    })
    await syncDeclaredEntries(kit, [{ name: 'every', queue: 'work', expression: '* * * * *', overlap: 'allow', catchUp: 'none' }])
    const scheduler = startScheduler(kit, { tickSeconds: 0.1 })
    const claimed = async () => (await query(kit.db.em(), sql`select 1 from ops.cron_slot where job_id is not null`)).length
    while ((await claimed()) < 1) await sleep(50)
    await server.stop('immediate')
    await sleep(1_500)
    await server.start()
    const back = Date.now()
    const before = await claimed()
    while ((await claimed()) <= before) await sleep(50)
    expect(Date.now() - back).toBeLessThan(5_000)
    expect(warned.filter((message) => message.startsWith('cron scheduler failed'))).toHaveLength(1)
    expect(told).toContain('cron scheduler works again')
    await server.stop('immediate')
    await scheduler.stop()
    await kit.db.close()
  } finally {
    await boss.stop({ graceful: false }).catch(() => {})
    await server.remove()
  }
}, 60_000)
