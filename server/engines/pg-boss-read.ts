import type { EngineJob, FoundJob, JobRef, SqlExecutor } from './engine.ts'
import { engineJob, foundColumns, foundJob, isJobId, jobColumns } from './pg-boss-rows.ts'
import type { PgBossTables } from './pg-boss-table.ts'

export async function findJobs(tables: PgBossTables, refs: JobRef[], db: SqlExecutor): Promise<FoundJob[]> {
  const wanted = refs.filter(({ id }) => isJobId(id))
  if (!wanted.length) return []
  const { rows } = await db.executeSql(
    `select ${foundColumns} from unnest($1::text[], $2::uuid[]) as ref(name, id) join ${tables.jobs} j on j.name = ref.name and j.id = ref.id`,
    [wanted.map(({ queue }) => queue), wanted.map(({ id }) => id)],
  )
  return rows.map(foundJob)
}

/** By id alone: pg-boss's key begins with the queue, so each queue is asked. In the order asked for. */
export async function readJobs(tables: PgBossTables, ids: string[], db: SqlExecutor, lock: boolean): Promise<EngineJob[]> {
  const wanted = [...new Set(ids.map((id) => id.toLowerCase()))].filter(isJobId)
  if (!wanted.length) return []
  const { rows } = await db.executeSql(
    `select ${jobColumns} from ${tables.queues} queue join ${tables.jobs} j on j.name = queue.name and j.id = any($1::uuid[])
     order by j.id ${lock ? 'for update of j' : ''}`,
    [wanted],
  )
  const byId = new Map(rows.map((row) => [String(row.id), row]))
  return wanted.flatMap((id) => {
    const row = byId.get(id)
    return row ? [engineJob(row)] : []
  })
}
