import { type JobSelection, type JobState, operationActions, type OperationRequest, type Risk } from '../../../schemas/index.ts'
import { executorOf } from '../../db/database.ts'
import { sqlState } from '../../db/sqlstate.ts'
import { codeOf } from '../../describe-failure.ts'
import type { Engine, EngineJob, JobAction, JobOutcome, SelectedJob } from '../../engines/engine.ts'
import { OpsError } from '../../error.ts'
import { defineOperation, type Operation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { findIllegal, type JobOperation } from '../legality.ts'
import { jobResource } from '../resource.ts'
import { chooseJobs } from './choose.ts'
import { undoOf, whyNotRestorable } from './undo.ts'

type Request = OperationRequest & { subject: { type: 'job'; id: string }; input: { seen?: string } }

export interface JobChange {
  action: JobOperation
  /** What the engine is asked for. */
  act: JobAction
  eventType: string
  risk: Risk
  /** What happens to one job, in a sentence. */
  effect: string
  manyEffect: string
  repairs?: boolean
}

/** The changes that every engine knows differ in words, in which states allow them, and in the engine's call. */
export function jobOperation({ action, act, eventType, risk, effect, manyEffect, repairs }: JobChange): Operation {
  return defineOperation<Request, EngineJob | undefined>({
    action,
    eventType,
    risk,
    reason: 'required',
    onEngine: true,
    jobAction: act,
    repairs: () => repairs ?? false,

    async find({ subject }, scope) {
      const job = await readJob(scope, subject.id)
      const absent = { resource: { type: 'job', id: subject.id }, found: undefined }
      return job ? { resource: jobResource(job), found: job, absent } : absent
    },

    async plan({ subject, input }, { found }, scope) {
      const job = requireJob(found, subject.id)
      requireSeen(job, input.seen)
      await requireLegal(scope, action, job)
      return {
        title: `${operationActions[action].label} ${nameOf(job)} job ${job.id}`,
        effect: scope.kit.engine.removes?.[act] === undefined ? effect : goneEffect,
        cautions: await cautionsOf(scope, act, job),
        risk: runsAgain(act, job.state) ? 'high' : undefined,
        before: { state: job.state },
        after: { state: stateAfter(scope.kit.engine, act, job.state) },
        counts: { subjects: 1, jobs: 1 },
        basis: { version: job.version },
      }
    },

    async apply(_request, { found }, scope) {
      const job = found!
      const [outcome] = await scope.kit.engine.act(act, [job], executorOf(scope.em))
      requireDone(outcome, job)
      const state = outcome!.state ?? stateAfter(scope.kit.engine, act, job.state)
      return { after: { state }, result: { jobId: job.id, queue: job.queue, state, detail: outcome!.detail } }
    },

    many: {
      repairs,
      choose: (selection, until, scope, bounded) => chooseJobs(scope, selection, until, bounded),
      resource: jobResource,
      plan: (_request, { byState }, { kit: { engine }, now }) => {
        const again = runsAgain(act, 'completed') ? (byState.completed ?? 0) : 0
        return {
          effect: engine.removes?.[act] === undefined ? manyEffect : manyGoneEffect,
          after: { state: stateAfter(engine, act) },
          cautions: [...(again ? [cautionOfCompleted(again)] : []), ...wayBack(engine, act, now)],
          risk: again ? 'high' : undefined,
        }
      },
      apply: (jobs, _input, { kit, em }) => kit.engine.act(act, jobs, executorOf(em)),
      whyNot: async (jobs, { selection }, scope) => {
        const leftOut = (job: SelectedJob) => (runsAgain(act, job.state) && !asksForCompleted(selection) ? completedLeftOut : undefined)
        const illegal = jobs.map((job) => findIllegal(scope.kit.engine, action, job)?.reason ?? leftOut(job))
        return action === 'restore_job' ? whyNotRestorable(scope, jobs, illegal) : illegal
      },
    },
  })
}

function nameOf({ worker, queue }: EngineJob): string {
  return worker === undefined || worker === queue ? queue : `${worker} (${queue})`
}

/** Where the engine keeps nothing of the job there is no way back to speak of. */
const goneEffect = 'It will not run any more.'
const manyGoneEffect = 'They will not run any more.'

const expected: Record<JobAction, string> = {
  retry: 'available',
  cancel: 'cancelled',
  discard: 'discarded',
  restore: 'available',
  rescue: 'available',
}

function stateAfter({ removes, becomes }: Engine, action: JobAction, from?: JobState): string {
  return removes?.[action] === undefined ? (becomes?.(action, from) ?? expected[action]) : 'removed'
}

/** A worker may hold the job's row for long; the lock timeout of our connections ends the wait, and whoever clicks is told why. */
async function readJob({ kit: { engine }, em, locking }: ActingScope, id: string): Promise<EngineJob | undefined> {
  const lock = locking && engine.transactional
  try {
    const [job] = await engine.read([id], lock ? executorOf(em) : undefined)
    // Evidence is found by id, so there is one way only to write it.
    return job?.id === id ? job : undefined
  } catch (error) {
    if (codeOf(error) !== sqlState.lockNotAvailable) throw error
    throw new OpsError('mutation_conflict', `Job ${id} is locked by its worker or another change at this moment; try again.`)
  }
}

function requireJob(job: EngineJob | undefined, id: string): EngineJob {
  if (job) return job
  throw new OpsError('not_found', `No job ${id}: the engine never had it, or keeps it no longer.`)
}

function requireSeen(job: EngineJob, seen: string | undefined): void {
  if (seen === undefined || seen === job.version) return
  throw new OpsError('mutation_conflict', `Job ${job.id} has changed since the page was loaded: it is ${job.state} now. Look again.`)
}

async function requireLegal(scope: ActingScope, operation: JobOperation, job: EngineJob): Promise<void> {
  const illegal = findIllegal(scope.kit.engine, operation, job)
  if (illegal) throw new OpsError(illegal.code, `Job ${job.id}: ${illegal.reason}`)
  if (operation !== 'restore_job') return
  const [reason] = await whyNotRestorable(scope, [job], [undefined])
  if (reason !== undefined) throw new OpsError('illegal_transition', `Job ${job.id}: ${reason}`)
}

async function cautionsOf({ kit: { engine }, now }: ActingScope, action: JobAction, job: EngineJob): Promise<string[]> {
  const cautions: string[] = []
  if (job.state === 'executing' && (action === 'cancel' || action === 'discard') && !engine.capabilities.cancelExecuting) {
    cautions.push('It is executing now, and this engine cannot stop it: what it is doing goes on to its end.')
  }
  const unsure = engine.cautions?.[`${action}_job`]
  if (job.state === 'executing' && unsure !== undefined) cautions.push(unsure)
  if (runsAgain(action, job.state)) cautions.push('It has completed: whatever it did, such as mails or payments, is done again.')
  return [...cautions, ...wayBack(engine, action, now)]
}

/** A retry of what has ended well: what it did, it does twice. */
function runsAgain(action: JobAction, state: JobState): boolean {
  return action === 'retry' && state === 'completed'
}

/** Whoever names the state, or the jobs one by one, means them; whoever says only a queue, or what a run left over, does not. */
function asksForCompleted(selection: JobSelection): boolean {
  if ('filter' in selection) return selection.filter.id !== undefined || (selection.filter.state?.split(',').includes('completed') ?? false)
  return 'ids' in selection
}

const completedLeftOut = 'It has completed; to run completed jobs again, ask for that state by name.'

function cautionOfCompleted(jobs: number): string {
  const some = jobs === 1 ? '1 of these jobs has' : `${jobs.toLocaleString('en')} of these jobs have`
  return `${some} completed; whatever they did, such as mails or payments, is done again.`
}

function wayBack(engine: Engine, action: JobAction, now: Date): string[] {
  const removed = engine.removes?.[action]
  if (removed !== undefined) return [removed]
  return action === 'discard' ? [undoOf(engine, now)] : []
}

function requireDone(outcome: JobOutcome | undefined, job: EngineJob): void {
  if (outcome?.outcome === 'done') return
  const detail = outcome?.detail ? ` ${outcome.detail}` : ''
  switch (outcome?.outcome) {
    case 'missing':
      throw new OpsError('not_found', `Job ${job.id} is no longer there.${detail}`)
    case 'refused':
      throw new OpsError('illegal_transition', `The engine refuses this for job ${job.id} as it is now.${detail}`)
    case 'failed':
      throw new OpsError('unavailable', `The engine failed at job ${job.id}; nothing was changed.${detail}`)
    case 'locked':
      throw new OpsError('mutation_conflict', `Job ${job.id} is locked by its worker at this moment; try again.${detail}`)
    default:
      throw new OpsError('mutation_conflict', `Job ${job.id} changed at the same moment; look again.${detail}`)
  }
}
