import * as endpoints from '../../schemas/cron.ts'
import { handle } from '../operations/handle.ts'
import { getCronEntry, getCronHistory, listCronEntries } from './read.ts'

export const cronHandlers = [
  handle(endpoints.listCronEntries, ({ query: { limit, cursor, recent, ...filters } }, scope) => listCronEntries(scope, filters, { limit, cursor, recent })),
  handle(endpoints.getCronEntry, ({ params }, scope) => getCronEntry(scope, params.name)),
  handle(endpoints.getCronHistory, ({ params, query }, scope) => getCronHistory(scope, params.name, query)),
]
