import type { AnyRequest, CreatedPreview, Executed, ExecutedOrBulk, OperationAction, OperationRequest, Preview, SelectionRequest } from '../../schemas/index.ts'
import { withTexts } from './bulk/breakdown.ts'
import { executeSelection, previewSelection, runSelection } from './bulk/confirm.ts'
import { requireRightToSet } from './bulk/rights.ts'
import { authorize, requireOwnPreview, reasonRule, recordingRefusals, requirePrincipal } from './guards.ts'
import { showPreview } from './preview.ts'
import { OpsError } from '../error.ts'
import type { PreviewRow } from '../db/entities.ts'
import type { ActingScope, Scope } from './scope.ts'
import { executeOne, previewOne, runOne } from './single.ts'

/** Shows what an operation would do. It stores nothing but the preview, or the evidence of a refusal. */
export function createPreview(scope: Scope, request: AnyRequest): Promise<CreatedPreview> {
  const operation = scope.kit.operations[request.action]
  return isSelection(request) ? previewSelection(operation, scope, request) : previewOne(operation, scope, request as OperationRequest)
}

export async function getOwnPreview(scope: Scope, id: string): Promise<Preview> {
  const acting = requirePrincipal(scope)
  const preview = await requireOwnPreview(acting, id)
  await requireStillAllowed(acting, preview)
  return withTexts(acting, showPreview(preview, scope.now, reasonRule(scope, scope.kit.operations[preview.action]!).required))
}

/** Rights may have been revoked: a preview is shown only if the host still allows it. */
async function requireStillAllowed(scope: ActingScope, { action, resource, subjectId }: PreviewRow): Promise<void> {
  const operation = scope.kit.operations[action]
  if (resource) await authorize(scope, operation, resource)
  else await requireRightToSet(scope, operation, subjectId)
}

export interface ExecuteRequest {
  id: string
  token: string
  reason?: string
}

/** Executes a preview, once. A single subject changes in one transaction with its evidence, a selection in batches. */
export async function executePreview(scope: Scope, { id, ...confirmed }: ExecuteRequest): Promise<ExecutedOrBulk> {
  const unknown = { action: 'execute_preview', eventType: 'preview.refused' as const, subject: { type: 'preview', id }, reason: confirmed.reason?.trim() }
  const preview = await recordingRefusals(scope, unknown, () => requireOwnPreview(requirePrincipal(scope), id))
  const operation = scope.kit.operations[preview.action]!
  return counted(scope, preview.action, () => (preview.subjectType === 'bulk' ? executeSelection(operation, scope, preview, confirmed) : executeOne(operation, scope, preview, confirmed)))
}

/** Previews and executes in one step, for scripts. A repeat with the same key gets the first answer. */
export function runOperation(scope: Scope, request: OperationRequest & { reason?: string }, key?: string): Promise<Executed>
export function runOperation(scope: Scope, request: AnyRequest & { reason?: string }, key?: string): Promise<ExecutedOrBulk>
export function runOperation(scope: Scope, request: AnyRequest & { reason?: string }, key?: string): Promise<ExecutedOrBulk> {
  const operation = scope.kit.operations[request.action]
  return counted(scope, request.action, () => (isSelection(request) ? runSelection(operation, scope, request, key) : runOne(operation, scope, request as OperationRequest, key)))
}

/** Counts what became of a request to change something. A run in the background is `accepted`. */
async function counted(scope: Scope, action: OperationAction, work: () => Promise<ExecutedOrBulk>): Promise<ExecutedOrBulk> {
  const { counters } = scope.kit
  try {
    const executed = await work()
    counters.add('operations', { action, outcome: 'bulk' in executed ? 'accepted' : 'succeeded' })
    return executed
  } catch (error) {
    if (error instanceof OpsError && error.code === 'preview_drifted') counters.add('drifted', { action })
    counters.add('operations', { action, outcome: error instanceof OpsError && error.status === 403 ? 'denied' : 'failed' })
    throw error
  }
}

function isSelection<Request extends AnyRequest>(request: Request): request is Request & SelectionRequest {
  return 'selection' in request && request.selection !== undefined
}
