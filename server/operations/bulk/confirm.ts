import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { countOf, type CreatedPreview, type ExecutedOrBulk, formatCount, operationActions, type Plan, type SelectionRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import type { PreviewRow } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import { uuidv7 } from '../../uuid.ts'
import { transactWithRetry } from '../retry.ts'
import { writeEvent } from '../event.ts'
import { attemptOf, checkReason, reasonRule, recordingRefusals, requirePrincipal, requireReady, consumeReadyPreview } from '../guards.ts'
import { answerOnce } from '../idempotency.ts'
import type { Operation, Planned } from '../operation.ts'
import { storePreview, previewToken, showPlan, showPreview } from '../preview.ts'
import { type ActingScope, type Scope, traceOf } from '../scope.ts'
import { answerForRun } from './answer.ts'
import { authorizeFrozen } from './authorize.ts'
import { withStored, withTexts } from './breakdown.ts'
import { deleteSet, type Frozen, freezeSelection, requireMany } from './freeze.ts'
import { requireRightToSet, resourceOfRun } from './rights.ts'
import { batchSize, inBackground, originOf } from './rows.ts'
import { deleteOldSets } from './sweep.ts'

/** Operations on many jobs: the set is frozen by the preview, authorized again when it is confirmed, and processed in batches. */

const selected = { type: 'bulk', id: 'selection' }

export function previewSelection(operation: Operation, scope: Scope, request: SelectionRequest): Promise<CreatedPreview> {
  return recordingRefusals(scope, attemptOf(operation, selected), async () => {
    const acting = requirePrincipal(scope)
    requireMany(operation)
    const frozen = await freezeSelection(acting, operation, request, { described: true })
    const subject = { type: 'bulk', id: frozen.bulkId }
    const plan = planOf(operation, request, frozen, acting)
    const preview = await storePreview(acting, { ...request, subject }, plan, hashOf(operation, request, frozen))
    // The same set has already been previewed: that preview is returned, and the new set is not needed.
    if (preview.subjectId !== frozen.bulkId) await deleteSet(acting.kit, frozen.bulkId)
    await deleteOldSets(acting)
    return { ...(await withTexts(acting, showPreview(preview, acting.now, reasonRule(acting, operation).required))), token: await previewToken(acting.kit.db, preview) }
  })
}

export function executeSelection(operation: Operation, scope: Scope, preview: PreviewRow, { token, reason }: { token: string; reason?: string }): Promise<ExecutedOrBulk> {
  const subject = { type: 'bulk', id: preview.subjectId }
  return recordingRefusals(scope, { ...attemptOf(operation, subject, reason), previewId: preview.id }, async () => {
    const acting = requirePrincipal(scope)
    await requireReady(acting, preview, token)
    const checkedReason = checkReason(acting, operation, reason)
    await transactWithRetry(acting.kit, async (em) => {
      const inside = { ...acting, em, locking: true }
      const eventId = uuidv7(acting.now.getTime())
      await consumeReadyPreview(inside, preview.id, eventId)
      await confirmRun(inside, operation, preview.subjectId, { reason: checkedReason, eventId, previewId: preview.id })
    })
    return answerForRun(acting, preview.subjectId)
  })
}

export function runSelection(operation: Operation, scope: Scope, request: SelectionRequest & { reason?: string }, key?: string): Promise<ExecutedOrBulk> {
  return recordingRefusals(scope, attemptOf(operation, selected, request.reason), async () => {
    const acting = requirePrincipal(scope)
    requireMany(operation)
    const answer = await answerOnce(acting, request, key, {
      async prepare() {
        const reason = checkReason(acting, operation, request.reason)
        const { bulkId } = await freezeSelection(acting, operation, request)
        return { reason, bulkId }
      },
      async work(inside, eventId, prepared) {
        const { reason, bulkId } = prepared!
        await confirmRun(inside, operation, bulkId, { reason, eventId, authorized: true })
        return bulkId
      },
      discard: ({ bulkId }) => deleteSet(acting.kit, bulkId),
    })
    if (answer.first) return answerForRun(acting, answer.done)
    if ('executed' in answer.again) return answer.again.executed
    await requireRightToSet(acting, operation, answer.again.bulkId)
    return answerForRun(acting, answer.again.bulkId)
  })
}

interface Confirmation {
  reason?: string
  eventId: string
  previewId?: string
  /** Every job has already been authorized in this request. */
  authorized?: boolean
}

/** From here on the run will be processed to its end, by any process and across crashes. */
async function confirmRun(
  scope: ActingScope,
  operation: Operation,
  bulkId: string,
  { reason, eventId, previewId, authorized = false }: Confirmation,
): Promise<void> {
  const { kit, em, now, principal } = scope
  const run = await authorizeFrozen(scope, operation, bulkId, authorized)
  if (!run.eligible) throw new OpsError('illegal_transition', `None of the ${formatCount(run.total)} jobs can be changed; the preview gives the reason for each.`)
  await query(
    em,
    sql`update ${kit.db.table('bulk_run')} set status = 'queued', reason = ${reason ?? null}, event_id = ${eventId}, preview_id = ${previewId ?? null},
          source = ${scope.source}, request_id = ${scope.requestId}, trace_parent = ${scope.traceParent ?? null}, started_at = ${now} where id = ${bulkId}`,
  )
  // A batch without eligible jobs needs no processing and no event.
  await query(em, sql`update ${kit.db.table('bulk_batch')} set status = 'done', finished_at = ${now} where bulk_id = ${bulkId} and eligible = 0`)
  if (!inBackground(run)) return
  await writeEvent(kit.db, em, {
    id: eventId,
    action: operation.action,
    eventType: 'bulk.started',
    outcome: 'succeeded',
    actor: principal,
    subject: { type: 'bulk', id: bulkId },
    reason,
    source: scope.source,
    requestId: scope.requestId,
    previewId,
    bulkId,
    metadata: { ...traceOf(scope), total: run.total, eligible: run.eligible, notEligible: run.not_eligible, selection: run.selection, ...originOf(run), resource: resourceOfRun({ id: bulkId, queues: run.queues }) },
  })
}

function planOf(operation: Operation, request: SelectionRequest, frozen: Frozen, scope: ActingScope): Plan {
  const { bulkId, total, eligible, notEligible, byQueue, byState, until, searched, breakdown } = frozen
  const leftOut = requireMany(operation).completedLeftOut
  const completedLeftOut = leftOut === undefined ? undefined : notEligible[leftOut]
  const described = requireMany(operation).plan(request, frozen, scope)
  const background = inBackground({ total })
  const planned: Planned = {
    title: `${operationActions[operation.action].label} ${countOf(eligible, 'job')}`,
    effect: `${described.effect} ${total - eligible ? `${formatCount(total - eligible)} of ${formatCount(total)} will be left alone.` : ''}`.trim(),
    cautions: [
      ...(described.cautions ?? []),
      ...(searched === undefined ? [] : [`Only ${searched} could be searched; more jobs may match.`]),
      'A job that changes before its turn is left alone and reported.',
      ...(background ? [`It runs in the background, ${countOf(batchSize, 'job')} at a time; changes made before an abort remain.`] : []),
    ],
    before: { states: byState },
    after: described.after,
    counts: { subjects: total, jobs: eligible },
    selection: withStored({ bulkId, total, eligible, notEligible, byQueue, byState, completedLeftOut, until: until.toISOString(), background }, breakdown),
    risk: background ? 'high' : described.risk,
  }
  return showPlan(operation, { type: 'bulk', id: bulkId }, planned, scope)
}

/** Contains neither the run's id nor its time, so that the same jobs in the same versions give the same preview. */
function hashOf({ action }: Operation, { input }: SelectionRequest, { hash }: Frozen): string {
  return createHash('sha256').update(JSON.stringify([action, input, hash])).digest('hex')
}
