import { findFinding } from '../../figures/finding.ts'
import { longRunningJobs, type LongRunner } from '../../figures/long-running.ts'
import { listUsualDurations, type UsualDuration } from '../../figures/usual.ts'
import type { Reading, Source } from '../sight.ts'

/** A job that has been running for as long as a threshold, with what is usual for its queue and worker; undefined if too little is known. */
export interface RunningSeen extends LongRunner {
  usual?: Pick<UsualDuration, 'p50Seconds' | 'p95Seconds' | 'runs'>
}

export async function readRunning(reading: Reading): Promise<Source<RunningSeen[]>> {
  const finding = await findFinding(reading, longRunningJobs)
  if (!finding?.data) return null
  const startedBefore = finding.asOf.getTime() - reading.kit.detector.least('longRunningMinutes') * 60_000
  const long = finding.data.filter(({ startedAt }) => Date.parse(startedAt) <= startedBefore)
  const pairs = new Map(long.map(({ queue, worker }) => [pairOf({ queue, worker }), { queue, worker }]))
  const usual = new Map((await listUsualDurations(reading, [...pairs.values()])).map((each) => [pairOf(each), each]))
  return { value: long.map((job) => ({ ...job, usual: usual.get(pairOf(job)) })), asOf: finding.asOf }
}

export function pairOf({ queue, worker = '' }: { queue: string; worker?: string }): string {
  return JSON.stringify([queue, worker])
}
