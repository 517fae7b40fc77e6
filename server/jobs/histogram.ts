import type { JobFilters, JobHistogram } from '../../schemas/index.ts'
import type { JobTime } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { listPage } from './pages.ts'

/** Jobs beyond these are not counted, and the answer says so. */
const maxCounted = 1_000
const buckets = 60

/**
 * Matching jobs by the time that the list is sorted by. Counts the jobs that the list shows first, so it costs as much as one long
 * page and knows no more than the list.
 */
export async function getJobHistogram(scope: Scope, filters: JobFilters, sort: JobTime): Promise<JobHistogram> {
  // What is due comes soonest first, everything else newest first.
  const order = sort === 'due' ? 'oldest' : 'newest'
  const { jobs, nextCursor, searched, sortedBy } = await listPage(scope, filters, { sort, order, limit: maxCounted })
  const times = jobs.map((job) => Date.parse({ created: job.createdAt, due: job.dueAt, finished: job.finishedAt }[sortedBy] ?? job.createdAt)).toSorted((a, b) => a - b)
  const partial = nextCursor !== undefined || searched !== undefined
  const range = rangeOf(times, (filters.time ?? 'created') === sortedBy ? filters : {}, scope.now.getTime())
  const edge = !partial ? undefined : order === 'newest' ? times[0] : times.at(-1)
  const asOf = scope.now.toISOString()
  const ends = times.length ? { first: new Date(times[0]!).toISOString(), last: new Date(times.at(-1)!).toISOString() } : {}
  return { ...range.shown, counts: countsIn(range, times, edge, order), jobs: times.length, partial, sortedBy, ...ends, asOf }
}

interface Range {
  from: number
  step: number
  shown: { from: string; to: string }
}

/** The range that was asked for, or else the one that the jobs span. */
function rangeOf(times: number[], asked: { from?: string; to?: string }, now: number): Range {
  const to = asked.to === undefined ? Math.max(times.at(-1) ?? now, asked.from === undefined ? 0 : now) + 1 : Date.parse(asked.to)
  const from = Math.min(asked.from === undefined ? (times[0] ?? now - 3_600_000) : Date.parse(asked.from), to - buckets)
  return { from, step: (to - from) / buckets, shown: { from: new Date(from).toISOString(), to: new Date(to).toISOString() } }
}

/** null: not counted, because it lies beyond the last job that was. */
function countsIn({ from, step }: Range, times: number[], edge: number | undefined, order: 'newest' | 'oldest'): (number | null)[] {
  const counts = Array.from({ length: buckets }, (): number | null => 0)
  const bucketOf = (at: number) => Math.min(buckets - 1, Math.max(0, Math.floor((at - from) / step)))
  for (const at of times) counts[bucketOf(at)]! += 1
  if (edge === undefined) return counts
  const last = bucketOf(edge)
  return counts.map((count, index) => ((order === 'newest' ? index < last : index > last) ? null : count))
}
