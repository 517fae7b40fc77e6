import { countOf, evidencePath, formatCount, subjectPath } from '../../schemas/index.ts'
import { type DiscardedJob, discardedJobs, type DiscardedOfQueue } from '../errors/discarded.ts'
import { findFinding } from '../figures/finding.ts'
import { visible } from '../host/visible.ts'
import { statusOfJob } from '../jobs/status.ts'
import { showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import type { Attention } from './attention.ts'

/** Jobs that failed for good within the last day, as of the last background query. */
export interface DiscardedLately {
  /** One per cause, most frequent first. */
  attention: Attention[]
  /** By queue. */
  counts: { queue: string; count: number; capped: boolean }[]
  /** When they were last counted; null: never. */
  asOf: Date | null
  /** Counted too long ago, or never. */
  stale: boolean
}

/** For a viewer who may see no jobs at all. */
export const noDiscarded: DiscardedLately = { attention: [], counts: [], asOf: null, stale: false }

export async function getDiscardedLately(scope: Scope): Promise<DiscardedLately> {
  const finding = await findFinding(scope, discardedJobs)
  if (!finding?.fresh) return { ...noDiscarded, asOf: finding?.asOf ?? null, stale: true }
  const visibleParts = await Promise.all(finding.data.map((of) => visiblePartOf(scope, of)))
  const jobs = visibleParts.flatMap((of) => of.jobs)
  return {
    asOf: finding.asOf,
    stale: false,
    counts: visibleParts.map(({ count, capped }, index) => ({ queue: finding.data[index]!.queue, count, capped })),
    attention: statusOfJob({ state: 'discarded' }) === 'needs_review' ? causesOf(scope, jobs) : [],
  }
}

/** If some of a queue's jobs are hidden, only the jobs that were authorized individually are counted, so that the total does not reveal the rest. */
async function visiblePartOf({ viewer }: Scope, { count, how, jobs }: DiscardedOfQueue): Promise<{ jobs: DiscardedJob[]; count: number; capped: boolean }> {
  const shown = await visible(viewer, jobs, 'view_jobs', ({ id, queue, worker, tags }) => ({ type: 'job', id, queue, worker, tags }))
  if (shown.length === jobs.length) return { jobs: shown, count, capped: how !== 'exact' }
  return { jobs: shown, count: shown.length, capped: shown.length > 0 && count > jobs.length }
}

/** One example for each queue, worker and displayed error: most failures first. The newest job is the example. */
function causesOf(scope: Scope, jobs: DiscardedJob[]): Attention[] {
  const shown = jobs.map((job) => ({ ...job, error: showText('job_error', job.error, scope.viewer, 'view_overview', { type: 'job', id: job.id }) }))
  const causes = Map.groupBy(shown, ({ queue, worker, error }) => JSON.stringify([queue, worker, firstLine(error)]))
  return [...causes.values()].map((of) => {
    const newest = of.reduce((a, b) => (b.at > a.at ? b : a))
    return { kind: 'job', covers: failuresIn(newest.queue), rank: 18 + 1 / (1 + of.length), exemplar: exemplarOf(scope, newest, of.length - 1) }
  })
}

/** Without the queues whose failures an incident is about. */
export function withoutToldFailures(discarded: DiscardedLately, incidents: Attention[]): DiscardedLately & { count: number; capped: boolean } {
  const told = new Set(incidents.map(({ covers }) => covers))
  const counts = discarded.counts.filter(({ queue }) => !told.has(failuresIn(queue)))
  return {
    ...discarded,
    counts,
    attention: discarded.attention.filter(({ covers }) => !told.has(covers)),
    count: counts.reduce((sum, { count }) => sum + count, 0),
    capped: counts.some(({ capped }) => capped),
  }
}

function failuresIn(queue: string): string {
  return `failures ${queue}`
}

function exemplarOf({ kit }: Scope, { id, queue, worker, attempt, at, error }: DiscardedJob, others: number): Attention['exemplar'] {
  const line = firstLine(error)
  return {
    label: worker ?? queue,
    attention: `failed for good after ${attempt === 1 ? 'one attempt' : countOf(attempt, 'attempt')}, in queue ${queue}${line ? `: ${line}` : ''}${others ? ` (and ${formatCount(others)} more like it)` : ''}`,
    at,
    href: `${kit.base}${subjectPath('job', id)}`,
    forensicsHref: `${kit.base}${evidencePath('job', id)}`,
    completeness: kit.engine.attemptHistory === 'all' || attempt <= 1 ? 'complete' : 'partial_evidence',
  }
}

function firstLine(error: string | undefined): string {
  return (error ?? '').split('\n')[0]!.slice(0, 160)
}
