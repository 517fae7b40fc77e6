import { sql } from 'kysely'
import type { BulkRun } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { isSameActor } from '../../host/viewer.ts'
import { OpsError } from '../../error.ts'
import { writeEvent } from '../event.ts'
import { authorize, recordingRefusals, requirePrincipal } from '../guards.ts'
import { type Scope, traceOf } from '../scope.ts'
import { isFollowed } from './fate.ts'
import { getRun } from './read.ts'
import { publishRun, resourceOfRun, runResources } from './rights.ts'
import type { BulkRunRow } from './rows.ts'
import { showRun } from './show.ts'

/**
 * Stops a run after the batches in progress. Every actor who may perform the run's action on its jobs may abort it, and is
 * recorded. So may the actor who started it, even if their rights have been revoked since, because a run that cannot be stopped
 * is worse.
 */
export async function abortRun(scope: Scope, id: string): Promise<BulkRun> {
  const subject = { type: 'bulk', id }
  return recordingRefusals(scope, { action: 'abort_bulk', eventType: 'bulk.aborted', subject }, async (attempt) => {
    const acting = requirePrincipal(scope)
    const requested = await getRun(acting, id)
    const { action, actor, queues } = requested
    if (!isSameActor(actor, acting.principal)) {
      for (const resource of runResources(id, queues)) await authorize(acting, acting.kit.operations[action], resource, attempt)
    }
    const run = await acting.kit.db.transact(async (em) => {
      const [locked] = await query(em, sql<BulkRunRow>`select * from ${acting.kit.db.table('bulk_run')} where id = ${id} for update`)
      if (locked!.status !== 'queued' && locked!.status !== 'running') {
        throw new OpsError('illegal_transition', `Bulk run ${id} is ${locked!.status}; expected one that is queued or running.`)
      }
      const [left] = await query(
        em,
        sql<{ jobs: number }>`select coalesce(sum(eligible), 0)::int as jobs from ${acting.kit.db.table('bulk_batch')} where bulk_id = ${id} and status <> 'done'`,
      )
      const outcomes = { ...locked!.outcomes, ...(left!.jobs && { aborted: left!.jobs }) }
      const [stopped] = await query(
        em,
        sql<BulkRunRow>`
          update ${acting.kit.db.table('bulk_run')} set status = 'aborted', aborted_by = ${JSON.stringify(acting.principal)}, outcomes = ${JSON.stringify(outcomes)},
            finished_at = ${acting.now}, fate_due_at = case when ${isFollowed(acting.kit, locked!)} then ${acting.now}::timestamptz end where id = ${id} returning *`,
      )
      await writeEvent(acting.kit.db, em, {
        action: 'abort_bulk',
        eventType: 'bulk.aborted',
        outcome: 'succeeded',
        actor: acting.principal,
        subject,
        source: acting.source,
        requestId: acting.requestId,
        bulkId: id,
        before: { status: locked!.status },
        after: { status: 'aborted', outcomes },
        metadata: { ...traceOf(acting), resource: resourceOfRun(requested) },
      })
      return stopped!
    })
    publishRun(acting.kit, requested)
    return showRun(run, acting)
  })
}
