import type { CountMethod } from '../../../schemas/index.ts'
import { type DiscardedJob, discardedJobs, type DiscardedOfQueue } from '../../errors/discarded.ts'
import { resolveGroups } from '../../errors/jobs-of-group.ts'
import { findFinding } from '../../figures/finding.ts'
import type { Reading, Source } from '../sight.ts'

/** Jobs of a queue that failed for good within the last day with errors of one group, and that are still there. */
export interface DiscardedSeen {
  queue: string
  fingerprint: string
  worker?: string
  /** `capped`: not all jobs of the queue were read. */
  count: number
  how: CountMethod
  /** The newest. */
  ids: string[]
  error?: string
  firstAt: string
  lastAt: string
}

export async function readDiscarded(reading: Reading): Promise<Source<DiscardedSeen[]>> {
  const finding = await findFinding(reading, discardedJobs)
  if (!finding) return null
  const jobs = finding.data.flatMap((of) => of.jobs)
  const groups = jobs.flatMap((job) => job.groups ?? [])
  // Recorded by a process of an older version, which did not store the fingerprints.
  if (groups.length < jobs.length) return null
  const groupOf = await resolveGroups(reading, groups)
  return { value: finding.data.flatMap((of) => groupsIn(of, (job) => groupOf(job.groups!))), asOf: finding.asOf }
}

function groupsIn({ queue, count, jobs }: DiscardedOfQueue, groupOf: (job: DiscardedJob) => string): DiscardedSeen[] {
  const groups = [...Map.groupBy(jobs, groupOf)]
  return groups.map(([key, of]) => {
    const times = of.map(({ at }) => at).toSorted()
    const newest = of.find(({ at }) => at === times.at(-1))!
    return {
      queue,
      fingerprint: key,
      worker: newest.worker,
      // If only some of the jobs were read and all of them failed with the same error, they are a sample of one group.
      count: groups.length === 1 ? count : of.length,
      how: jobs.length === count ? 'exact' : groups.length === 1 ? 'estimated' : 'capped',
      ids: of.map(({ id }) => id),
      error: newest.error,
      firstAt: times[0]!,
      lastAt: times.at(-1)!,
    }
  })
}
