import { contains } from './contains.ts'
import type { EngineJob, JobFilter } from './engine.ts'
import { parseExact } from './exact-json.ts'

type Tests = { [Name in keyof Required<JobFilter>]: (job: EngineJob, wanted: NonNullable<JobFilter[Name]>) => boolean }

/** Applies a filter to a job that has been read: by its id, or by an engine whose store cannot evaluate filters. */
export function matches(filter: JobFilter, job: EngineJob): boolean {
  return (Object.keys(filter) as (keyof JobFilter)[]).every((name) => passes(name, filter[name], job))
}

function passes<Name extends keyof JobFilter>(name: Name, wanted: JobFilter[Name], job: EngineJob): boolean {
  return wanted === undefined || tests[name](job, wanted as NonNullable<JobFilter[Name]>)
}

const tests: Tests = {
  states: ({ state }, wanted) => wanted.includes(state),
  queue: ({ queue }, wanted) => queue === wanted,
  notQueues: ({ queue }, unwanted) => !unwanted.includes(queue),
  worker: ({ worker }, wanted) => worker === wanted,
  id: ({ id }, wanted) => id === wanted,
  tag: ({ tags = [] }, wanted) => tags.includes(wanted),
  args: ({ args }, wanted) => contains(args, parseExact(wanted)),
  error: ({ error }, wanted) => includes(error, wanted),
  words: ({ error, args }, wanted) => includes(error, wanted) || includes(writeArgs(args), wanted),
  time(job, { field, from, to }) {
    const at = { created: job.createdAt, due: job.dueAt, finished: job.finishedAt }[field]
    return at !== undefined && (!from || at >= from) && (!to || at < to)
  },
  createdBefore: ({ createdAt }, instant) => createdAt < instant,
}

/** Arguments as text that words are searched in. */
export function writeArgs(args: unknown): string {
  return typeof args === 'string' ? args : (JSON.stringify(args) ?? '')
}

/** Case-insensitive. */
export function includes(text: string | undefined, part: string): boolean {
  return text !== undefined && text.toLowerCase().includes(part.toLowerCase())
}
