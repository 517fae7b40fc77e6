import { sql } from 'kysely'
import type { Permission } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { SelectedJob } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { jobActions, operationOf, whyNot } from './legality.ts'
import { jobResource } from './resource.ts'

const nameless: Permission = { allowed: false, reason: 'Your account may look, but it cannot be named in evidence.' }
const notOurs = 'It was not discarded here within the last 24 hours, so there is nothing to take back.'

/** What this actor may do to the job now: as the host says, and as engine, state and evidence allow. */
export async function operationsOn(scope: Scope, job: SelectedJob): Promise<Record<string, Permission>> {
  const { kit, viewer } = scope
  const answers = jobActions.map(async (action): Promise<[string, Permission]> => {
    const operation = operationOf(action)
    const permission = viewer.principal ? await viewer.can(operation, jobResource(job)) : nameless
    if (!permission.allowed) return [operation, permission]
    const reason = whyNot(kit.engine, action, job) ?? (action === 'restore' && !(await wasDiscardedHere(scope, job.id)) ? notOurs : undefined)
    return [operation, reason === undefined ? permission : { allowed: false, reason }]
  })
  return Object.fromEntries(await Promise.all(answers))
}

async function wasDiscardedHere({ kit: { db }, em, now }: Scope, id: string): Promise<boolean> {
  const event = sql`
    select 1 from ${db.table('audit_event')}
    where event_type = 'job.discarded' and outcome = 'succeeded' and occurred_at > ${now}::timestamptz - interval '24 hours'`
  const rows = await query(
    em,
    sql`select 1 where exists (${event} and subject_type = 'job' and subject_id = ${id}) or exists (${event} and jobs @> array[${id}]::text[])`,
  )
  return rows.length > 0
}
