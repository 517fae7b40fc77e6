import { type JobFilterName, jobFilterTable } from '../../../schemas/job-filters.ts'
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

/** Why a text cannot be what arguments contain; nothing when it can. */
export function complaintAbout(args: string): string {
  if (!args) return ''
  try {
    const value: unknown = JSON.parse(args)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ''
  } catch {
    // said below
  }
  return 'Give a JSON object, like {"orderId":1}.'
}
