import type { Engine, JobRef, SqlExecutor } from '../engine.ts'
import { actOnJobs } from './act.ts'
import { advise, missingQueues } from './advise.ts'
import type { PgBossActs } from './change.ts'
import { countJobs } from './count.ts'
import { findDetail } from './detail.ts'
import { listFailures } from './failures.ts'
import { hintQueues, listPage } from './list.ts'
import { measure } from './measure.ts'
import { findJobs, readJobs } from './read.ts'
import { engineJob, jobColumns, selectedColumns, selectedJob } from './rows.ts'
import { longestRunning } from './running.ts'
import { pgBossTables } from './table.ts'

/** The part of pg-boss 12 that is used here. The host passes its own instance, so this package loads no queue library. */
export interface PgBossLike extends PgBossActs {
  send(name: string, data: object | null, options: { db?: SqlExecutor }): Promise<string | null>
  getDb(): PgBossDatabase
  schemaVersion(): Promise<number | null>
}

export interface PgBossDatabase extends SqlExecutor {
  /** pg-boss's own pool has it; a connection adapted by the host may not. */
  beginTransaction?(): Promise<{ db: SqlExecutor; commit(): Promise<void>; rollback(): Promise<void> }>
}

export interface PgBossOptions {
  /**
   * Is pg-boss in the database of `createOps`? Only then can its changes commit together with their evidence.
   * Default true.
   */
  sharesDatabase?: boolean
  /** Schema of pg-boss's tables. Default `pgboss`. */
  schema?: string
  /** A table of jobs with at least this many bytes is read along indexes or in part, but not as a whole. Default 32 MB. */
  largeFrom?: number
}

const lacks = {
  pause_queue: 'pg-boss has no pause of its own: its workers pause a queue if ops-powertools/workers attends them.',
  resume_queue: 'pg-boss has no pause of its own, so there is nothing to resume, unless ops-powertools/workers attends its workers.',
  scale_queue: 'In pg-boss, concurrency belongs to the workers: they change it if ops-powertools/workers attends them.',
  filter_worker: 'A pg-boss job has no worker of its own; its queue is its worker.',
  filter_tag: 'pg-boss jobs have no tags.',
  executors: 'pg-boss keeps no list of its workers: those that ops-powertools/workers attends report themselves.',
} as const

/**
 * The pg-boss engine.
 *
 * @example
 * const boss = new PgBoss(databaseUrl)
 * const ops = await createOps({ engine: pgBoss(boss), … })
 */
export function pgBoss(boss: PgBossLike, { sharesDatabase = true, schema = 'pgboss', largeFrom = 32 * 1024 * 1024 }: PgBossOptions = {}): Engine {
  const tables = pgBossTables(() => boss.getDb(), schema, largeFrom)
  const joined = (tx: SqlExecutor | undefined) => (sharesDatabase && tx ? tx : boss.getDb())
  return {
    name: 'pg-boss',
    transactional: sharesDatabase,
    capabilities: { enqueue: true, cancelExecuting: true, keepsFinishedJobs: true },
    lacks,
    // After a retry, a failed job has pg-boss's state `retry` until it runs; a cancelled one waits like a new job.
    becomes: (action, from) => (action === 'retry' && from !== 'cancelled' ? 'retryable' : undefined),
    attemptHistory: 'last',

    async check() {
      try {
        const version = await boss.schemaVersion()
        return { ok: true, version: '12', detail: `pg-boss answers; its schema is version ${version ?? 'unknown'}` }
      } catch (error) {
        return { ok: false, detail: `pg-boss does not answer: ${error instanceof Error ? error.message : String(error)}` }
      }
    },

    async enqueue({ queue, args }, tx) {
      const id = await boss.send(queue, args, { db: joined(tx) })
      if (!id) throw new Error(`pg-boss did not accept a job for queue '${queue}'; its policy may allow only one at a time`)
      return { queue, id }
    },

    find: (refs, tx) => findJobs(tables, refs, joined(tx)),

    async cancel(refs, tx) {
      for (const [queue, ids] of byQueue(refs)) await boss.cancel(queue, ids, { db: joined(tx) })
    },

    list: (filter, page) => listPage(tables, filter, { columns: jobColumns, read: engineJob, ...page }),
    select: (filter, page) => listPage(tables, filter, { columns: selectedColumns, read: selectedJob, order: 'oldest', ...page }),
    count: (filter, limit) => countJobs(tables, filter, limit),
    hints: async (field, prefix, limit, notQueues) => (field === 'queue' ? hintQueues(tables, prefix, limit, notQueues) : []),
    read: (ids, tx) => readJobs(tables, ids, joined(tx), tx !== undefined && sharesDatabase),
    detail: (id) => findDetail(tables, id),

    act: (action, jobs, tx) =>
      sharesDatabase
        ? actOnJobs(boss, tables, { action, jobs, tx, joined: true })
        : inOwnTransaction(boss.getDb(), (own, joined) => actOnJobs(boss, tables, { action, jobs, tx: own, joined })),

    async readQueue(name, tx) {
      const { rows } = await joined(tx).executeSql(`select name from ${tables.queues} where name = $1`, [name])
      return rows.length ? { name, paused: false, limit: null } : null
    },

    hostLines: (queue) => ({ stop: `await boss.offWork(${JSON.stringify(queue)})`, attend: `await boss.work(${JSON.stringify(queue)}, handler)` }),
    measure: (since) => measure(tables, since),
    failures: (since, page) => listFailures(tables, since, page),
    longestRunning: (limits) => longestRunning(tables, limits),
    missingQueues: (queues) => missingQueues(tables, queues),
    advise: (queues) => advise(tables, queues),
  }
}

/** For pg-boss in a database of its own: runs a batch of changes in one transaction, if its connection supports that. */
async function inOwnTransaction<Answer>(db: PgBossDatabase, work: (tx: SqlExecutor, joined: boolean) => Promise<Answer>): Promise<Answer> {
  if (!db.beginTransaction) return work(db, false)
  const transaction = await db.beginTransaction()
  try {
    const answer = await work(transaction.db, true)
    await transaction.commit()
    return answer
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

function byQueue(refs: JobRef[]): Map<string, string[]> {
  return new Map([...Map.groupBy(refs, ({ queue }) => queue)].map(([queue, some]) => [queue, some.map(({ id }) => id)]))
}
