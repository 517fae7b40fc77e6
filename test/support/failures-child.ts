import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { openFailureReader } from './errors.ts'

/**
 * Reads failures once and kills itself, without a chance to clean up, at the n-th statement. Told by its environment: DATABASE_URL,
 * KILL_AT. Prints `done` if it came to the end before that.
 */
const { DATABASE_URL: url = '', KILL_AT = '0' } = process.env

let counting = false
let statements = 0
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (counting && ++statements === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, migrate: false })
await boss.start()
const reader = await openFailureReader(url, pgBoss(boss))
counting = true
await reader.read()
process.stdout.write('done')
process.kill(process.pid, 'SIGKILL')
