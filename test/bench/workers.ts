import { PgBoss } from 'pg-boss'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { openKit } from '../../server/open.ts'
import { attendPgBoss } from '../../server/workers/index.ts'
import { auth, displayPolicy, type Person } from '../support/server.ts'
import { type Bench, sayRatio } from './world.ts'

const perSecond = 1_000
const seconds = 4
const rounds = 6
const drained = 20_000

/**
 * pg-boss with and without the companion, turn by turn in one process. Under a steady load, processor time is what the companion can
 * take away; a backlog is drained as fast as both go.
 */
export async function benchWorkers(world: Bench): Promise<void> {
  console.log(`\nThe companion beside pg-boss, ${rounds} rounds each, turn by turn`)
  const { url, pool } = await world.database('workers')
  const kit = await openKit<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss(new PgBoss(url)) })
  await kit.db.migrate()
  await kit.db.close()
  const sender = await openBoss(url, false)
  await sender.createQueue('bench')
  const clear = () => pool.query('delete from pgboss.job')
  const cpu: Record<string, number[]> = { with: [], without: [] }
  const rate: Record<string, number[]> = { with: [], without: [] }
  try {
    await steady(url, sender, false)
    await clear()
    for (let round = 0; round < rounds * 2; round++) {
      // A B B A, so that neither gains from what a machine does in the course of time.
      const attended = round % 4 === 1 || round % 4 === 2
      const name = attended ? 'with' : 'without'
      cpu[name]!.push(await steady(url, sender, attended))
      await clear()
      rate[name]!.push(await drain(url, sender, attended))
      await clear()
    }
    // The best of all rounds: whatever else the machine does only takes away.
    const [used, bare] = [Math.min(...cpu.with!), Math.min(...cpu.without!)]
    const [fast, plain] = [Math.max(...rate.with!), Math.max(...rate.without!)]
    console.log(`  processor time at ${perSecond.toLocaleString('en')} jobs/s, without     ${bare.toFixed(0)} µs a job; with ${used.toFixed(0)} µs; the companion ${(used - bare).toFixed(1)} µs, ${(((used - bare) * perSecond) / 10_000).toFixed(2)} % of a core`)
    console.log(`  a backlog of ${drained.toLocaleString('en')}, without                  ${plain.toFixed(0)} jobs/s; with ${fast.toFixed(0)} jobs/s`)
    sayRatio('throughput with the companion over without', fast / plain, '≥ 0.99')
  } finally {
    await sender.stop({ graceful: false })
  }
  await pool.end()
}

async function openBoss(url: string, attended: boolean): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 6 })
  boss.on('error', (error) => console.error(error))
  if (attended) attendPgBoss(boss, { database: { url } })
  return boss.start()
}

/** Microseconds of processor time that one job takes at a steady rate, sending included. */
async function steady(url: string, sender: PgBoss, attended: boolean): Promise<number> {
  const boss = await openBoss(url, attended)
  let done = 0
  await boss.work('bench', { pollingIntervalSeconds: 0.5, localConcurrency: 4, batchSize: 200, burstWhenBatchFull: true }, async (jobs) => void (done += jobs.length))
  const before = process.cpuUsage()
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    const due = performance.now() + 100
    await sender.insert('bench', Array.from({ length: perSecond / 10 }, () => ({ data: { tenth } })))
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
  }
  while (done < perSecond * seconds) await new Promise((resolve) => setTimeout(resolve, 20))
  const { user, system } = process.cpuUsage(before)
  await boss.stop({ graceful: false })
  return (user + system) / done
}

/** Jobs per second of a backlog, from the first job on: starting is not throughput. */
async function drain(url: string, sender: PgBoss, attended: boolean): Promise<number> {
  for (let sent = 0; sent < drained; sent += 2_000) await sender.insert('bench', Array.from({ length: 2_000 }, () => ({ data: {} })))
  const boss = await openBoss(url, attended)
  let done = 0
  let began = 0
  await boss.work('bench', { pollingIntervalSeconds: 0.5, localConcurrency: 4, batchSize: 100, burstWhenBatchFull: true }, async (jobs) => {
    began ||= performance.now()
    done += jobs.length
  })
  while (done < drained) await new Promise((resolve) => setTimeout(resolve, 5))
  const elapsed = (performance.now() - began) / 1000
  await boss.stop({ graceful: false })
  return done / elapsed
}
