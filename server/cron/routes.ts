import type { CronEntry, CronHistory } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { type CronFilters, type CronPage, getCronEntry, getCronHistory, listCronEntries } from './read.ts'

interface ByName {
  params: { name: string }
}

export const cronHandlers = {
  listCronEntries: ({ query }: { query: CronFilters & { limit: number; cursor?: string } }, scope: Scope): Promise<CronPage> => {
    const { limit, cursor, ...filters } = query
    return listCronEntries(scope, filters, limit, cursor)
  },
  getCronEntry: ({ params }: ByName, scope: Scope): Promise<CronEntry> => getCronEntry(scope, params.name),
  getCronHistory: ({ params, query }: ByName & { query: { from?: string; to?: string } }, scope: Scope): Promise<CronHistory> =>
    getCronHistory(scope, params.name, query),
}
