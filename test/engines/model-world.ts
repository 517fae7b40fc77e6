import type { JobState } from '../../schemas/index.ts'
import type { Engine, JobAction } from '../../server/engines/engine.ts'
import type { TestServer } from '../support/server.ts'

/** How a job's handler behaves. A type and not an interface, so that it is a record of arguments. */
export type Work = {
  plan: 'succeeds' | 'fails' | 'fails_once' | 'waits'
}

/** Attempts of a job that is made by the engine's own library; the pause between two is longer than any test. */
export const attempts = 2
export const pauseSeconds = 600

/** A job as the engine's own tables or keys have it. */
export interface Raw {
  state: JobState
  /** Another whenever anything of it is. */
  mark: string
}

export type Perform = (job: { id: string; queue: string; work: Work }, stopped?: AbortSignal) => Promise<void>

/** Two queues and a real worker on them, for one run of the model. Nothing here goes through the adapter under test. */
export interface Shift {
  queues: readonly [string, string]
  /** By the engine's own library; answers the public id. */
  add(queue: string, work: Work, later: boolean): Promise<string>
  /** Every job of the two queues that the engine has. */
  look(): Promise<Map<string, Raw>>
  /** As when the pauses before the next attempts, and before jobs that are due later, are over. */
  passTime(): Promise<void>
  /** Has the worker stopped the queue, as the engine's own tables, keys or nodes tell? Left out where it has no pause. */
  isPaused?(queue: string): Promise<boolean>
  /** Does the worker do what the tables say? `running`: the jobs whose handlers run. */
  isSettled(now: Map<string, Raw>, running: ReadonlySet<string>): boolean
  end(): Promise<void>
}

/** A server over a real engine, for one file of tests. */
export interface ModelWorld {
  server: TestServer
  engine: Engine
  /** In which states each action is possible on this engine, written down independently of it; none: it lacks the action. */
  possible: Record<JobAction, readonly JobState[]>
  /** Does a cancelled job stay, and a completed one? */
  keeps: { cancelled: boolean; completed: boolean }
  /**
   * Of two that remove one job at the same moment, is one told that it was gone? On Redis BullMQ tells both that they did; one
   * change at a time is kept apart by us, a bulk run and another change are not.
   */
  tellsWhoRemoved: boolean
  /** When nothing has moved for so long, the worker has found nothing to do. */
  restMilliseconds: number
  begin(perform: Perform): Promise<Shift>
  stop(): Promise<void>
}

export const sameAsRunning: Shift['isSettled'] = (now, running) => {
  const executing = [...now].filter(([, { state }]) => state === 'executing').map(([id]) => id)
  return executing.length === running.size && executing.every((id) => running.has(id))
}
