import { type JobState, jobStates, operationActions, type OperationOn, type ProblemCode } from '../../schemas/index.ts'
import type { Engine, JobAction, SelectedJob } from '../engines/engine.ts'

export type JobOperation = OperationOn<'job'>

/** What the engine is asked for, where an operation is one of the changes that every engine knows. */
export const engineActions: Readonly<Partial<Record<JobOperation, JobAction>>> = {
  retry_job: 'retry',
  cancel_job: 'cancel',
  discard_job: 'discard',
  restore_job: 'restore',
  rescue_job: 'rescue',
}

/** Is the operation legal on a job in this state? Everywhere else it would change nothing, or undo what is done. */
export function isLegal(operation: JobOperation, state: JobState): boolean {
  return statesOf(operation).includes(state)
}

export interface Illegal {
  code: Extract<ProblemCode, 'unsupported_by_engine' | 'illegal_transition'>
  /** One sentence. */
  reason: string
}

/**
 * Why an action is impossible, whoever asks: the engine cannot do it at all, the job's state does not allow it, or the
 * engine cannot do it to a job in that state. What only the evidence knows (whose discard it was, whether an executor is
 * missing) is asked by the operation.
 */
export function findIllegal(engine: Pick<Engine, 'lacks' | 'refuses'>, operation: JobOperation, job: SelectedJob): Illegal | undefined {
  const lacking = engine.lacks[operation]
  if (lacking !== undefined) return { code: 'unsupported_by_engine', reason: lacking }
  if (!isLegal(operation, job.state)) return { code: 'illegal_transition', reason: describeState(operation, job.state) }
  if (operation === 'rescue_job' && job.attended !== undefined) return { code: 'illegal_transition', reason: job.attended }
  const action = engineActions[operation]
  const refused = action && engine.refuses?.(action, job)
  return refused === undefined ? undefined : { code: 'unsupported_by_engine', reason: refused }
}

/** The sentence alone, e.g. beside a disabled control or to count jobs by why they are left out. */
export function whyNot(engine: Pick<Engine, 'lacks' | 'refuses'>, operation: JobOperation, job: SelectedJob): string | undefined {
  return findIllegal(engine, operation, job)?.reason
}

function describeState(operation: JobOperation, state: JobState): string {
  const legal = statesOf(operation).map((each) => jobStates[each])
  const expected = legal.length === 1 ? legal[0]! : `${legal.slice(0, -1).join(', ')} or ${legal.at(-1)!}`
  return `State is ${jobStates[state]}; ${operationActions[operation].label} applies to ${expected} jobs.`
}

function statesOf(operation: JobOperation): readonly JobState[] {
  return operationActions[operation].states
}
