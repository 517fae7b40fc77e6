import type { EngineJob, FoundJob, JobRef, SqlExecutor } from '../engine.ts'
import { engineJob, foundColumns, foundJob, isJobId, jobColumns } from './rows.ts'
import type { PgBossTables } from './table.ts'

export async function findJobs(tables: PgBossTables, refs: JobRef[], db: SqlExecutor): Promise<FoundJob[]> {
  const wanted = refs.filter(({ id }) => isJobId(id))
  if (!wanted.length) return []
  const queues = [...Map.groupBy(wanted, ({ queue }) => queue)]
  const found: FoundJob[] = []
  for (let start = 0; start < queues.length; start += queuesAtOnce) found.push(...(await findOfQueues(tables, queues.slice(start, start + queuesAtOnce), db)))
  return found
}

const queuesAtOnce = 50

/** Each queue has its own subquery, so that PostgreSQL opens only its partition: a locked one would otherwise block the query for all queues. */
async function findOfQueues(tables: PgBossTables, queues: [queue: string, refs: JobRef[]][], db: SqlExecutor): Promise<FoundJob[]> {
  const { rows } = await db.executeSql(
    queues
      .map((_, index) => `select ${foundColumns} from ${tables.jobs} j where j.name = $${2 * index + 1} and j.id = any($${2 * index + 2}::uuid[])`)
      .join(' union all '),
    queues.flatMap(([queue, refs]) => [queue, refs.map(({ id }) => id)]),
  )
  return rows.map(foundJob)
}

/** By id alone: pg-boss's key starts with the queue, so every queue is probed. Jobs are returned in the order of `ids`. */
export async function readJobs(tables: PgBossTables, ids: string[], db: SqlExecutor, lock: boolean): Promise<EngineJob[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))].filter(isJobId)
  if (!wanted.length) return []
  // The limit makes each probe a lookup by key; a plain join can become a scan of all jobs of a queue.
  const { rows } = await db.executeSql(
    `with ref as materialized (
       select found.name, found.id from unnest($1::uuid[]) as asked(id) cross join ${tables.queues} queue cross join lateral (
         select j.name, j.id from ${tables.jobs} j where j.name = queue.name and j.id = asked.id limit 1
       ) found
     )
     select ${jobColumns} from ref join ${tables.jobs} j on j.name = ref.name and j.id = ref.id
     order by j.id ${lock ? 'for update of j' : ''}`,
    [wanted],
  )
  const byId = new Map(rows.map((row) => [String(row.id), row]))
  return wanted.flatMap((id) => {
    const row = byId.get(id)
    return row ? [engineJob(row)] : []
  })
}
