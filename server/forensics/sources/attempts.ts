import type { TimelineMark } from '../../../schemas/index.ts'
import type { JobFacts } from '../../jobs/detail.ts'
import { nothing, type Source, type SourceItem } from '../source.ts'

const marks: Record<JobFacts['attempts'][number]['outcome'], TimelineMark> = {
  completed: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  executing: 'running',
  unknown: 'ended',
}

/** What the engine itself stored of a job. Future instants are not history. */
export const attemptSource: Source = {
  key: 'engine',
  collect({ now }, { job }) {
    if (!job) return nothing
    const moments = job.timeline.flatMap(({ at, label }, place) => (new Date(at) <= now ? [momentOf(job, at, label, place)] : []))
    return { items: moments, gaps: [], withheld: [] }
  },
}

/** An attempt is drawn from where it started; its end is a line of its own. */
function momentOf(job: JobFacts, at: string, label: string, place: number): SourceItem {
  const started = job.attempts.find(({ number }) => label === `attempt ${number} started`)
  const ended = job.attempts.find(({ number, endedAt }) => endedAt !== undefined && label.startsWith(`attempt ${number} `) && endedAt === at)
  return {
    // Moments of one instant keep their order in the job's life: the later one stands above.
    id: `${job.id} ${String(place).padStart(6, '0')}`,
    at,
    label: label.charAt(0).toUpperCase() + label.slice(1),
    detail: started ? undefined : ended?.error,
    source: label === 'cron slot' ? 'cron' : 'engine',
    kind: started ? 'started' : undefined,
    provenance: 'durable',
    ref: { type: 'job', id: job.id },
    ...(started ? { lane: 'attempts', mark: marks[started.outcome], to: started.endedAt } : {}),
  }
}
