import type { Job } from '../../schemas/index.ts'
import type { EngineJob } from '../engines/engine.ts'
import type { DisplayContext } from '../host/display.ts'
import type { Viewer } from '../host/viewer.ts'
import { showText } from '../operations/event.ts'

/** A job as this viewer may see it. */
export function showJob(viewer: Viewer, job: EngineJob, surface: DisplayContext['surface'] = 'view_jobs'): Job {
  const { id, queue, worker, state, engineState, version, attempt, maxAttempts, priority, executor } = job
  const subject = { type: 'job', id }
  return {
    id, queue, worker, state, engineState, version, attempt, maxAttempts, priority, executor,
    tags: showTags(viewer, job.tags ?? [], surface, subject),
    args: viewer.show('job_args', job.args, surface, subject),
    createdAt: job.createdAt.toISOString(),
    dueAt: job.dueAt?.toISOString(),
    startedAt: job.startedAt?.toISOString(),
    finishedAt: job.finishedAt?.toISOString(),
    error: showText('job_error', job.error, viewer, surface, subject),
  }
}

/** Tags are arbitrary text from the host's programs, so the display policy for meta applies to them. */
export function showTags(viewer: Viewer, tags: string[], surface: DisplayContext['surface'], subject?: DisplayContext['subject']): string[] {
  if (!tags.length) return []
  const shown = viewer.show('job_meta', tags, surface, subject)
  return (Array.isArray(shown) ? shown : [shown]).filter((tag) => typeof tag === 'string')
}
