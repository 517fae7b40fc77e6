import type { CountMethod } from '../../../schemas/index.ts'
import { fingerprintOf } from '../../errors/fingerprint.ts'
import { placeOf } from '../../errors/record.ts'
import { type DiscardedJob, discardedJobs, type DiscardedOfQueue } from '../../figures/discarded.ts'
import { findFinding } from '../../figures/finding.ts'
import type { Reading, Source } from '../sight.ts'

/** Jobs of a queue that failed for good within the last day with errors of one group, and that are still there. */
export interface DiscardedSeen {
  queue: string
  fingerprint: string
  worker?: string
  /** `capped`: not all jobs of the queue were looked at. */
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
  return finding && { value: finding.data.flatMap((of) => groupsOf(reading, of)), asOf: finding.asOf }
}

function groupsOf({ kit: { errors, log } }: Reading, { queue, count, jobs }: DiscardedOfQueue): DiscardedSeen[] {
  const fingerprint = (job: DiscardedJob) => fingerprintOf({ text: job.error ?? '', name: job.errorName }, placeOf(job), errors, log).fingerprint
  const groups = [...Map.groupBy(jobs, fingerprint)]
  return groups.map(([key, of]) => {
    const times = of.map(({ at }) => at).toSorted()
    const newest = of.find(({ at }) => at === times.at(-1))!
    return {
      queue,
      fingerprint: key,
      worker: newest.worker,
      // If only some of the jobs were looked at and all of them failed alike, it is a sample of one group.
      count: groups.length === 1 ? count : of.length,
      how: jobs.length === count ? 'exact' : groups.length === 1 ? 'estimated' : 'capped',
      ids: of.map(({ id }) => id),
      error: newest.error,
      firstAt: times[0]!,
      lastAt: times.at(-1)!,
    }
  })
}
