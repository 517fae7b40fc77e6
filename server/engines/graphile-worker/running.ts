import type { Engine, RunningJob, SqlExecutor } from '../engine.ts'
import { dateOf, milliseconds } from '../sql.ts'
import { type GraphileTables, queueColumn, selectedColumns, selectedJob } from './rows.ts'

type Limits = Parameters<NonNullable<Engine['longestRunning']>>[0]

/** A locked job is executing, or its worker is lost. */
export async function longestRunning(db: SqlExecutor, tables: GraphileTables, { startedBefore, perQueue, total }: Limits): Promise<RunningJob[]> {
  const { rows } = await db.executeSql(
    `select * from (
       select ${selectedColumns}, j.attempts, j.locked_by, ${milliseconds('j.locked_at')} as locked, j.locked_at,
         row_number() over (partition by ${queueColumn} order by j.locked_at) as place
       from ${tables.joined()} where j.locked_at < $1::timestamptz
     ) running where place <= $2 order by locked_at limit $3`,
    [startedBefore.toISOString(), perQueue, total],
  )
  return rows.map((row) => ({
    ...selectedJob(row),
    startedAt: dateOf(row.locked)!,
    attempt: Number(row.attempts),
    executor: row.locked_by === null ? undefined : String(row.locked_by),
  }))
}
