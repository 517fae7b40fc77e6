import type { SelectedJob, SqlExecutor } from '../engine.ts'
import { findAliveProducers } from './producers.ts'
import { type ObanTables, utcNow } from './table.ts'
import { milliseconds, type Row } from '../sql.ts'

/** For executing jobs: the minutes since the attempt started, and the producer that took the job. */
export const attendedColumns = `
  case when j.state = 'executing' then (${milliseconds(utcNow)} - ${milliseconds('j.attempted_at')}) / 60000 end as running,
  case when j.state = 'executing' then j.attempted_by[2] end as producer`

/** Why the executor of an executing job does not count as missing; undefined if it does. */
export function explainAttended({ running, producer }: Row, alive: Set<string> | undefined, rescueAfterMinutes: number): string | undefined {
  if (alive) return alive.has(String(producer)) ? 'The producer running it was seen within the last two minutes.' : undefined
  const minutes = Math.floor(Number(running ?? 0))
  if (minutes >= rescueAfterMinutes) return undefined
  return `It started ${minutes} minutes ago. Oban does not report whether its producer is alive, so ${rescueAfterMinutes} minutes must pass before a rescue.`
}

/** Extends `read` so that executing jobs get `attended`. */
export async function withAttended<Job extends SelectedJob>(
  tables: ObanTables,
  db: SqlExecutor,
  rescueAfterMinutes: number,
  read: (row: Row) => Job,
): Promise<(row: Row) => Job> {
  const alive = await findAliveProducers(tables, db)
  return (row: Row): Job => {
    const job = read(row)
    const attended = job.state === 'executing' ? explainAttended(row, alive, rescueAfterMinutes) : undefined
    return attended === undefined ? job : { ...job, attended }
  }
}
