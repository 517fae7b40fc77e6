import type { Alike } from '../../schemas/index.ts'
import type { EngineJob } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { countInRange, findVisibleGroup } from './detail.ts'
import { listHistograms } from './histogram.ts'
import { groupsOfJob, resolveGroups } from './jobs-of-group.ts'
import { rangeOf } from './range.ts'

const hours = 24

/** The failures of the last day that belong to the same group as the job's last error; undefined if there are none that the viewer may see. */
export async function findAlike(scope: Scope, job: EngineJob): Promise<Alike | undefined> {
  if (job.error === undefined || job.state === 'completed') return undefined
  const groups = groupsOfJob(scope.kit, job)
  const fingerprint = (await resolveGroups(scope, [groups]))(groups)
  const row = await findVisibleGroup(scope, fingerprint)
  if (!row) return undefined
  const range = rangeOf({ from: new Date(scope.now.getTime() - hours * 3_600_000).toISOString() }, scope.now)
  const [counted, histograms] = await Promise.all([countInRange(scope, fingerprint, range), listHistograms(scope, [fingerprint], range)])
  const histogram = histograms.get(fingerprint)!
  const first = histogram.counts.findIndex((count) => count !== null && count > 0)
  if (first < 0) return undefined
  const since = Math.max(range.from.getTime() + first * range.stepSeconds * 1_000, row.firstSeenAt.getTime())
  return { fingerprint, failures: counted.inRange, final: counted.finalInRange, since: new Date(since).toISOString(), lastSeenAt: row.lastSeenAt.toISOString(), histogram }
}
