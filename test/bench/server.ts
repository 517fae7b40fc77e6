import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { createOps } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss.ts'
import { bareTransaction } from './bare.ts'
import { auth, displayPolicy, nightlySync, type Person } from '../support/server.ts'

/** The server in a process of its own, as a host runs it. */
const { DATABASE_URL: url = '', ENTRIES = '8' } = process.env

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
await boss.start()
await boss.createQueue('nightly_sync')
const ops = await createOps<Person>({
  database: { url },
  auth,
  displayPolicy,
  engine: pgBoss(boss),
  cron: Array.from({ length: Number(ENTRIES) }, (_, n) => ({ ...nightlySync, name: `bench_${n}` })),
  scheduler: { enabled: false },
})
await ops.migrate()
await ops.start()
const pool = new Pool({ connectionString: url, max: 10 })
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname !== '/bare') return ops.handler(request, response)
  request.resume()
  void bareTransaction(pool, Number(searchParams.get('lane')), Number(searchParams.get('turn'))).then(() => response.end('{}'))
})
server.listen(0, '127.0.0.1', () => process.send?.({ api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/jobs/api/v1` }))
process.on('SIGTERM', () => process.exit(0))
