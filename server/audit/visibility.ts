import { type RawBuilder, sql } from 'kysely'
import { subjectAccess } from '../../schemas/index.ts'
import { listEntriesInto, resourceOf } from '../cron/made-jobs.ts'
import { pageOf } from '../host/auth.ts'
import { keepAllowed, visible } from '../host/visible.ts'
import { runsOf } from '../operations/bulk/rights.ts'
import type { Scope } from '../operations/scope.ts'
import { listQueueNames, listRefusedQueues, listUnseenQueues } from '../queues/known.ts'

/** Subject types with their own page; everything else belongs to the audit log itself. */
const withPage = Object.entries(subjectAccess).filter(([type]) => type !== 'audit_event')

/**
 * Excludes subjects whose page the viewer may not see, hidden queues, and jobs, runs and cron entries of hidden queues, so that
 * they are not read at all. `ofOneJob`: events of bulk runs stay, because whoever may see the job sees that a run included it.
 */
export async function visibilityConditions(scope: Scope, { ofOneJob = false } = {}): Promise<RawBuilder<unknown>[]> {
  const withheld = await keepAllowed(withPage, async ([, { view }]) => !(await scope.viewer.can(view, pageOf(view))).allowed)
  const [names, refused, withheldQueues] = await Promise.all([listQueueNames(scope), listRefusedQueues(scope), listUnseenQueues(scope)])
  // A host that refuses every queue has rules of another kind, e.g. by tag: then only the check of each event decides.
  const hidden = refused.length < names.length ? refused : []
  return [
    ...(withheld.length ? [sql`not (subject_type = any(${withheld.map(([type]) => type)}::text[]))`] : []),
    ...(withheldQueues.length ? [sql`not (subject_type = 'queue' and subject_id = any(${withheldQueues}::text[]))`] : []),
    ...(withheldQueues.length ? [sql`not (subject_type = 'incident' and coalesce(metadata #>> '{resource,queue}' = any(${withheldQueues}::text[]), false))`] : []),
    ...(hidden.length ? [sql`not (subject_type in ('job', 'error_group') and coalesce(metadata #>> '{resource,queue}' = any(${hidden}::text[]), false))`] : []),
    ...(hidden.length && !ofOneJob ? [withoutRunsIn(scope, hidden)] : []),
    ...(hidden.length ? [sql`not (subject_type = 'cron_entry' and coalesce(metadata #>> '{resource,queue}' = any(${await queuesWithoutEntries(scope, hidden)}::text[]), false))`] : []),
    ...(refused.length ? [namesQueue(scope, ofOneJob)] : []),
  ]
}

/** The viewer's own runs are visible whatever their queues. */
function withoutRunsIn(scope: Scope, queues: string[]): RawBuilder<unknown> {
  const { principal } = scope.viewer
  const own = principal
    ? sql`subject_id = any(array(${runsOf(scope.kit.db, principal)}))`
    : sql`false`
  return sql`not (subject_type = 'bulk' and coalesce(jsonb_exists_any(metadata #> '{resource,queues}', ${queues}::text[]), false) and not ${own})`
}

/** Hidden queues whose cron entries are all hidden, too. */
async function queuesWithoutEntries(scope: Scope, queues: string[]): Promise<string[]> {
  const refused = new Set(queues)
  for (const queue of await visible(scope.viewer, queues, 'view_cron', (name) => ({ type: 'queue', id: name, queue: name }))) refused.delete(queue)
  const entries = await listEntriesInto(scope, [...refused])
  for (const { queue } of await visible(scope.viewer, entries, 'view_cron', resourceOf)) refused.delete(queue)
  return [...refused]
}

/** If a queue is hidden from the viewer, so are other actors' events that name no queue: they may have been about that queue. */
function namesQueue({ viewer: { principal } }: Scope, ofOneJob: boolean): RawBuilder<unknown> {
  const conditions = [
    sql`subject_type in ('queue', 'deploy')`,
    // An incident that was found names its queue if it has one. Of one that may not have been found, nothing is known.
    sql`(subject_type = 'incident' and coalesce(code not in ('not_found', 'forbidden'), true))`,
    sql`metadata #> '{resource,queue}' is not null`,
    sql`metadata #> '{resource,queues}' is not null`,
    ...(ofOneJob ? [sql`subject_type = 'bulk'`] : []),
    ...(principal ? [sql`(actor_id = ${principal.id} and actor_type = ${principal.type})`] : []),
  ]
  return sql`(${sql.join(conditions, sql` or `)})`
}
