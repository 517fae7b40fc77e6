import type { EngineJob, JobAction, SelectedJob } from '../../engines/engine.ts'
import { isAttended } from '../../executors/stops.ts'
import type { Planned } from '../../operations/operation.ts'
import type { Scope } from '../../operations/scope.ts'
import type { JobOperation } from '../legality.ts'

/** Actions after which a handler that is still running has nothing left to do. */
export function endsRun(act: JobAction, { state }: Pick<SelectedJob, 'state'>): boolean {
  return state === 'executing' && (act === 'cancel' || act === 'discard')
}

/** Whether a running job that the engine does not touch can be cancelled by its executor. */
export async function canAskToStop({ kit, em }: Pick<Scope, 'kit' | 'em'>, operation: JobOperation, job: SelectedJob): Promise<boolean> {
  if (operation !== 'cancel_job' || job.state !== 'executing' || kit.engine.lacks.cancel_job !== undefined) return false
  return kit.engine.refuses?.('cancel', job) !== undefined && isAttended({ kit, em }, job)
}

/** What asking an executor does; the engine's own record of the job changes only when the handler has stopped. */
export function plannedStop({ state }: EngineJob): Pick<Planned, 'effect' | 'cautions' | 'before' | 'after'> {
  return {
    effect: 'The executor that runs it tells its handler to stop, and then the job ends and is not tried again. What became of it is recorded as evidence.',
    cautions: ['A handler that does not heed its AbortSignal runs to completion. What it did before is not undone.'],
    before: { state },
    after: { state, stopRequested: true },
  }
}

/** For engines that cancel a running job themselves: whether its handler hears of it. */
export const handlerIsTold = 'Its executor tells the handler to stop within a second or two. A handler that does not heed its AbortSignal runs on; what it did before is not undone.'
