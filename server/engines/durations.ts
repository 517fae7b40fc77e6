import type { Durations } from './engine.ts'

/** Durations that differ by less than five percent are counted together, as the shortest of them. */
const step = 1.05
const shortest = 0.001

/** SQL for the merged value of a number of seconds. */
export const mergedSeconds = (seconds: string): string =>
  `power(${step}::float8, floor(ln(greatest((${seconds})::float8, ${shortest})) / ln(${step}::float8)))`

/** The duration that the given share of the jobs did not exceed, e.g. 0.95; null for no jobs. */
export function percentileOf(durations: Durations, share: number): number | null {
  const sorted = durations.filter(([, jobs]) => jobs > 0).toSorted(([a], [b]) => a - b)
  const total = sorted.reduce((sum, [, jobs]) => sum + jobs, 0)
  let passed = 0
  for (const [seconds, jobs] of sorted) {
    passed += jobs
    if (passed >= share * total) return seconds
  }
  return null
}

interface RunRow {
  worker: string | null
  seconds: number
  jobs: number
}

/** Rows of a statement that groups by worker and merged seconds. */
export function runsByWorker(rows: RunRow[]): { worker?: string; seconds: Durations }[] {
  const byWorker = Map.groupBy(rows, ({ worker }) => worker)
  return [...byWorker].map(([worker, some]) => ({
    ...(worker === null ? {} : { worker }),
    seconds: some.map(({ seconds, jobs }) => [Number(seconds), Number(jobs)] as const),
  }))
}
