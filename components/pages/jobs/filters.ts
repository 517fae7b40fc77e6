import { type JobFilterName, jobFilterTable, type JobTimeName } from '../../../schemas/job-filters.ts'
import type { JobFilters } from '../../../schemas/job.ts'

/** By the name of the page's property; in the address and the API they have the same names, but for `id`. */
export type FilterName = Exclude<JobFilterName, 'id'> | 'jobId'
export type FilterValues = Record<FilterName, string>

const { id: jobId, ...rest } = jobFilterTable
export const filters = { ...rest, jobId }

export const filterNames = Object.keys(filters) as FilterName[]

export const noFilters = Object.fromEntries(filterNames.map((name) => [name, ''])) as FilterValues

/** As the API, a saved view and the address of the page name them; what is empty is left out. A time without a window filters nothing. */
export function apiFilters({ jobId, time, ...values }: FilterValues): JobFilters {
  const windowed = values.from || values.to ? { time } : {}
  const pairs = Object.entries({ ...values, ...windowed, id: jobId }).filter(([, value]) => value)
  return Object.fromEntries(pairs) as JobFilters
}

/** The other way round. Words nobody knows are left out. */
export function pageFilters({ id = '', ...filters }: Record<string, string>): FilterValues {
  const known = Object.entries({ ...filters, jobId: id }).filter(([name]) => name in noFilters)
  return { ...noFilters, ...Object.fromEntries(known) }
}

const ended = ['completed', 'cancelled', 'discarded']
const coming = ['scheduled', 'retryable']

/** The time by which jobs in these states are sorted and shown. */
export function sortOf(states: string): JobTimeName {
  const each = states.split(',')
  if (each.every((state) => ended.includes(state))) return 'finished'
  return each.every((state) => coming.includes(state)) ? 'due' : 'created'
}

const lastMs: Record<string, number> = { '15m': 900_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 }

/** When a range such as `1h` that ends at `at` begins; empty if it is none. */
export function startOfLast(last: string, at: number): string {
  return Object.hasOwn(lastMs, last) ? new Date(at - lastMs[last]!).toISOString() : ''
}
