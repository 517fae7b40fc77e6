import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PgBoss } from 'pg-boss'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createOps } from '../../server/index.ts'
import type { DeclaredCronEntry } from '../../server/options.ts'
import { type Compressed, clockOf } from '../server/cron/compressed-clock.ts'
import { auth, displayPolicy, type Person } from './server.ts'

/** A whole process of a host: API, pages, live stream and all loops, until it is killed. Told by its argument; sends its address. */
const { url, clock, cron } = JSON.parse(process.argv[2]!) as { url: string; clock: Compressed; cron: DeclaredCronEntry[] }

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, migrate: false, max: 3 })
boss.on('error', () => {})
await boss.start()
const ops = await createOps<Person>({
  database: { url, poolSize: 8 },
  auth,
  displayPolicy,
  engine: pgBoss(boss),
  cron,
  now: clockOf(clock),
  scheduler: { tickSeconds: 0.1 },
  detector: { tickSeconds: 0.5, thresholds: { exhaustedJobs: 100 } },
  log: { info() {}, warn() {}, error() {} },
})
await ops.start()
const server = createServer((request, response) => void ops.handler(request, response))
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
