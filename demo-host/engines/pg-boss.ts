import { pgBossDashboard } from 'ops-powertools/bridges/pg-boss'
import { pgBoss } from 'ops-powertools/engines/pg-boss'
import { attendPgBoss } from 'ops-powertools/workers'
import { PgBoss } from 'pg-boss'
import type { Pool } from 'pg'
import { type JobKind, takingTime } from '../jobs/kind.ts'
import type { OpenEngineOptions, ShopEngine } from './engine.ts'
import { reportEveryMinute } from './report.ts'

const bossSchema = 'pgboss'

/** pg-boss, in the schema `pgboss` of the shop's database, with its dashboard as a bridge. */
export function openPgBoss({ url, sql, opsSchema }: OpenEngineOptions): ShopEngine {
  const boss = createBoss(sql)
  const running = { started: false }
  return {
    engine: pgBoss(openedOnUse(boss, running), { sharesDatabase: true }),
    bridges: [pgBossDashboard({ databaseUrl: url, schema: bossSchema })],
    dashboard: { name: 'pg-boss Dashboard bridge', href: '/ops/jobs/pg-boss' },
    async start(kinds, closing) {
      attendPgBoss(boss, { database: { url, schema: opsSchema } })
      await boss.start()
      running.started = true
      for (const kind of kinds) await work(boss, sql, kind, closing)
    },
    async send({ queue, args, inSeconds }) {
      // A number is counted from now on; only a date can lie in the past.
      await boss.send(queue, args, { startAfter: inSeconds === undefined ? undefined : new Date(Date.now() + inSeconds * 1000) })
    },
    /** Waits for running jobs, which end early when the shop closes. */
    async stop() {
      running.started = false
      await boss.stop({ graceful: true, timeout: 5000 })
    },
  }
}

/** Uses the shop's own connections. Errors in its loops are reported; it recovers by itself. */
function createBoss(sql: Pool): PgBoss {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => sql.query(text, values) },
    schema: bossSchema,
    schedule: false,
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 30,
  })
  boss.on('error', reportEveryMinute('pg-boss'))
  return boss
}

/** Creates a kind's queue and its worker. */
async function work(boss: PgBoss, sql: Pool, { queue, run, ...kind }: JobKind, closing: AbortSignal): Promise<void> {
  const options = {
    heartbeatSeconds: 30,
    expireInSeconds: kind.timeLimitSeconds ?? 900,
    retryLimit: (kind.attempts ?? 3) - 1,
    retryDelay: kind.retryDelaySeconds ?? 10,
    deleteAfterSeconds: 86_400,
  }
  await boss.createQueue(queue, options)
  await boss.updateQueue(queue, options)
  if (kind.attended === false) return
  const polling = { pollingIntervalSeconds: 1, localConcurrency: kind.concurrency ?? 1, includeMetadata: true as const }
  await boss.work<Record<string, unknown>>(queue, polling, async ([job]) => {
    return run(job!.data ?? {}, { sql, startedAt: new Date(), attempt: job!.retryCount + 1, take: takingTime({ closing, cancelled: job!.signal }) })
  })
}

/** pg-boss can enqueue only while it is started. The command line has no workers, so it starts pg-boss just for that. */
function openedOnUse(boss: PgBoss, running: { started: boolean }): PgBoss {
  const opened = async (call: () => unknown): Promise<unknown> => {
    if (running.started) return call()
    await boss.start()
    try {
      return await call()
    } finally {
      await boss.stop({ graceful: false })
    }
  }
  const always = new Set<string | symbol>(['getDb', 'schemaVersion', 'isInstalled', 'on', 'off', 'once', 'emit'])
  return new Proxy(boss, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const call = (...request: unknown[]): unknown => Reflect.apply(value, target, request)
      return always.has(name) ? call : (...request: unknown[]) => opened(() => call(...request))
    },
  })
}
