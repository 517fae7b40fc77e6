import type { Job, JobFilters, JobSelection } from '../../../schemas/job.ts'

/** No more can be named one by one; more are taken by what they have in common. */
export const maxNamed = 10_000

/** Which jobs are meant: some by name, each as it was seen, or all that match. */
export interface Selected {
  all: boolean
  /** The version that was on the page when it was chosen, by id. */
  seen: ReadonlyMap<string, string>
}

export const nothingSelected: Selected = { all: false, seen: new Map() }

export function countSelected({ seen }: Selected): number {
  return seen.size
}

/** Chooses jobs or takes them out again. Whoever takes one out no longer means all. */
export function choose({ all, seen }: Selected, jobs: Job[], chosen: boolean): Selected {
  const next = new Map(seen)
  for (const { id, version } of jobs) {
    if (!chosen) next.delete(id)
    else if (!next.has(id) && next.size < maxNamed) next.set(id, version)
  }
  return { all: all && chosen, seen: next }
}

export function selectionOf({ all, seen }: Selected, filter: JobFilters): JobSelection {
  return all ? { filter } : { ids: [...seen.keys()], seen: Object.fromEntries(seen) }
}
