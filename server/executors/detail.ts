import { type ExecutorDetail, getExecutor } from '../../schemas/index.ts'
import type { EngineJob } from '../engines/engine.ts'
import { OpsError } from '../error.ts'
import { jobResource } from '../host/job-resource.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { type KnownExecutor, listExecutors, listGaps, listHeldJobs } from './executors.ts'
import { listUsualDurations } from '../figures/usual.ts'
import { listEveryVisible, listVisibleExecutors } from './list.ts'

const maxJobs = 200
const gapDays = 7

/** @throws OpsError `not_found`, also if the viewer may see none of its queues */
export async function getShownExecutor(scope: Scope, id: string): Promise<ExecutorDetail> {
  const known = getExecutorId.safeParse(id).success ? await listExecutors(scope, { ids: [id] }) : []
  const [executor] = known.length ? await listVisibleExecutors(scope, known) : (await listEveryVisible(scope)).filter((each) => each.id === id)
  if (!executor) throw new OpsError('not_found', `No executor '${id}' that you may see.`, { values: { type: 'executor', id } })
  const since = new Date(scope.now.getTime() - gapDays * 86_400_000)
  const [jobs, gaps] = known[0] ? await Promise.all([listShownJobs(scope, known[0]), listGaps(scope, [id], since)]) : [[], []]
  return {
    ...executor,
    jobs,
    gaps: gaps.map(({ from, to, cause }) => ({ from: from.toISOString(), to: to.toISOString(), cause })),
    asOf: (await scope.kit.dbNow(scope.em)).toISOString(),
  }
}

const getExecutorId = getExecutor.params!.shape.id.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)

/** The jobs it has in hand that the viewer may see. The engine provides each job's resource and current state. */
async function listShownJobs(scope: Scope, { id }: KnownExecutor): Promise<ExecutorDetail['jobs']> {
  const held = await listHeldJobs(scope, { executors: [id], limit: maxJobs })
  const stored = held.length ? await scope.kit.engine.read(held.map(({ jobId }) => jobId)).catch(() => null) : []
  if (stored === null) return null
  const seen = new Map((await visible(scope.viewer, stored, 'view_jobs', jobResource)).map((job) => [job.id, job]))
  const usual = await listUsualDurations(scope, [...seen.values()])
  const usualOf = ({ queue, worker }: EngineJob) => usual.find((each) => each.queue === queue && each.worker === worker)?.p50Seconds ?? null
  return held.flatMap(({ jobId, queue, attempt, startedAt }) => {
    const job = seen.get(jobId)
    if (!job) return []
    return [{ id: jobId, queue, worker: job.worker, attempt: attempt ?? job.attempt, maxAttempts: job.maxAttempts, startedAt: startedAt.toISOString(), state: job.state, usualSeconds: usualOf(job) }]
  })
}
