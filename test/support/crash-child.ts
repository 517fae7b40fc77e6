import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOps } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { auth, displayPolicy, type Person } from './server.ts'

/**
 * A server that kills itself, without a chance to clean up, at the n-th statement of one operation. Told by its
 * environment: DATABASE_URL, OPERATION (JSON of a one-shot body), WAY (`preview` executes one, `show` makes one, or `one shot`),
 * KILL_AT (0: never).
 */
const { DATABASE_URL: url = '', OPERATION = '{}', KILL_AT = '0', WAY = 'preview' } = process.env

// Before any connection is made: a connection keeps the method that it found.
let counting = false
let statements = 0
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  if (counting && ++statements === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, migrate: false })
await boss.start()
const ops = await createOps<Person>({ database: { url }, auth, displayPolicy, engine: pgBoss(boss) })
const server = createServer(ops.handler)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/jobs/api/v1`
const headers = { authorization: 'Bearer ops-demo', 'content-type': 'application/json' }
// The pools are warm, so that only the operation's own statements are counted.
await fetch(`${api}/cron-entries`, { headers })
// Only a preview's own statements come before the count begins.
const preview = WAY !== 'preview' ? { id: '', token: '' } : ((await (await fetch(`${api}/previews`, { method: 'POST', headers, body: OPERATION })).json()) as { id: string; token: string })

counting = true
const answer =
  WAY === 'one shot'
    ? await fetch(`${api}/operations`, { method: 'POST', headers: { ...headers, 'idempotency-key': OPERATION.slice(-200) }, body: OPERATION })
    : WAY === 'show'
      ? await fetch(`${api}/previews`, { method: 'POST', headers, body: OPERATION })
      : await fetch(`${api}/previews/${preview.id}/execute`, { method: 'POST', headers, body: JSON.stringify({ token: preview.token, reason: 'killed or not' }) })
process.stdout.write(JSON.stringify({ status: answer.status, statements }))
// The answer was given; now it dies before anything could be tidied up.
process.kill(process.pid, 'SIGKILL')
