import { executorOf } from '../../db/database.ts'
import { sqlState } from '../../db/sqlstate.ts'
import { codeOf } from '../../describe-failure.ts'
import { withoutMissingExecutors } from '../../executors/abandoned.ts'
import type { EngineJob, JobOutcome } from '../../engines/engine.ts'
import { OpsError } from '../../error.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { findIllegal, type JobOperation } from '../legality.ts'
import { jobResource } from '../resource.ts'
import { whyNotRestorable } from './undo.ts'

/** The job of an operation. A job that does not exist is still authorized as a resource. */
export async function findJob({ subject }: { subject: { id: string } }, scope: ActingScope): Promise<Target<EngineJob | undefined>> {
  const found = await readJob(scope, subject.id)
  const [job] = found ? await withoutMissingExecutors(scope, [found]) : []
  const absent = { resource: { type: 'job', id: subject.id }, found: undefined }
  return job ? { resource: jobResource(job), found: job, absent } : absent
}

/** A worker may hold the lock on the job's row for long; our connections' lock timeout ends the wait, and the actor gets the reason. */
async function readJob({ kit: { engine }, em, locking }: ActingScope, id: string): Promise<EngineJob | undefined> {
  const lock = locking && engine.transactional
  try {
    const [job] = await engine.read([id], lock ? executorOf(em) : undefined)
    // Evidence is found by id, so only the canonical form of an id is accepted.
    return job?.id === id ? job : undefined
  } catch (error) {
    if (codeOf(error) !== sqlState.lockNotAvailable) throw error
    throw new OpsError('mutation_conflict', `Job ${id} is currently locked by its worker or by another change; try again.`)
  }
}

export function requireJob(job: EngineJob | undefined, id: string): EngineJob {
  if (job) return job
  throw new OpsError('not_found', `No job ${id}: the engine never had it or no longer has it.`)
}

export function requireSeen(job: EngineJob, seen: string | undefined): void {
  if (seen === undefined || seen === job.version) return
  throw new OpsError('mutation_conflict', `Job ${job.id} has changed since the page was loaded: it is now ${job.state}. Review it again.`)
}

export async function requireLegal(scope: ActingScope, operation: JobOperation, job: EngineJob): Promise<void> {
  const illegal = findIllegal(scope.kit.engine, operation, job)
  if (illegal) throw new OpsError(illegal.code, `Job ${job.id}: ${illegal.reason}`)
  if (operation !== 'restore_job') return
  const [reason] = await whyNotRestorable(scope, [job], [undefined])
  if (reason !== undefined) throw new OpsError('illegal_transition', `Job ${job.id}: ${reason}`)
}

/** The name of the job in titles. */
export function nameOf({ worker, queue }: EngineJob): string {
  return worker === undefined || worker === queue ? queue : `${worker} (${queue})`
}

export function requireDone(outcome: JobOutcome | undefined, job: EngineJob): void {
  if (outcome?.outcome === 'done') return
  const detail = outcome?.detail ? ` ${outcome.detail}` : ''
  switch (outcome?.outcome) {
    case 'missing':
      throw new OpsError('not_found', `Job ${job.id} no longer exists.${detail}`)
    case 'refused':
      throw new OpsError('illegal_transition', `The engine refuses this for job ${job.id} in its current state.${detail}`)
    case 'failed':
      throw new OpsError('unavailable', `The engine failed on job ${job.id}; nothing was changed.${detail}`)
    case 'locked':
      throw new OpsError('mutation_conflict', `Job ${job.id} is currently locked by its worker; try again.${detail}`)
    default:
      throw new OpsError('mutation_conflict', `Job ${job.id} was changed at the same moment; review it again.${detail}`)
  }
}
