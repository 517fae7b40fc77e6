import type { JobTimeName } from '../../../schemas/job-filters.ts'
import type { Job } from '../../../schemas/job.ts'

/** A job as it stands on the page, and what became of it since it was shown. */
export interface Row {
  job: Job
  /** Its state is another one than when the page was loaded. */
  changed: boolean
  /** It no longer matches the filters. */
  left: boolean
}

/** What the reader is looking at. Rows are marked in place; they come and go only on request. */
export interface Shown {
  key: string
  /** The time that the rows are sorted by, which is the one that they show. */
  by: JobTimeName
  rows: Row[]
}

export interface Answer {
  key: string
  items: Job[]
  nextCursor?: string
  sortedBy?: JobTimeName
}

export function show({ key, items, sortedBy = 'created' }: Answer): Shown {
  return { key, by: sortedBy, rows: items.map((job) => ({ job, changed: false, left: false })) }
}

export function jobsOf(rows: Row[]): Job[] {
  return rows.map(({ job }) => job)
}

/** A job without the time is placed at its creation, as the server does. */
export function timeOf({ createdAt, dueAt, finishedAt }: Job, by: JobTimeName): string {
  return { created: createdAt, due: dueAt, finished: finishedAt }[by] ?? createdAt
}

/** The same rows with their current data. */
export function refresh({ key, by, rows }: Shown, answer: Answer): Shown {
  const present = new Map(answer.items.map((job) => [job.id, job]))
  return {
    key,
    by,
    rows: rows.map((row) => {
      const job = present.get(row.job.id)
      if (job) return { job, changed: row.changed || job.state !== row.job.state, left: false }
      return { ...row, left: row.left || isMissing(timeOf(row.job, by), answer, by) }
    }),
  }
}

/** Jobs of the answer that are not on the page. */
export function newJobs({ rows }: Shown, { items }: Answer): Job[] {
  const known = new Set(rows.map(({ job }) => job.id))
  return items.filter(({ id }) => !known.has(id))
}

/** A job that newer ones pushed to the next page has not left: its absence means something only within the reach of the answer. */
function isMissing(at: string, { items, nextCursor }: Answer, by: JobTimeName): boolean {
  const last = items.at(-1)
  if (!nextCursor || !last) return true
  const [first, end] = [timeOf(items[0]!, by), timeOf(last, by)]
  return first >= end ? at > end : at < end
}
