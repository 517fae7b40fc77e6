import type { Engine, EngineAdvice, JobAction, JobRef, SeenJob, SelectedJob, SqlExecutor } from '../engine.ts'
import { type ActOptions, actOn, discardExecuting } from './act.ts'
import { withAttended } from './attended.ts'
import { findDetail } from './detail.ts'
import { listFailures } from './failures.ts'
import { noNodesHeard } from './listener.ts'
import { countJobs, hintValues, listPage } from './list.ts'
import { measureJobs } from './measure.ts'
import { longestRunning } from './running.ts'
import { listNodes, producersByQueue } from './producers.ts'
import { engineJob, foundJob, jobColumns, selectedColumns, selectedJob } from './rows.ts'
import { recheckJobs } from './second-look.ts'
import { announce, sendSignal, stopRunning } from './signals.ts'
import { isJobId, type ObanTables, obanTables, type PoolLike, utcNow } from './table.ts'
import { milliseconds, type Row } from '../sql.ts'

export type { PoolLike } from './table.ts'

export interface ObanOptions {
  /** A `pg` pool on the database that holds `oban_jobs`. */
  pool: PoolLike
  /** Oban's `prefix`. Default `public`. */
  schema?: string
  /** Is that the database of `createOps`? Only then can changes commit together with their evidence. Default true. */
  sharesDatabase?: boolean
  /** Queues that exist even while they hold no jobs. Oban keeps no list of queues; others are known only by their jobs. */
  queues?: readonly string[]
  /** Which worker runs the jobs of a queue, for cron entries that name none. */
  workerOf?(queue: string): string | undefined
  /**
   * Options for the jobs that cron entries create. Oban would read them from the worker's module, which is not available here.
   * Options left out get the defaults of Oban's table: 20 attempts, priority 0, no tags.
   */
  optionsOf?(worker: string): ObanJobOptions | undefined
  /**
   * Oban itself does not report whether an executor is alive. If there is no table of producers either, an executing job can be
   * rescued after this many minutes, as Oban's own Lifeline would do. Default 60.
   */
  rescueAfterMinutes?: number
}

export interface ObanJobOptions {
  /** At least 1. */
  maxAttempts?: number
  /** 0 (first) to 9. */
  priority?: number
  tags?: readonly string[]
  /** Stored in addition to the cron entry and the slot. */
  meta?: Readonly<Record<string, unknown>>
}

/**
 * The Oban engine: works on the tables that workers in Elixir or Python share, and changes them as Oban itself does. No Oban
 * code is loaded; running producers learn of changes through Oban's own notifications.
 *
 * @example
 * const ops = await createOps({ engine: oban({ pool: new Pool({ connectionString: databaseUrl }) }), … })
 */
