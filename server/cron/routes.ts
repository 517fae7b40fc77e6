import * as endpoints from '../../schemas/cron.ts'
import * as runEndpoints from '../../schemas/cron-runs.ts'
import { fromReplica, handle } from '../operations/handle.ts'
import { listComingRuns } from './coming.ts'
import { getCronEntry, getCronHistory, listCronEntries } from './read.ts'
import { previewCronSchedule } from './schedule-preview.ts'

export const cronHandlers = [
  fromReplica(handle(endpoints.listCronEntries, ({ query: { limit, cursor, recent, sort, group, ...filters } }, scope) => listCronEntries(scope, filters, { limit, cursor, recent, sort, group }))),
  handle(endpoints.getCronEntry, ({ params }, scope) => getCronEntry(scope, params.name)),
  fromReplica(handle(endpoints.getCronHistory, ({ params, query }, scope) => getCronHistory(scope, params.name, query))),
  fromReplica(handle(runEndpoints.listComingRuns, ({ query }, scope) => listComingRuns(scope, query))),
  handle(runEndpoints.previewCronSchedule, async ({ query }, scope) => previewCronSchedule(query, scope.now)),
]
