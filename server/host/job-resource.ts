import type { SelectedJob } from '../engines/engine.ts'
import type { Resource } from './auth.ts'

/** The resource that the host's `authorize` receives for a job. */
export function jobResource({ id, queue, worker, tags }: Pick<SelectedJob, 'id' | 'queue' | 'worker' | 'tags'>): Resource {
  return { type: 'job', id, queue, worker, tags }
}