export function oban(host: ObanOptions): Engine {
  const { pool, schema = 'public', sharesDatabase = true, queues = [], workerOf, optionsOf, rescueAfterMinutes = 60 } = host
  const tables = obanTables(pool, schema)
  const joined = (tx: SqlExecutor | undefined) => (sharesDatabase && tx ? tx : tables.db)
  const options: ActOptions = { rescueAfterMinutes }
  const reading = <Job extends SelectedJob>(read: (row: Row) => Job, db = tables.db) => withAttended(tables, db, rescueAfterMinutes, read)
  return {
    name: 'oban',
    transactional: sharesDatabase,
    capabilities: { enqueue: true, cancelExecuting: true, keepsFinishedJobs: true },
    get lacks() {
      return tables.known()?.hasProducers || tables.listener.queues ? {} : { executors: 'Oban reports its running producers only with Oban Met (part of Oban Web), Oban Pro or Oban for Python.' }
    },
    get cautions() {
      return tables.listener.isSilent ? { pause_queue: noNodesHeard, resume_queue: noNodesHeard, scale_queue: noNodesHeard, cancel_job: noNodesHeard } : {}
    },
    attemptHistory: 'all',

    async check() {
      try {
        const { version } = await tables.shape()
        return { ok: true, version, detail: `oban_jobs answers; Oban's migrations are at version ${version ?? 'unknown'}` }
      } catch (error) {
        return { ok: false, detail: `Oban's tables do not answer: ${error instanceof Error ? error.message : String(error)}` }
      }
    },

    async enqueue({ queue, worker = workerOf?.(queue), args, origin, trace }, tx) {
      if (!worker) throw new Error(`an Oban job needs a worker: name one for queue '${queue}', or pass workerOf to oban()`)
      const { meta, ...options } = optionsOf?.(worker) ?? {}
      const columns = await listGivenColumns(tables, worker, options)
      const { rows } = await joined(tx).executeSql(
        `insert into ${tables.jobs} (queue, worker, args, meta${columns.map(({ column }) => `, ${column}`).join('')})
         values ($1, $2, $3::jsonb, $4::jsonb${columns.map(({ cast }, index) => `, $${index + 5}${cast}`).join('')}) returning id::text as id`,
        [queue, worker, JSON.stringify(args), JSON.stringify({ ...meta, cron_entry: origin.cronEntry, slot_at: origin.slotAt, ...(trace !== undefined && { traceparent: trace }) }), ...columns.map(({ value }) => value)],
      )
      await announce(tables, joined(tx), [queue])
      return { queue, id: String(rows[0]!.id) }
    },

    async find(refs, tx) {
      const ids = refs.map(({ id }) => id).filter(isJobId)
      if (!ids.length) return []
      const { rows } = await joined(tx).executeSql(
        `select j.id::text as id, j.queue, j.state::text as state, ${milliseconds('j.attempted_at')} as attempted,
           ${milliseconds('coalesce(j.completed_at, j.cancelled_at, j.discarded_at)')} as ended
         from ${tables.jobs} j where j.id = any($1::bigint[])`,
        [ids],
      )
      return rows.map(foundJob)
    },

    cancel: (refs, tx) => cancelJobs(tables, refs, joined(tx)),

    list: async (filter, page) => listPage(tables, filter, { ...page, columns: jobColumns, read: await reading(engineJob) }),
    select: async (filter, page) =>
      listPage(tables, filter, { ...page, order: 'oldest', columns: selectedColumns, read: await reading(selectedJob) }),
    count: (filter, limit) => countJobs(tables, filter, limit),
    hints: (field, prefix, limit, notQueues) => hintValues(tables, field, prefix, { limit, notQueues }),

    async read(ids, tx) {
      const jobIds = ids.filter(isJobId)
      if (!jobIds.length) return []
      const { rows } = await joined(tx).executeSql(
        `select ${jobColumns} from ${tables.jobs} j where j.id = any($1::bigint[]) order by j.id ${sharesDatabase && tx ? 'for update' : ''}`,
        [jobIds],
      )
      return rows.map(await reading(engineJob, joined(tx)))
    },

    detail: async (id) => findDetail(tables, id, await reading(engineJob)),

    refuses: (action, { state }) => (action === 'discard' && state === 'executing' ? discardExecuting : undefined),

    act: (action, jobs, tx) => (sharesDatabase ? actOn(tables, action, jobs, tx, options) : actInOwnTransaction(tables, pool, action, jobs, options)),

    recheck: (action, jobs, unsettled) => recheckJobs(tables, action, jobs, unsettled),

    async readQueue(name, tx) {
      const producers = await producersByQueue(tables, name, joined(tx))
      const running = producers?.get(name)
      if (!running && !queues.includes(name) && !(await hasQueue(tables, name, joined(tx)))) return null
      // Without a table of producers, a pause exists only inside the running nodes, and its state is unknown.
      return { name, paused: running?.paused ?? null, limit: running?.limit ?? null }
    },
    pauseQueue: (queue, tx) => sendSignal(tables, joined(tx), { action: 'pause', queue, ident: 'any' }),
    resumeQueue: (queue, tx) => sendSignal(tables, joined(tx), { action: 'resume', queue, ident: 'any' }),
    scaleQueue: (queue, limit, tx) => sendSignal(tables, joined(tx), { action: 'scale', queue, limit, ident: 'any' }),

    failures: (since, page) => listFailures(tables, since, page),
    hostLines: (queue) => {
      const name = JSON.stringify(queue).replaceAll('#{', '\\#{')
      return { stop: `Oban.stop_queue(queue: ${name}, local_only: true)`, attend: `Oban.start_queue(queue: ${name}, limit: 10)` }
    },
    measure: (since) => measureJobs(tables, since, queues),
    listExecutors: () => listNodes(tables),
    longestRunning: (limits) => longestRunning(tables, rescueAfterMinutes, limits),
    advise: async () => [...(await adviseNodes(tables)), ...(await adviseIndexes(tables))],
  }
}

