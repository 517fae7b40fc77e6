import type { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { openState, tick } from '../../server/cron/tick.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { openKit } from '../../server/open.ts'
import { auth, displayPolicy, type Person } from '../support/server.ts'
import { type Bench, measure, say } from './world.ts'

const entries = 10_000

/** One round of the scheduler, with nothing due, and with a minute's worth of work due. */
export async function benchTick(world: Bench): Promise<void> {
  console.log(`\nScheduler tick at ${entries.toLocaleString('en')} entries`)
  const { url, pool } = await world.database('tick')
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue('bench')
  const kit = await openKit<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss(boss) })
  const state = openState()
  try {
    await kit.db.migrate()
    await fillEntries(pool)
    await tick(kit, state)
    say('nothing due', await measure(1, 4, () => tick(kit, state)))
    const due = await measure(1, 4, async () => {
      await pool.query(`update ops.cron_entry set next_slot_at = date_trunc('minute', now()) where name in (select 'entry_' || (random() * ${entries - 1})::int from generate_series(1, 10))`)
      await pool.query(`delete from ops.cron_slot where slot_at >= date_trunc('minute', now())`)
      await tick(kit, state)
    })
    say('ten due (with making them due)', due)
    console.log('  aim: ≤ 50 ms a tick')
  } finally {
    await kit.db.close()
    await boss.stop({ graceful: false })
  }
}

async function fillEntries(pool: Pool): Promise<void> {
  await pool.query(
    `insert into ops.cron_entry (id, name, source, queue, expression, timezone, overlap, catch_up, max_catch_up, next_slot_at, created_at, updated_at)
     select gen_random_uuid(), 'entry_' || n, 'runtime', 'bench', '0 3 * * *', 'Etc/UTC', 'allow', 'latest', 1,
       date_trunc('day', now()) + interval '1 day 3 hours', now(), now()
     from generate_series(0, $1::int - 1) n`,
    [entries],
  )
  await pool.query(
    `insert into ops.cron_revision (entry_id, from_at, expression, timezone) select id, created_at, expression, timezone from ops.cron_entry`,
  )
  await pool.query('vacuum analyze')
}
