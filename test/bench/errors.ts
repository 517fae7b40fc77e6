import type { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { readFailures } from '../../server/errors/feed.ts'
import { fingerprintOf } from '../../server/errors/fingerprint.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { openKit } from '../../server/open.ts'
import { auth, displayPolicy, type Person } from '../support/server.ts'
import { type Bench } from './world.ts'

const perSecond = 1_000
const stepSeconds = 5
/** Five minutes of failures, so that one of the reads goes back over all of them. */
const rounds = 61

/** Grouping of so many failures a second, as they come: every five seconds a read. */
export async function benchErrors(world: Bench): Promise<void> {
  console.log(`\nErrors at ${perSecond.toLocaleString('en')} failures a second`)
  const { url, pool } = await world.database('errors')
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue('bench')
  let now = Date.now()
  const kit = await openKit<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss(boss), now: () => new Date(now) })
  try {
    await kit.db.migrate()
    await readFailures(kit)
    const spent = { raw: 0, wall: 0, cpu: 0 }
    for (let round = 0; round < rounds; round++) {
      await failMany(pool, now)
      const since = new Date(now)
      now += stepSeconds * 1_000
      const rawStart = performance.now()
      await pool.query(`select id, name, output from pgboss.job where state = 'failed' and completed_on >= $1 order by completed_on, id`, [since])
      spent.raw += performance.now() - rawStart
      const [wallStart, cpuStart] = [performance.now(), process.cpuUsage()]
      await readFailures(kit)
      const { user, system } = process.cpuUsage(cpuStart)
      spent.wall += performance.now() - wallStart
      spent.cpu += (user + system) / 1_000
    }
    const { rows } = await pool.query<{ groups: number; failures: number }>('select count(*)::int as groups, sum(count)::int as failures from ops.error_group')
    const share = (ms: number) => `${((ms / (rounds * stepSeconds * 1_000)) * 100).toFixed(1)} % of a core`
    console.log(`  ${rows[0]!.failures.toLocaleString('en')} of ${(rounds * stepSeconds * perSecond).toLocaleString('en')} failures in ${rows[0]!.groups} groups`)
    console.log(`  raw query alone: ${share(spent.raw)} (elapsed)`)
    console.log(`  reading, grouping and recording: ${share(spent.cpu)} in this process, ${share(spent.wall)} elapsed with PostgreSQL's part`)
    console.log(`  fingerprints alone: ${share(fingerprints())}`)
    console.log('  aim: ≤ 20 % of a core')
  } finally {
    await kit.db.close()
    await boss.stop({ graceful: false })
  }
}

async function failMany(pool: Pool, from: number): Promise<void> {
  await pool.query(
    `insert into pgboss.job (name, data, state, retry_limit, retry_count, created_on, start_after, started_on, completed_on, output, policy, keep_until)
     select 'bench', '{}', 'failed', 2, 2, at - interval '1 minute', at - interval '1 minute', at - interval '1 second', at,
       jsonb_build_object('name', 'Error', 'message', 'connect ETIMEDOUT 10.4.' || n % 250 || '.12:587 (kind ' || chr(97 + n % 20) || ') for order ' || n,
         'stack', 'Error: connect ETIMEDOUT' || repeat(E'\\n    at Mailer.connect (/app/src/mail/transport.ts:12:3)', 8)), 'standard', now() + interval '1 day'
     from generate_series(1, $2::int) n, lateral (select to_timestamp($1::float8 / 1000) + n * interval '1 second' / $3::int as at) t`,
    [from, perSecond * stepSeconds, perSecond],
  )
}

/** Milliseconds for as many failures. */
function fingerprints(): number {
  const start = performance.now()
  for (let n = 0; n < rounds * stepSeconds * perSecond; n++) fingerprintOf({ text: `connect ETIMEDOUT 10.4.${n % 250}.12:587 (kind a) for order ${n}`, name: 'Error' }, { queue: 'bench', worker: 'bench' }, undefined, console)
  return performance.now() - start
}