/** Only columns that the host has set; the others get the table's defaults, which differ between versions. */
async function listGivenColumns(tables: ObanTables, worker: string, { maxAttempts, priority, tags }: Omit<ObanJobOptions, 'meta'>) {
  const wrong = (what: string, got: unknown, expected: string) => new Error(`oban(): optionsOf('${worker}').${what} is ${JSON.stringify(got)}; expected ${expected}.`)
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts > 0)) throw wrong('maxAttempts', maxAttempts, 'a whole number of at least 1')
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 9)) throw wrong('priority', priority, 'a whole number from 0 to 9')
  const { tagsType } = await tables.shape()
  return [
    { column: 'max_attempts', cast: '::int', value: maxAttempts },
    { column: 'priority', cast: '::int', value: priority },
    // Oban for Python stores tags as jsonb.
    { column: 'tags', cast: tagsType === 'jsonb' ? '::jsonb' : '::text[]', value: tags && (tagsType === 'jsonb' ? JSON.stringify(tags) : [...tags]) },
  ].filter(({ value }) => value !== undefined)
}

/** A transaction in Oban's own database, for hosts where `createOps` uses another one. */
async function actInOwnTransaction(tables: ObanTables, pool: PoolLike, action: JobAction, jobs: SeenJob[], options: ActOptions) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const outcomes = await actOn(tables, action, jobs, { executeSql: (text, values) => client.query(text, values) }, options)
    await client.query('commit')
    return outcomes
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

async function cancelJobs(tables: ObanTables, refs: JobRef[], db: SqlExecutor): Promise<void> {
  const ids = refs.map(({ id }) => id).filter(isJobId)
  if (!ids.length) return
  const { rows } = await db.executeSql(
    `with seen as (
       select id, state from ${tables.jobs} where id = any($1::bigint[]) and state not in ('cancelled', 'completed', 'discarded')
       order by id for update
     )
     update ${tables.jobs} j set state = 'cancelled', cancelled_at = ${utcNow} from seen where j.id = seen.id
     returning j.id::text as id, seen.state::text as was`,
    [ids],
  )
  await stopRunning(tables, db, rows.filter(({ was }) => was === 'executing').map(({ id }) => String(id)))
}

async function hasQueue(tables: ObanTables, name: string, db: SqlExecutor): Promise<boolean> {
  const { states } = await tables.shape()
  const { rows } = await db.executeSql(
    `select exists (select from ${tables.jobs} where state = any($1::text[]::${tables.stateType}[]) and queue = $2) as known`,
    [states, name],
  )
  return rows[0]!.known === true
}

/** A node pings every five seconds. */
const pingMs = 6_000

async function adviseNodes({ listener }: ObanTables): Promise<EngineAdvice[]> {
  const heard = listener.heardRecently || (await listener.listen(pingMs, { untilHeard: true }))
  return heard === false ? [{ kind: 'unheard_nodes', message: noNodesHeard }] : []
}

/** Below this many jobs, reading the newest of them costs next to nothing. */
const manyJobs = 100_000

async function adviseIndexes(tables: ObanTables): Promise<EngineAdvice[]> {
  const { indexesCompleted } = await tables.shape()
  if (indexesCompleted) return []
  const { rows } = await tables.db.executeSql('select reltuples::float8 as jobs from pg_class where oid = to_regclass($1)', [tables.jobs])
  if (Number(rows[0]?.jobs ?? 0) <= manyJobs) return []
  return [
    {
      kind: 'missing_index',
      message: 'oban_jobs is large and has no index on completed_at, so throughput is measured only over its newest 50,000 jobs.',
      statement: `create index concurrently oban_jobs_completed_at_index on ${tables.jobs} (completed_at) where state = 'completed'`,
    },
  ]
}
