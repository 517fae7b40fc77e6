import type { JobDetail, Queue } from '../../schemas/index.ts'
import { findAlike } from '../errors/alike.ts'
import { findSlotOfJob } from '../cron/made-jobs.ts'
import { type EngineJobDetail, type FoundJob, type JobRef, unfinishedStates } from '../engines/engine.ts'
import { OpsError } from '../error.ts'
import { stackLines } from '../errors/parse-error.ts'
import { listRunsOf, type RunBy } from '../executors/executors.ts'
import { isPausedByWish } from '../executors/wishes.ts'
import { findUsualDuration, isFarBeyond } from '../figures/usual.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { permissionsOn } from './permissions.ts'
import { jobResource, visibleJobs } from './resource.ts'
import { showJob } from './show.ts'
import { timelineOf } from './timeline.ts'
import { whyWaiting } from './waiting.ts'
import { findPauseNote } from '../queues/pause-note.ts'

/** The job without its evidence, which other features add. */
export type JobFacts = Omit<JobDetail, 'events' | 'forensics'>

/** Throws `not_found` as well if the viewer may not see the job. */
export async function getJob(scope: Scope, id: string): Promise<JobFacts> {
  const job = await findJob(scope, id)
  if (!job) throw new OpsError('not_found', `No job '${id}' that you may see; the engine may no longer have it.`, { values: { type: 'job', id } })
  return job
}

export async function findJob(scope: Scope, id: string): Promise<JobFacts | null> {
  const detail = await scope.kit.engine.detail(id)
  const [job] = detail ? await visibleJobs(scope, [detail]) : []
  return job ? showDetail(scope, job) : null
}

async function showDetail(scope: Scope, job: EngineJobDetail): Promise<JobFacts> {
  const { viewer, kit, now } = scope
  const subject = { type: 'job', id: job.id }
  const [slot, runs, pause, dependencies, operations, usual, alike] = await Promise.all([
    findSlotOfJob(scope, job.id),
    listRunsOf(scope, [job.id]),
    findPause(scope, job.queue),
    visibleRefs(scope, job.dependencies),
    permissionsOn(scope, job),
    findUsual(scope, job),
    findAlike(scope, job),
  ])
  const unfinished = job.dependencies.filter(({ state }) => unfinishedStates.includes(state))
  const origin = await visibleRefs(scope, [job.parent, job.retryOf].filter((ref) => ref !== undefined))
  const shownRef = (ref: JobRef | undefined) => (ref && origin.includes(ref) ? { id: ref.id, queue: ref.queue } : undefined)
  return {
    ...showJob(viewer, job),
    executor: job.executor ?? nameOfRun(runs[0]),
    meta: viewer.show('job_meta', job.meta, 'view_jobs', subject),
    output: viewer.show('job_output', job.output, 'view_jobs', subject),
    attempts: job.attempts.map(({ startedAt, endedAt, error, stack, ...attempt }) => ({
      ...attempt,
      executor: attempt.executor ?? nameOfRun(runs.find((run) => run.attempt === attempt.number)),
      startedAt: startedAt?.toISOString(),
      endedAt: endedAt?.toISOString(),
      error: showText('job_error', error, viewer, 'view_jobs', subject),
      stack: stackLines(showText('job_error', stack ?? error, viewer, 'view_jobs', subject)),
    })),
    runs: runs
      .flatMap(({ attempt, startedAt, endedAt, ...run }) => (attempt === null ? [] : [{ attempt, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString(), executor: nameOfRun({ attempt, startedAt, endedAt, ...run })! }]))
      .toReversed(),
    attemptsKept: kit.engine.attemptHistory,
    timeline: timelineOf(job, slot?.slotAt),
    origin: {
      cronEntry: slot?.entry,
      slotAt: slot?.slotAt.toISOString(),
      parent: shownRef(job.parent),
      retryOf: shownRef(job.retryOf),
    },
    retries: job.retries,
    keptUntil: job.keptUntil?.toISOString(),
    usual,
    alike,
    dependencies: dependencies.map(({ id, queue, state }) => ({ id, queue, state })),
    waiting: whyWaiting(job, { pause, waitsFor: unfinished.length, someHidden: dependencies.length < job.dependencies.length, now }),
    operations,
    asOf: now.toISOString(),
  }
}

async function findUsual(scope: Scope, { state, queue, worker, startedAt }: EngineJobDetail): Promise<JobFacts['usual']> {
  if (state !== 'executing' || !startedAt) return undefined
  const usual = await findUsualDuration(scope, queue, worker)
  if (!usual) return undefined
  const seconds = (scope.now.getTime() - startedAt.getTime()) / 1000
  const { p50Seconds, p95Seconds, runs } = usual
  return { p50Seconds, p95Seconds, runs, exceeded: isFarBeyond(seconds, usual, scope.kit.detector.thresholdsOf(queue)) }
}

/** Executors that report themselves are known by name and version, also where the engine does not store who ran a job. */
function nameOfRun(run: RunBy | undefined): string | undefined {
  return run && (run.version === null ? run.name : `${run.name} (${run.version})`)
}

/** The host authorizes each referenced job with everything known about it; for a deleted job that is only its queue. */
async function visibleRefs<Ref extends JobRef | FoundJob>({ kit: { engine }, viewer }: Scope, refs: Ref[]): Promise<Ref[]> {
  if (!refs.length) return []
  const known = new Map((await engine.read(refs.map(({ id }) => id))).map((job) => [job.id, job]))
  const answers = await Promise.all(refs.map((ref) => viewer.can('view_jobs', jobResource(known.get(ref.id) ?? ref))))
  return refs.filter((_ref, index) => answers[index]!.allowed)
}

/** The engine reports whether the queue is paused; our record adds actor and reason, if the viewer may see the queue. */
async function findPause(scope: Scope, queue: string): Promise<Queue['paused']> {
  const { kit, em, viewer } = scope
  const [engineQueue, wished, note, { allowed }] = await Promise.all([
    kit.engine.readQueue(queue),
    isPausedByWish(scope, queue),
    findPauseNote(em, queue),
    viewer.can('view_queues', { type: 'queue', id: queue, queue }),
  ])
  if (!(wished || (engineQueue?.paused ?? note !== null))) return null
  if (!note || !allowed) return {}
  const subject = { type: 'queue', id: queue }
  return {
    at: note.pausedAt.toISOString(),
    by: showPrincipal(note.pausedBy, viewer, 'view_jobs', subject),
    reason: showText('reason', note.reason, viewer, 'view_jobs', subject),
  }
}
