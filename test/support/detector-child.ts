import pg from 'pg'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { detect } from '../../server/incidents/detector.ts'
import { openKit } from '../../server/open.ts'
import { auth, displayPolicy, type Person } from './server.ts'

/**
 * One look of the detector in a process that kills itself, without a chance to clean up, at the n-th statement of the look. Told by
 * its environment: DATABASE_URL, NOW (milliseconds), KILL_AT (0: after the look).
 */
const { DATABASE_URL: url = '', NOW = '0', KILL_AT = '0' } = process.env

// Before any connection is made: a connection keeps the method that it found.
let counting = false
let statements = 0
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (counting && ++statements === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

const log = { info() {}, warn() {}, error() {} }
const kit = await openKit<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss({} as never), escalation: { handle() {} }, log, now: () => new Date(Number(NOW)) })
await kit.dbNow()
counting = true
await detect(kit)
process.stdout.write(String(statements))
process.kill(process.pid, 'SIGKILL')
