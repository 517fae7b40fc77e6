import { countOf, type JobSelection, type JobState } from '../../../schemas/index.ts'
import type { JobAction } from '../../engines/engine.ts'

/** A retry of what has ended well: what it did, it does twice. */
export function runsAgain(action: JobAction, state: JobState): boolean {
  return action === 'retry' && state === 'completed'
}

/** Whoever names the state, or the jobs one by one, means them; whoever says only a queue, or what a run left over, does not. */
export function asksForCompleted(selection: JobSelection): boolean {
  if ('filter' in selection) return selection.filter.id !== undefined || (selection.filter.state?.split(',').includes('completed') ?? false)
  return 'ids' in selection
}

export const completedLeftOut = 'Already completed; to run completed jobs again, filter by that state explicitly.'

export function cautionOfCompleted(jobs: number): string {
  const some = countOf(jobs, 'of these jobs has', 'of these jobs have')
  return `${some} completed; whatever they did, such as sending mail or taking payments, is done again.`
}
