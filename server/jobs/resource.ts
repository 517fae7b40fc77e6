import type { EngineJob, SelectedJob } from '../engines/engine.ts'
import { jobResource } from '../host/job-resource.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'

export { jobResource } from '../host/job-resource.ts'

/** The jobs that the viewer may see; each is authorized individually. */
export function visibleJobs<Job extends EngineJob | SelectedJob>({ viewer }: Scope, jobs: Job[]): Promise<Job[]> {
  return visible(viewer, jobs, 'view_jobs', jobResource)
}
