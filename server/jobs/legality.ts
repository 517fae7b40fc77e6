import { type JobState, jobStates, type OperationAction, type ProblemCode } from '../../schemas/index.ts'
import type { Engine, JobAction, SelectedJob } from '../engines/engine.ts'

/** States a job may be in for each action; everywhere else the action would change nothing, or undo what is done. */
export const legalStates: Readonly<Record<JobAction, readonly JobState[]>> = {
  retry: ['retryable', 'discarded', 'cancelled', 'completed'],
  cancel: ['scheduled', 'available', 'executing', 'retryable'],
  discard: ['scheduled', 'available', 'executing', 'retryable'],
  restore: ['discarded'],
  rescue: ['executing'],
}

export const jobActions = Object.keys(legalStates) as JobAction[]

/** The operation that does an action to jobs. */
export function operationOf(action: JobAction): OperationAction & `${JobAction}_job` {
  return `${action}_job`
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
export function findIllegal(engine: Pick<Engine, 'lacks' | 'refuses'>, action: JobAction, job: SelectedJob): Illegal | undefined {
  const lacking = engine.lacks[operationOf(action)]
  if (lacking !== undefined) return { code: 'unsupported_by_engine', reason: lacking }
  if (!legalStates[action].includes(job.state)) return { code: 'illegal_transition', reason: describeState(action, job.state) }
  if (action === 'rescue' && job.attended !== undefined) return { code: 'illegal_transition', reason: job.attended }
  const refused = engine.refuses?.(action, job)
  return refused === undefined ? undefined : { code: 'unsupported_by_engine', reason: refused }
}

/** The sentence alone, e.g. beside a disabled control or to count jobs by why they are left out. */
export function whyNot(engine: Pick<Engine, 'lacks' | 'refuses'>, action: JobAction, job: SelectedJob): string | undefined {
  return findIllegal(engine, action, job)?.reason
}

const past: Record<JobAction, string> = {
  retry: 'retried',
  cancel: 'cancelled',
  discard: 'discarded',
  restore: 'restored',
  rescue: 'rescued',
}

function describeState(action: JobAction, state: JobState): string {
  const legal = legalStates[action].map((each) => jobStates[each])
  const expected = legal.length === 1 ? legal[0]! : `${legal.slice(0, -1).join(', ')} or ${legal.at(-1)!}`
  return `It is ${jobStates[state]}; only ${expected} jobs can be ${past[action]}.`
}
