import type { Engine, RunningJob } from '../engine.ts'
import { dateOf, milliseconds } from '../sql.ts'
import { withAttended } from './attended.ts'
import { pairsOfStateAndQueue } from './list.ts'
import { selectedColumns, selectedJob } from './rows.ts'
import { asUtc, type ObanTables } from './table.ts'

type Limits = Parameters<NonNullable<Engine['longestRunning']>>[0]

/** Read along Oban's own index: only executing jobs, of which there are never many. */
export async function longestRunning(tables: ObanTables, rescueAfterMinutes: number, { startedBefore, perQueue, total }: Limits): Promise<RunningJob[]> {
  const { rows } = await tables.db.executeSql(
    `select each.* from (${pairsOfStateAndQueue(tables, `'{executing}'`)}) pair(state, queue), lateral (
       select ${selectedColumns}, j.attempt, j.attempted_by[1] as node, ${milliseconds('j.attempted_at')} as attempted, j.attempted_at
       from ${tables.jobs} j where j.state = pair.state and j.queue = pair.queue and j.attempted_at < ${asUtc('$1')}
       order by j.attempted_at limit $2
     ) each order by attempted_at limit $3`,
    [startedBefore.toISOString(), perQueue, total],
  )
  const read = await withAttended(tables, tables.db, rescueAfterMinutes, selectedJob)
  return rows.map((row) => ({
    ...read(row),
    startedAt: dateOf(row.attempted)!,
    attempt: Number(row.attempt),
    executor: row.node === null ? undefined : String(row.node),
  }))
}
