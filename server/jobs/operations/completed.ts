import { countOf, type JobSelection, type JobState } from '../../../schemas/index.ts'
import type { JobAction } from '../../engines/engine.ts'

/** Whether the action runs a completed job again, side effects included. */
export function runsAgain(action: JobAction, state: JobState): boolean {
  return action === 'retry' && state === 'completed'
}

/** Completed jobs are included only if the selection names their state or lists jobs by id, not if it names only a queue or a run's leftovers. */
export function asksForCompleted(selection: JobSelection): boolean {
  if ('filter' in selection) return selection.filter.id !== undefined || (selection.filter.state?.split(',').includes('completed') ?? false)
  return 'ids' in selection
}

export const completedLeftOut = 'Already completed; to run completed jobs again, filter by that state explicitly.'

export function cautionOfCompleted(jobs: number): string {
  const some = countOf(jobs, 'of these jobs has', 'of these jobs have')
  return `${some} completed; whatever they did, such as sending mail or taking payments, is done again.`
}
