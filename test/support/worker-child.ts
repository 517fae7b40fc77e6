import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { attendPgBoss } from '../../server/workers/index.ts'

/**
 * A worker process with its companion, which a test kills or suspends. Told by its environment: DATABASE_URL, QUEUE, and KILL_AT: it
 * kills itself, without a chance to clean up, at the n-th statement of its companion (0: never). Its jobs take `ms` milliseconds.
 */
const { DATABASE_URL: url = '', QUEUE: queue = '', KILL_AT = '0' } = process.env

let statements = 0
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client & { connectionParameters?: { application_name?: string } }, ...args: unknown[]) {
  if (this.connectionParameters?.application_name === 'ops-powertools workers' && ++statements === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

process.on('unhandledRejection', (error) => {
  console.error('unhandled', error)
  process.exit(3)
})
const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 3 })
boss.on('error', () => {})
const { id } = attendPgBoss(boss, { database: { url }, name: 'child' })
await boss.start()
await boss.work<{ ms: number }>(queue, { pollingIntervalSeconds: 0.5, localConcurrency: 2 }, async ([job]) => {
  process.send?.({ started: job!.id })
  await new Promise((resolve) => setTimeout(resolve, job!.data.ms))
})
process.send?.({ working: id })
process.on('SIGTERM', () => void boss.stop({ graceful: false }).then(() => process.exit(0)))
