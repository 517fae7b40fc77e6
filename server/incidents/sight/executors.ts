import { findFinding } from '../../figures/finding.ts'
import { longRunningJobs, type LongRunner } from '../../figures/long-running.ts'
import { type AbandonedBy, abandonedJobs } from '../abandoned.ts'
import type { Reading, Source } from '../sight.ts'

/** Missing executors with the jobs that they left executing. */
export type MissingExecutor = AbandonedBy

/**
 * Those that reported themselves and stopped, and those of an engine that records its executors itself. Of the latter, only the
 * jobs that have been running longest are known.
 */
export async function readMissing(reading: Reading): Promise<Source<MissingExecutor[]>> {
  const reported = await findFinding(reading, abandonedJobs)
  if (!reported) return null
  const ofEngine = reading.kit.engine.lacks.executors === undefined ? await findFinding(reading, longRunningJobs) : null
  const known = new Set(reported.data.flatMap(({ jobs }) => jobs.map(({ id }) => id)))
  const others = (ofEngine?.data ?? []).filter(({ id, executor, attended }) => executor !== undefined && attended === undefined && !known.has(id))
  return {
    value: [...reported.data, ...[...Map.groupBy(others, ({ executor }) => executor!)].map(([executor, jobs]) => missingOfEngine(executor, jobs))],
    asOf: ofEngine && ofEngine.asOf < reported.asOf ? ofEngine.asOf : reported.asOf,
  }
}

function missingOfEngine(executor: string, jobs: LongRunner[]): MissingExecutor {
  return {
    executor,
    name: executor,
    host: '',
    version: null,
    // The engine does not say since when; it was alive when it took its latest job.
    beatAt: jobs.map(({ startedAt }) => startedAt).toSorted().at(-1)!,
    count: jobs.length,
    jobs: jobs.map(({ id, queue, worker, startedAt }) => ({ id, queue, worker, startedAt })),
    queues: [...Map.groupBy(jobs, ({ queue }) => queue)].map(([queue, of]) => ({ queue, count: of.length })),
    deserted: [],
  }
}
