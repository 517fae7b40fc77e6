import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { countOf, type CreatedPreview, type ExecutedOrBulk, formatCount, operationActions, type Plan, type SelectionRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import type { PreviewRow } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import { uuidv7 } from '../../uuid.ts'
import { transactAgain } from '../deadlock.ts'
import { writeEvent } from '../event.ts'
import { attemptOf, checkReason, reasonRule, refusing, requirePrincipal, requireReady, useUp } from '../guards.ts'
import { answerOnce } from '../idempotency.ts'
import type { Operation, Planned } from '../operation.ts'
import { keepPreview, previewToken, showPlan, showPreview } from '../preview.ts'
import type { ActingScope, Scope } from '../scope.ts'
import { answerOfRun } from './answer.ts'
import { authorizeFrozen } from './authorize.ts'
import { deleteSet, type Frozen, freezeSelection, requireMany } from './freeze.ts'
import { requireRightToSet, resourceOfRun } from './rights.ts'
import { batchSize, inBackground } from './rows.ts'
import { deleteOldSets } from './sweep.ts'

/** Operations about many jobs: frozen when they are shown, asked about again when they are confirmed, done batch by batch. */

const selected = { type: 'bulk', id: 'selection' }

export function previewSelection(operation: Operation, scope: Scope, request: SelectionRequest): Promise<CreatedPreview> {
  return refusing(scope, attemptOf(operation, selected), async () => {
    const acting = requirePrincipal(scope)
    requireMany(operation)
    const frozen = await freezeSelection(acting, operation, request)
    const subject = { type: 'bulk', id: frozen.bulkId }
    const plan = planOf(operation, request, frozen, acting)
    const kept = await keepPreview(acting, { ...request, subject }, plan, hashOf(operation, request, frozen))
    // The same set is there already, and what was shown of it stays.
    if (kept.subjectId !== frozen.bulkId) await deleteSet(acting.kit, frozen.bulkId)
    await deleteOldSets(acting)
    return { ...showPreview(kept, acting.now, reasonRule(acting, operation).required), token: await previewToken(acting.kit.db, kept) }
  })
}

export function executeSelection(operation: Operation, scope: Scope, preview: PreviewRow, { token, reason }: { token: string; reason?: string }): Promise<ExecutedOrBulk> {
  const subject = { type: 'bulk', id: preview.subjectId }
  return refusing(scope, { ...attemptOf(operation, subject, reason), previewId: preview.id }, async () => {
    const acting = requirePrincipal(scope)
    await requireReady(acting, preview, token)
    const said = checkReason(acting, operation, reason)
    await transactAgain(acting.kit, async (em) => {
      const inside = { ...acting, em, locking: true }
      const eventId = uuidv7(acting.now.getTime())
      await useUp(inside, preview.id, eventId)
      await confirmRun(inside, operation, preview.subjectId, { reason: said, eventId, previewId: preview.id })
    })
    return answerOfRun(acting, preview.subjectId)
  })
}

export function runSelection(operation: Operation, scope: Scope, request: SelectionRequest & { reason?: string }, key?: string): Promise<ExecutedOrBulk> {
  return refusing(scope, attemptOf(operation, selected, request.reason), async () => {
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
        await confirmRun(inside, operation, bulkId, { reason, eventId, asked: true })
        return bulkId
      },
      discard: ({ bulkId }) => deleteSet(acting.kit, bulkId),
    })
    if (answer.first) return answerOfRun(acting, answer.done)
    if ('executed' in answer.again) return answer.again.executed
    await requireRightToSet(acting, operation, answer.again.bulkId)
    return answerOfRun(acting, answer.again.bulkId)
  })
}

interface Confirmation {
  reason?: string
  eventId: string
  previewId?: string
  /** The host was asked about every job a moment ago, in this request. */
  asked?: boolean
}

/** From here on the set is worked off, whoever does it and however often that has to begin again. */
async function confirmRun(
  scope: ActingScope,
  operation: Operation,
  bulkId: string,
  { reason, eventId, previewId, asked = false }: Confirmation,
): Promise<void> {
  const { kit, em, now, principal } = scope
  const run = await authorizeFrozen(scope, operation, bulkId, asked)
  if (!run.eligible) throw new OpsError('illegal_transition', `None of the ${formatCount(run.total)} jobs can be changed; the preview says why for each.`)
  await query(
    em,
    sql`update ${kit.db.table('bulk_run')} set status = 'queued', reason = ${reason ?? null}, event_id = ${eventId}, preview_id = ${previewId ?? null},
          source = ${scope.source}, request_id = ${scope.requestId}, started_at = ${now} where id = ${bulkId}`,
  )
  // A batch of which nothing is to be changed needs no turn, and nothing to be told of it.
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
    metadata: { total: run.total, eligible: run.eligible, notEligible: run.not_eligible, selection: run.selection, resource: resourceOfRun({ id: bulkId, queues: run.queues }) },
  })
}

function planOf(operation: Operation, request: SelectionRequest, frozen: Frozen, scope: ActingScope): Plan {
  const { bulkId, total, eligible, notEligible, byQueue, byState, until, searched } = frozen
  const described = requireMany(operation).plan(request, frozen, scope)
  const background = inBackground({ total })
  const planned: Planned = {
    title: `${operationActions[operation.action].label} ${countOf(eligible, 'job')}`,
    effect: `${described.effect} ${total - eligible ? `${formatCount(total - eligible)} of ${formatCount(total)} ${total - eligible === 1 ? 'is' : 'are'} left alone.` : ''}`.trim(),
    cautions: [
      ...(described.cautions ?? []),
      ...(searched === undefined ? [] : [`Only ${searched} could be searched; there may be more.`]),
      'A job that changes before its turn is left alone and named.',
      ...(background ? [`It is done in the background, ${countOf(batchSize, 'job')} at a time; what is done before an abort stays done.`] : []),
    ],
    before: { states: byState },
    after: described.after,
    counts: { subjects: total, jobs: eligible },
    selection: { bulkId, total, eligible, notEligible, byQueue, byState, until: until.toISOString(), background },
    risk: background ? 'high' : described.risk,
  }
  return showPlan(operation, { type: 'bulk', id: bulkId }, planned, scope)
}

/** Neither the run's id nor its moment: the same jobs in the same versions are the same preview. */
function hashOf({ action }: Operation, { input }: SelectionRequest, { hash }: Frozen): string {
  return createHash('sha256').update(JSON.stringify([action, input, hash])).digest('hex')
}
