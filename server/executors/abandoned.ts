import type { SelectedJob } from '../engines/engine.ts'
import { listExecutors, listHeldJobs, type Reading } from './executors.ts'

/** A running job as far as it is known who runs it. */
export interface RunningJob extends Pick<SelectedJob, 'id' | 'state'> {
  attempt?: number
  startedAt?: Date
}

/**
 * Ids of the executing jobs whose executors, by their own reports, are all missing. An engine may wait for a worker much longer
 * than its companion is silent. A job that began after the last beat of a missing executor is run by somebody else.
 */
export async function listAbandoned(reading: Reading, jobs: readonly RunningJob[]): Promise<Set<string>> {
  const running = new Map(jobs.filter(({ state }) => state === 'executing').map((job) => [job.id, job]))
  const held = running.size ? await listHeldJobs(reading, { jobs: [...running.keys()] }) : []
  if (!held.length) return new Set()
  const executors = new Map((await listExecutors(reading, { ids: [...new Set(held.map(({ executorId }) => executorId))] })).map((executor) => [executor.id, executor]))
  const abandoned = [...Map.groupBy(held, ({ jobId }) => jobId)].filter(([id, holders]) => {
    const { attempt, startedAt } = running.get(id)!
    return holders.every((holder) => {
      const executor = executors.get(holder.executorId)
      if (executor?.health !== 'missing') return false
      if (attempt !== undefined && holder.attempt !== null && attempt !== holder.attempt) return false
      return startedAt === undefined || startedAt <= executor.beatAt
    })
  })
  return new Set(abandoned.map(([id]) => id))
}

/** The same jobs; those that are abandoned are no longer attended, however long the engine would wait for their workers. */
export async function withoutMissingExecutors<Job extends RunningJob & Pick<SelectedJob, 'attended' | 'abandoned'>>(reading: Reading, jobs: readonly Job[]): Promise<Job[]> {
  const waiting = jobs.filter(({ attended }) => attended !== undefined)
  const abandoned = waiting.length ? await listAbandoned(reading, waiting) : new Set()
  return jobs.map((job) => (abandoned.has(job.id) ? { ...job, attended: undefined, abandoned: true } : job))
}
