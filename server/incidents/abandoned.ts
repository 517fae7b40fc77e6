import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { attendanceByQueue, type HeldJob, type KnownExecutor, listExecutors, listHeldJobs } from '../executors/executors.ts'
import type { FindingKind } from '../figures/finding.ts'
import type { Kit } from '../kit.ts'

/** Jobs of missing executors beyond this number are not checked. */
const maxJobs = 5_000
const maxNamed = 200

/** An executor that has been missing for long enough, with the jobs that the engine still shows as executing on it. */
export interface AbandonedBy {
  executor: string
  name: string
  host: string
  version: string | null
  /** ISO-8601, by the database's clock. */
  beatAt: string
  count: number
  /** The oldest of them. */
  jobs: { id: string; queue: string; worker?: string; startedAt: string }[]
  queues: { queue: string; count: number }[]
  /** Queues that have no other executor left. */
  deserted: string[]
}

/** The last report of a missing executor is not enough: the engine may have given its jobs to others since, so it is queried. */
export const abandonedJobs: FindingKind<AbandonedBy[]> = {
  key: 'abandoned_jobs',
  async find(kit) {
    const em = kit.db.em()
    const executors = await listExecutors({ kit, em })
    const forgotten = await listExecutors({ kit, em }, { ids: await listSuspects(kit, em) })
    const missing = [...new Map([...executors, ...forgotten].map((each) => [each.id, each])).values()].filter(({ health }) => health === 'missing')
    if (!missing.length) return []
    const held = await listHeldJobs({ kit, em }, { executors: missing.map(({ id }) => id), limit: maxJobs })
    const still = await stillExecuting(kit, held, missing)
    const attendance = attendanceByQueue(executors)
    const isDeserted = (queue: string) => {
      const of = attendance.get(queue)
      return of !== undefined && of.healthy + of.late === 0
    }
    return missing.flatMap((executor) => {
      const jobs = still.filter(({ executorId }) => executorId === executor.id)
      return jobs.length ? [describeExecutor(executor, jobs, isDeserted)] : []
    })
  },
}

/** Executors of open incidents, which may have been missing for longer than executors are listed. */
async function listSuspects({ db }: Kit, em: Em): Promise<string[]> {
  const rows = await query(em, sql<{ id: string }>`select scope ->> 'executor' as id from ${db.table('incident')} where class = 'executor_missing' and state <> 'resolved'`)
  return rows.flatMap(({ id }) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? [id] : []))
}

async function stillExecuting({ engine }: Kit, held: HeldJob[], missing: KnownExecutor[]): Promise<HeldJob[]> {
  if (!held.length) return []
  const jobs = new Map((await engine.read([...new Set(held.map(({ jobId }) => jobId))])).map((job) => [job.id, job]))
  const beats = new Map(missing.map(({ id, beatAt }) => [id, beatAt]))
  return held.filter(({ jobId, attempt, executorId }) => {
    const job = jobs.get(jobId)
    if (job?.state !== 'executing') return false
    if (attempt !== null && attempt !== job.attempt) return false
    return job.startedAt === undefined || job.startedAt <= beats.get(executorId)!
  })
}

function describeExecutor({ id, name, host, version, beatAt, queues }: KnownExecutor, jobs: HeldJob[], isDeserted: (queue: string) => boolean): AbandonedBy {
  return {
    executor: id,
    name,
    host,
    version,
    beatAt: beatAt.toISOString(),
    count: jobs.length,
    jobs: jobs.slice(0, maxNamed).map(({ jobId, queue, worker, startedAt }) => ({ id: jobId, queue, worker: worker ?? undefined, startedAt: startedAt.toISOString() })),
    queues: [...Map.groupBy(jobs, ({ queue }) => queue)].map(([queue, of]) => ({ queue, count: of.length })),
    deserted: queues.map(({ queue }) => queue).filter(isDeserted),
  }
}
