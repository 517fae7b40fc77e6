import { type JobState, jobStates, operationActions, type OperationOn, type ProblemCode } from '../../schemas/index.ts'
import type { Engine, JobAction, SelectedJob } from '../engines/engine.ts'

export type JobOperation = OperationOn<'job'>

/** The engine action behind each operation. */
export const engineActions: Readonly<Partial<Record<JobOperation, JobAction>>> = {
  retry_job: 'retry',
  cancel_job: 'cancel',
  discard_job: 'discard',
  restore_job: 'restore',
  rescue_job: 'rescue',
}

/** Whether the operation is legal on a job in this state. In other states it would change nothing, or undo finished work. */
export function isLegal(operation: JobOperation, state: JobState): boolean {
  return statesOf(operation).includes(state)
}

export interface Illegal {
  code: Extract<ProblemCode, 'unsupported_by_engine' | 'illegal_transition'>
  /** One sentence. */
  reason: string
}

/**
 * Why an operation is impossible, regardless of the actor: the engine lacks it, the job's state does not allow it, or the
 * engine refuses it for a job in that state. Conditions that need the evidence, e.g. who discarded the job, are checked by
 * the operation.
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

/** Only the sentence, e.g. to show next to a disabled control. */
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
