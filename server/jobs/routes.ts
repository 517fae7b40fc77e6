import * as endpoints from '../../schemas/job.ts'
import { handle, handleExport } from '../operations/handle.ts'
import { exportJobs } from './export.ts'
import { hintJobs } from './hints.ts'
import { getJobHistogram } from './histogram.ts'
import { countJobs, listJobs } from './read.ts'
import { deleteJobView, listJobViews, saveJobView } from './views.ts'

export const jobHandlers = [
  handle(endpoints.listJobs, ({ query }, scope) => listJobs(scope, query)),
  handle(endpoints.countJobs, ({ query }, scope) => countJobs(scope, query)),
  handle(endpoints.hintJobs, ({ query }, scope) => hintJobs(scope, query)),
  handle(endpoints.getJobHistogram, ({ query: { sort, ...filters } }, scope) => getJobHistogram(scope, filters, sort)),
  handle(endpoints.listJobViews, (_input, scope) => listJobViews(scope)),
  handle(endpoints.saveJobView, ({ params, body }, scope) => saveJobView(scope, params.name, body.filters)),
  handle(endpoints.deleteJobView, ({ params }, scope) => deleteJobView(scope, params.name)),
  handleExport(endpoints.exportJobs, async ({ query: { format, ...filters } }, scope) => ({
    file: 'jobs',
    ...(await exportJobs(scope, format, filters)),
  })),
]
