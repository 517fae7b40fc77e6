import type { Job } from '../../../schemas/job.ts'

/** A job as it stands on the page, and what became of it since it was shown. */
export interface Row {
  job: Job
  /** Its state is another one than when the page was loaded. */
  changed: boolean
  /** It no longer matches what is looked for. */
  left: boolean
}

/** What the reader has before the eyes. Rows are marked in place; they come and go only when asked. */
export interface Shown {
  key: string
  rows: Row[]
}

export interface Answer {
  key: string
  items: Job[]
  nextCursor?: string
}

export function show({ key, items }: Answer): Shown {
  return { key, rows: items.map((job) => ({ job, changed: false, left: false })) }
}

export function jobsOf(rows: Row[]): Job[] {
  return rows.map(({ job }) => job)
}

/** The same rows with their current data. */
export function refresh({ key, rows }: Shown, answer: Answer): Shown {
  const present = new Map(answer.items.map((job) => [job.id, job]))
  return {
    key,
    rows: rows.map((row) => {
      const job = present.get(row.job.id)
      if (job) return { job, changed: row.changed || job.state !== row.job.state, left: false }
      return { ...row, left: row.left || isMissing(row.job, answer) }
    }),
  }
}

/** Jobs of the answer that are not on the page. */
export function newJobs({ rows }: Shown, { items }: Answer): Job[] {
  const known = new Set(rows.map(({ job }) => job.id))
  return items.filter(({ id }) => !known.has(id))
}

/** One that newer jobs pushed to the next page has not left: only within the reach of the answer does being absent tell anything. */
function isMissing({ createdAt }: Job, { items, nextCursor }: Answer): boolean {
  const last = items.at(-1)
  if (!nextCursor || !last) return true
  const [first] = items
  const newestFirst = first!.createdAt >= last.createdAt
  return newestFirst ? createdAt > last.createdAt : createdAt < last.createdAt
}
