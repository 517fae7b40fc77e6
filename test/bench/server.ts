import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import { createOps } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { bareTransaction } from './bare.ts'
import { auth, displayPolicy, nightlySync, type Person } from '../support/server.ts'

/** The server in a process of its own, as a host runs it. */
const { DATABASE_URL: url = '', ENTRIES = '8', SNAPSHOTS = '', QUEUES = 'nightly_sync' } = process.env

const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
await boss.start()
for (const queue of ['nightly_sync', ...QUEUES.split(',')]) await boss.createQueue(queue)
const engine = pgBoss(boss)
const ops = await createOps<Person>({
  database: { url },
  auth,
  displayPolicy,
  engine,
  cron: Array.from({ length: Number(ENTRIES) }, (_, n) => ({ ...nightlySync, name: `bench_${n}` })),
  scheduler: { enabled: SNAPSHOTS === '1' },
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

process.on('message', (asked) => void answer(String(asked)).then((said) => process.send?.(said)))

async function answer(asked: string): Promise<unknown> {
  if (asked === 'index') return addProposedIndexes()
  if (asked === 'settled memory') globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return (asked === 'settled memory' ? heapUsed : rss) / 1024 / 1024
}

/** What `doctor` proposes, done as an administrator would. */
async function addProposedIndexes(): Promise<string> {
  for (const { statement } of (await engine.advise?.([])) ?? []) if (statement) await pool.query(statement)
  return 'done'
}

process.on('SIGTERM', () => process.exit(0))
