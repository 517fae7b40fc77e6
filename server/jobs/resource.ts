import type { EngineJob, SelectedJob } from '../engines/engine.ts'
import type { Resource } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'

/** The resource that the host's `authorize` receives. */
export function jobResource({ id, queue, worker, tags }: Pick<SelectedJob, 'id' | 'queue' | 'worker' | 'tags'>): Resource {
  return { type: 'job', id, queue, worker, tags }
}

/** The jobs that the viewer may see; each is authorized individually. */
export function visibleJobs<Job extends EngineJob | SelectedJob>({ viewer }: Scope, jobs: Job[]): Promise<Job[]> {
  return visible(viewer, jobs, 'view_jobs', jobResource)
}
