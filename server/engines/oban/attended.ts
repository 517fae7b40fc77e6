import type { SelectedJob, SqlExecutor } from '../engine.ts'
import { aliveProducers } from './producers.ts'
import { type ObanTables, utcNow } from './table.ts'
import { milliseconds, type Row } from '../sql.ts'

/** Minutes since the attempt of an executing job began, and the producer that took it. */
export const attendedColumns = `
  case when j.state = 'executing' then (${milliseconds(utcNow)} - ${milliseconds('j.attempted_at')}) / 60000 end as running,
  case when j.state = 'executing' then j.attempted_by[2] end as producer`

/** Why the executor of an executing job does not count as missing; undefined when it does. */
export function whyAttended({ running, producer }: Row, alive: Set<string> | undefined, rescueAfterMinutes: number): string | undefined {
  if (alive) return alive.has(String(producer)) ? 'The producer running it was seen within the last two minutes.' : undefined
  const minutes = Math.floor(Number(running ?? 0))
  if (minutes >= rescueAfterMinutes) return undefined
  return `It started ${minutes} minutes ago. Oban does not report whether its producer is alive, so ${rescueAfterMinutes} minutes must pass before a rescue.`
}

/** Reads rows, and says of those that execute whether somebody does. */
export async function attending<Job extends SelectedJob>(
  tables: ObanTables,
  db: SqlExecutor,
  rescueAfterMinutes: number,
  read: (row: Row) => Job,
): Promise<(row: Row) => Job> {
  const alive = await aliveProducers(tables, db)
  return (row: Row): Job => {
    const job = read(row)
    const attended = job.state === 'executing' ? whyAttended(row, alive, rescueAfterMinutes) : undefined
    return attended === undefined ? job : { ...job, attended }
  }
}
