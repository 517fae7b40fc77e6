import { PgBoss } from 'pg-boss'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createOps } from '../../server/index.ts'
import { auth, displayPolicy, type Person } from './server.ts'

/** A process that does background work until it is killed. Told by its environment: DATABASE_URL. */
const { DATABASE_URL: url = '' } = process.env

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, migrate: false, max: 3 })
await boss.start()
const ops = await createOps<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss(boss) })
await ops.start()
process.on('SIGTERM', () => {
  void ops.stop().then(() => process.exit(0))
})
