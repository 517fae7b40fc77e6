import type { Engine, RunningJob } from '../engine.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'
import { selectedColumns, selectedJob } from './rows.ts'
import type { PgBossTables } from './table.ts'

/** Of a queue with more executing jobs, only this many are looked at. */
const maxExamined = 10_000

type Limits = Parameters<NonNullable<Engine['longestRunning']>>[0]

/** Without an index, the executing jobs of a large table cannot be found without reading all of it. */
export async function longestRunning(tables: PgBossTables, { startedBefore, perQueue, total }: Limits): Promise<RunningJob[] | null> {
  const { small, has } = await tables.shape()
  if (!small && !has.state) return null
  const columns = `${selectedColumns}, j.retry_count, ${milliseconds('j.started_on')} as started, j.started_on`
  const { rows } = await tables.db.executeSql(
    `select each.* from ${tables.queues} queue, lateral (
       select * from (
         select ${columns} from ${tables.jobs} j where j.name = queue.name and j.state = 'active' limit ${maxExamined}
       ) running where started_on < $1 order by started_on limit $2
     ) each order by started_on limit $3`,
    [startedBefore, perQueue, total],
  )
  return rows.map(runningJob)
}

function runningJob(row: Row): RunningJob {
  return { ...selectedJob(row), startedAt: dateOf(row.started)!, attempt: Number(row.retry_count) + 1 }
}
