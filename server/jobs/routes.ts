import type { JobFilters } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { countJobs, hintJobs, type JobListAsked, listJobs } from './read.ts'
import { deleteJobView, listJobViews, saveJobView } from './views.ts'

interface ByName {
  params: { name: string }
}

export const jobHandlers = {
  listJobs: ({ query }: { query: JobListAsked }, scope: Scope) => listJobs(scope, query),
  countJobs: ({ query }: { query: JobFilters }, scope: Scope) => countJobs(scope, query),
  hintJobs: ({ query }: { query: { field: 'queue' | 'worker' | 'tag'; prefix: string } }, scope: Scope) =>
    hintJobs(scope, query.field, query.prefix),
  listJobViews: (_input: unknown, scope: Scope) => listJobViews(scope),
  saveJobView: ({ params, body }: ByName & { body: { filters: JobFilters & { order?: string } } }, scope: Scope) =>
    saveJobView(scope, params.name, body.filters),
  deleteJobView: ({ params }: ByName, scope: Scope) => deleteJobView(scope, params.name),
}
