import type { Plan, Preview } from '../../../schemas/index.ts'
import { describeFailure } from '../../describe-failure.ts'
import type { StoredBreakdown } from '../operation.ts'
import type { ActingScope } from '../scope.ts'

type Selection = NonNullable<Plan['selection']>

/** The selection of a plan with its breakdown as it is stored. */
export function withStored(selection: Selection, stored: StoredBreakdown | undefined): Selection {
  return stored ? { ...selection, breakdown: stored as unknown as Selection['breakdown'] } : selection
}

/** A preview with the texts of its breakdown; without the breakdown if the engine does not answer. */
export async function withTexts<P extends Preview>(scope: ActingScope, preview: P): Promise<P> {
  const { plan } = preview
  const { selection } = plan
  const show = scope.kit.operations[plan.action]?.many?.show
  if (!selection?.breakdown || !show) return preview
  const { breakdown: stored, ...rest } = selection
  try {
    return { ...preview, plan: { ...plan, selection: { ...rest, breakdown: await show(stored as unknown as StoredBreakdown, scope) } } }
  } catch (error) {
    scope.kit.log.warn('a selection could not be described', { requestId: scope.requestId, ...describeFailure(error) })
    return { ...preview, plan: { ...plan, selection: rest } }
  }
}
