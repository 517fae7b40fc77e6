import type { JobState } from '../../schemas/index.ts'
import type { JobAction } from '../../server/engines/engine.ts'
import type { Raw, Work } from './model-world.ts'

/** A change that was accepted, as its answer told it. */
export interface Change {
  action: JobAction
  eventId: string
  /** State that it was told to start from. */
  before: JobState
  /** Changes that raced have one and the same; which of them came last is not known. */
  order: number
  /** Runs that had begun when it was asked for, and when it was answered. */
  begun: { asked: number; answered: number }
}

export interface Shown {
  version: string
  state: JobState
  /** As the engine had it then, where it did not change while the page was made. */
  raw?: Raw
}

export interface ModelJob extends Work {
  id: string
  queue: string
  /** Runs of its handler, in the order they began. */
  runs: { end?: 'done' | 'failed' }[]
  changes: Change[]
  /** Did an answer tell of it? Otherwise it came from nowhere. */
  answered?: true
  /** What a page showed of it last. */
  shown?: Shown
}

export interface Refusal {
  requestId: string
  /** It was sent twice with one key: whoever hears the first answer again leaves no second event. */
  repeatable: boolean
  status: number
  code: string
}

/** What must be so: every job that was made, every change that was accepted, every refusal. */
export class Ledger {
  readonly jobs = new Map<string, ModelJob>()
  readonly refusals: Refusal[] = []
  /** Requests with one key that were both refused; one of them at least has its event. */
  readonly repeated: string[][] = []
  /** Answers to changes of queues and cron entries. */
  readonly otherEvents: string[] = []
  /** Queues that are paused, with the runs that had begun in them when that had taken effect. */
  readonly paused = new Map<string, number>()
  order = 0

  made(id: string, queue: string, { plan }: Work): ModelJob {
    const job: ModelJob = this.jobs.get(id) ?? { id, queue, plan, runs: [], changes: [] }
    this.jobs.set(id, job)
    return job
  }

  /** What was accepted, by the state it started from, and what was refused. */
  events(): string[] {
    const changes = [...this.jobs.values()].flatMap((job) => job.changes.map(({ action, before }) => `${action} ${before}`))
    const others = this.otherEvents.map(() => 'changes of queues and cron entries')
    return ['runs of the model', ...changes, ...others, ...this.refusals.map(({ code }) => code)]
  }

  begunIn(queue: string): number {
    return [...this.jobs.values()].filter((job) => job.queue === queue).reduce((sum, { runs }) => sum + runs.length, 0)
  }
}

/** Changes of which each may have been the last one. */
export function lastChanges({ changes }: ModelJob): Change[] {
  const last = Math.max(...changes.map(({ order }) => order))
  return changes.filter(({ order }) => order === last)
}

/** May it be restored? Only a discard of ours that nothing followed can be undone; of a race nobody knows. */
export function wasDiscarded(job: ModelJob): boolean {
  return job.changes.length > 0 && lastChanges(job).every(({ action }) => action === 'discard')
}
