import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Engine, SelectedJob } from '../../engines/engine.ts'
import type { Scope } from '../../operations/scope.ts'
import { auditEvents } from '../../operations/event.ts'

/** For how long a discard can be undone. */
export const undoHours = 24

/** The caution in the preview of a discard about undoing it. */
export function undoOf({ lacks }: Engine, now: Date): string {
  if (lacks.restore_job !== undefined) return `This cannot be undone: ${lacks.restore_job}`
  const until = new Date(now.getTime() + undoHours * 3_600_000)
  return `It can be restored until ${until.toISOString()}, as long as the engine still has it.`
}

interface LastChange {
  id: string
  event_type: string
  recent: boolean
}

const notOurs = 'Not discarded here in the last 24 hours, so the discard cannot be undone; retry instead.'

/**
 * Only a discard made through this product can be undone, because only then is it known what it interrupted. The evidence is the
 * audit log: the last operation on the job must be its discard. Jobs that are already illegal keep their reason.
 */
export async function whyNotRestorable(scope: Scope, jobs: SelectedJob[], illegal: (string | undefined)[]): Promise<(string | undefined)[]> {
  const ids = jobs.filter((_job, index) => illegal[index] === undefined).map(({ id }) => id)
  const changes = new Map((await listLastChanges(scope, ids)).map((change) => [change.id, change]))
  return jobs.map(({ id }, index) => {
    if (illegal[index] !== undefined) return illegal[index]
    const last = changes.get(id)
    return last?.event_type === 'job.discarded' && last.recent ? undefined : notOurs
  })
}

/** Uses two indexes: one for events about single jobs, one for events of bulk runs. */
async function listLastChanges({ kit: { db }, em, now }: Scope, ids: string[]): Promise<LastChange[]> {
  if (!ids.length) return []
  const table = auditEvents(db)
  const since = sql`${now}::timestamptz - make_interval(hours => ${undoHours})`
  return query(
    em,
    sql<LastChange>`
      with wanted as (select unnest(${ids}::text[]) as id),
      change as (
        select wanted.id, event.event_type, event.occurred_at from wanted
        join ${table} event on event.subject_type = 'job' and event.subject_id = wanted.id
        where event.outcome = 'succeeded' and event.occurred_at > ${since} and event.event_type like 'job.%'
        union all
        select job.id, event.event_type, event.occurred_at from ${table} event, unnest(event.jobs) as job(id)
        where event.jobs && ${ids}::text[] and event.outcome = 'succeeded' and event.occurred_at > ${since} and job.id = any(${ids}::text[])
      )
      select distinct on (id) id, event_type, true as recent from change order by id, occurred_at desc`,
  )
}
