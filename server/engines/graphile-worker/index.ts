import type { Engine, SqlExecutor } from '../engine.ts'
import { actOn, refusalOf } from './act.ts'
import { findDetail } from './detail.ts'
import { listFailures } from './failures.ts'
import { countJobs, hintValues, listPage } from './list.ts'
import { measureJobs } from './measure.ts'
import { longestRunning } from './running.ts'
import { engineJob, foundJob, graphileTables, isJobId, jobColumns, selectedColumns, selectedJob } from './rows.ts'

/** The part of a `pg` pool that is used here. */
export interface PoolLike {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  connect(): Promise<{ query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>; release(): void }>
}

export interface GraphileWorkerOptions {
  /** A `pg` pool on graphile-worker's database. */
  pool: PoolLike
  /** Schema of graphile-worker's tables. Default `graphile_worker`. */
  schema?: string
  /** Is that the database of `createOps`? Only then can changes commit together with their evidence. Default true. */
  sharesDatabase?: boolean
}

const noPause = 'graphile-worker has no pause of its own: its workers pause a task if ops-powertools/workers attends them.'

/**
 * The graphile-worker engine. Changes go through the administration functions that graphile-worker documents. A job's worker is
 * its task; its queue is the serial queue it names or, without one, its task. A cron entry that names both a queue and a worker
 * creates jobs that run one at a time.
 *
 * @example
 * const ops = await createOps({ engine: graphileWorker({ pool: new Pool({ connectionString: databaseUrl }) }), … })
 */
export function graphileWorker({ pool, schema = 'graphile_worker', sharesDatabase = true }: GraphileWorkerOptions): Engine {
  const tables = graphileTables(schema)
  const own: SqlExecutor = { executeSql: (text, values) => pool.query(text, values) }
  const joined = (tx: SqlExecutor | undefined) => (sharesDatabase && tx ? tx : own)
  const readRows = async (ids: string[], tx: SqlExecutor | undefined, lock: boolean) => {
    const jobIds = ids.filter(isJobId)
    if (!jobIds.length) return []
    const { rows } = await joined(tx).executeSql(
      `select ${jobColumns} from ${tables.joined()} where j.id = any($1::bigint[]) order by j.id ${lock ? 'for update of j' : ''}`,
      [jobIds],
    )
    return rows
  }
  return {
    name: 'graphile-worker',
    transactional: sharesDatabase,
    capabilities: { enqueue: true, cancelExecuting: false, keepsFinishedJobs: false },
    removes: { cancel: 'graphile-worker does not keep cancelled jobs, so the job is removed for good. This cannot be undone.' },
    lacks: {
      pause_queue: noPause,
      resume_queue: noPause,
      scale_queue: 'graphile-worker takes its concurrency from the options of each process, which change it for a task if ops-powertools/workers attends them.',
      rescue_job: 'graphile-worker releases the jobs of a lost worker itself, four hours after the worker took them.',
      filter_tag: 'graphile-worker jobs have no tags.',
      finished_jobs: 'graphile-worker removes a job when it completes, so there is nothing to show.',
    },
    attemptHistory: 'last',

    async check() {
      try {
        const { rows } = await own.executeSql(`select max(id) as version from ${tables.schema}.migrations`)
        return { ok: true, version: '0.18', detail: `graphile-worker answers; its schema is at migration ${String(rows[0]?.version)}` }
      } catch (error) {
        return { ok: false, detail: `graphile-worker's tables do not answer: ${error instanceof Error ? error.message : String(error)}` }
      }
    },

    async enqueue({ queue, worker, args }, tx) {
      const { rows } = await joined(tx).executeSql(
        `select id::text as id from ${tables.schema}.add_job(identifier => $1, payload => $2::json, queue_name => $3)`,
        [worker ?? queue, JSON.stringify(args), worker !== undefined && worker !== queue ? queue : null],
      )
      return { queue, id: String(rows[0]!.id) }
    },

    find: async (refs, tx) => (await readRows(refs.map(({ id }) => id), tx, false)).map(foundJob),

    async cancel(refs, tx) {
      const ids = refs.map(({ id }) => id).filter(isJobId)
      if (ids.length) await joined(tx).executeSql(`select from ${tables.schema}.complete_jobs($1::bigint[])`, [ids])
    },

    list: (filter, page) => listPage(own, tables, filter, { ...page, columns: jobColumns, read: engineJob }),
    select: (filter, page) => listPage(own, tables, filter, { ...page, order: 'oldest', columns: selectedColumns, read: selectedJob }),
    count: (filter, limit) => countJobs(own, tables, filter, limit),
    hints: (field, prefix, limit, notQueues) => hintValues(own, tables, field, prefix, { limit, notQueues }),
    read: async (ids, tx) => (await readRows(ids, tx, sharesDatabase && tx !== undefined)).map(engineJob),
    detail: (id) => findDetail(own, tables, id),

    refuses: refusalOf,
    act: (action, jobs, tx) => (sharesDatabase ? actOn(tables, action, jobs, tx) : inOwnTransaction(pool, (own) => actOn(tables, action, jobs, own))),

    async readQueue(name, tx) {
      const { rows } = await joined(tx).executeSql(
        `select exists (select from ${tables.tasks} where identifier = $1) or exists (select from ${tables.queues} where queue_name = $1) as known`,
        [name],
      )
      return rows[0]!.known === true ? { name, paused: null, limit: null } : null
    },

    failures: (since, page) => listFailures(own, tables, since, page),
    hostLines: (queue) => ({ stop: 'await runner.stop()', attend: `await run({ pgPool, taskList: { ${JSON.stringify(queue)}: task } })` }),
    measure: (since) => measureJobs(own, tables, since),
    longestRunning: (limits) => longestRunning(own, tables, limits),
  }
}

async function inOwnTransaction<Answer>(pool: PoolLike, work: (tx: SqlExecutor) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const answer = await work({ executeSql: (text, values) => client.query(text, values) })
    await client.query('commit')
    return answer
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
