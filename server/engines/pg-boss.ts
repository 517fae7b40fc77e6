import type { JobState } from '../../schemas/index.ts'
import type { Engine, EngineAdvice, FoundJob, JobRef, Measurement, NewJob, SqlExecutor } from './engine.ts'

/** As much of pg-boss 12 as is used here. The host passes its own instance, so this package loads no queue library. */
export interface PgBossLike {
  send(name: string, data: object | null, options: { db?: SqlExecutor }): Promise<string | null>
  cancel(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  getDb(): SqlExecutor
  schemaVersion(): Promise<number | null>
}

export interface PgBossOptions {
  /**
   * Is pg-boss in the database of `createOps`? Only then can its changes commit together with their evidence.
   * Default true.
   */
  sharesDatabase?: boolean
  /** Schema of pg-boss's tables. Default `pgboss`. */
  schema?: string
}

const canonicalStates: Record<string, JobState> = {
  created: 'available',
  retry: 'retryable',
  active: 'executing',
  completed: 'completed',
  cancelled: 'cancelled',
  failed: 'discarded',
}

/** Counting stops here; beyond it the figure reads as capped. */
const countLimit = 100_000

/**
 * The pg-boss engine.
 *
 * @example
 * const boss = new PgBoss(databaseUrl)
 * const ops = await createOps({ engine: pgBoss(boss), … })
 */
export function pgBoss(boss: PgBossLike, { sharesDatabase = true, schema = 'pgboss' }: PgBossOptions = {}): Engine {
  const jobs = `${quoted(schema)}.job`
  const joined = (tx: SqlExecutor | undefined) => (sharesDatabase && tx ? tx : boss.getDb())
  return {
    name: 'pg-boss',
    transactional: sharesDatabase,
    capabilities: { enqueue: true, cancelExecuting: true, keepsFinishedJobs: true },
    lacks: {},
    attemptHistory: 'last',

    async check() {
      try {
        const version = await boss.schemaVersion()
        return { ok: true, version: '12', detail: `pg-boss answers; its schema is version ${version ?? 'unknown'}` }
      } catch (error) {
        return { ok: false, detail: `pg-boss does not answer: ${error instanceof Error ? error.message : String(error)}` }
      }
    },

    async enqueue({ queue, args }: NewJob, tx) {
      const id = await boss.send(queue, args, { db: joined(tx) })
      if (!id) throw new Error(`pg-boss accepted no job for queue '${queue}'; its policy may allow one at a time`)
      return { queue, id }
    },

    find: (refs, tx) => findJobs(joined(tx), jobs, refs),

    async cancel(refs, tx) {
      for (const [queue, ids] of byQueue(refs)) await boss.cancel(queue, ids, { db: joined(tx) })
    },

    measure: (since) => measure(boss.getDb(), jobs, since),

    missingQueues: (queues) => missingQueues(boss.getDb(), schema, queues),

    async advise(queues) {
      return [...(await missingQueues(boss.getDb(), schema, queues)).map(adviseQueue), ...(await missingIndexes(boss.getDb(), schema))]
    },
  }
}

async function findJobs(db: SqlExecutor, jobs: string, refs: JobRef[]): Promise<FoundJob[]> {
  if (!refs.length) return []
  const { rows } = await db.executeSql(
    `select j.name, j.id::text, j.state::text, j.start_after > now() as later, j.started_on, j.completed_on
     from unnest($1::text[], $2::uuid[]) as ref(name, id) join ${jobs} j on j.name = ref.name and j.id = ref.id`,
    [refs.map((ref) => ref.queue), refs.map((ref) => ref.id)],
  )
  return rows.map((row) => ({
    queue: String(row.name),
    id: String(row.id),
    state: row.state === 'created' && row.later ? 'scheduled' : (canonicalStates[String(row.state)] ?? 'available'),
    engineState: String(row.state),
    startedAt: asDate(row.started_on),
    finishedAt: asDate(row.completed_on),
  }))
}

async function measure(db: SqlExecutor, jobs: string, since: Date): Promise<Measurement> {
  const counted = await db.executeSql(
    `select
       (select count(*) from (select 1 from ${jobs} where state < 'active' and not blocked and start_after <= now() limit ${countLimit}) w)::int as waiting,
       (select count(*) from (select 1 from ${jobs} where state = 'active' limit ${countLimit}) e)::int as executing`,
  )
  const { rows } = await db.executeSql(
    `select count(*) filter (where state > 'active')::int as finished,
       percentile_cont(0.95) within group (order by extract(epoch from started_on - start_after))
         filter (where started_on > $1) as wait
     from ${jobs} where completed_on > $1 or started_on > $1`,
    [since],
  )
  const { waiting, executing } = counted.rows[0] as { waiting: number; executing: number }
  const { finished, wait } = rows[0] as { finished: number; wait: number | null }
  return {
    waiting,
    executing,
    finished,
    waitP95Seconds: wait === null ? null : Math.max(0, Number(wait)),
    how: waiting >= countLimit || executing >= countLimit ? 'capped' : 'exact',
  }
}

async function missingQueues(db: SqlExecutor, schema: string, queues: string[]): Promise<string[]> {
  const { rows } = await db.executeSql(
    `select wanted from unnest($1::text[]) as wanted where not exists (select from ${quoted(schema)}.queue where name = wanted)`,
    [[...new Set(queues)]],
  )
  return rows.map(({ wanted }) => String(wanted))
}

function adviseQueue(queue: string): EngineAdvice {
  return { kind: 'missing_queue', message: `pg-boss has no queue '${queue}', which a cron entry names; make it with boss.createQueue('${queue}').` }
}

/** Below this many jobs in a table, reading all of it costs nothing to speak of. */
const manyJobs = 100_000

/** What ended or began lately is counted every few seconds; pg-boss itself has no use for these indexes and so has none. */
async function missingIndexes(db: SqlExecutor, schema: string): Promise<EngineAdvice[]> {
  const { rows } = await db.executeSql(
    `select part.relname, col.attname
     from pg_partition_tree(to_regclass($1)) tree
     join pg_class part on part.oid = tree.relid and tree.isleaf and part.reltuples > ${manyJobs}
     join pg_attribute col on col.attrelid = part.oid and col.attname in ('completed_on', 'started_on')
     where not exists (select from pg_index i where i.indrelid = part.oid and i.indisvalid and i.indkey[0] = col.attnum)
     order by 1, 2`,
    [`${quoted(schema)}.job`],
  )
  return rows.map(({ relname, attname }) => ({
    kind: 'missing_index',
    message: `${schema}.${String(relname)} is large and has no index on ${String(attname)}, so each snapshot reads all of it.`,
    statement: `create index concurrently on ${quoted(schema)}.${quoted(String(relname))} (${String(attname)})`,
  }))
}

function byQueue(refs: JobRef[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>()
  for (const { queue, id } of refs) grouped.set(queue, [...(grouped.get(queue) ?? []), id])
  return grouped
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** Our connections leave timestamps as text; pg-boss's own make dates. */
function asDate(value: unknown): Date | undefined {
  if (value === null || value === undefined) return undefined
  return value instanceof Date ? value : new Date(String(value))
}
