import { countOf } from '../../schemas/index.ts'
import type { JobDetail, Queue } from '../../schemas/index.ts'
import { type EngineJobDetail, unfinishedStates } from '../engines/engine.ts'

type Waiting = JobDetail['waiting']

export interface Blockers {
  /** The pause of its queue; null: not paused. */
  pause: Queue['paused']
  /** Number of unfinished jobs it waits for, including jobs that the viewer may not see. */
  waitsFor: number
  /** Whether some dependencies are hidden from the viewer. If so, the engine's own wording, which may name them, is not shown. */
  someHidden: boolean
  now: Date
}

/** Why a job is not running: the engine's reasons and what else we know; `unknown` rather than a guess. */
export function whyWaiting(job: EngineJobDetail, { pause, waitsFor, someHidden, now }: Blockers): Waiting {
  if (job.state === 'executing' || !unfinishedStates.includes(job.state)) return []
  const ownReasons: Waiting = [
    ...(pause ? [{ reason: 'queue_paused', detail: describePause(job.queue, pause) } as const] : []),
    ...(job.dueAt && job.dueAt > now ? [{ reason: 'scheduled_until', detail: describeDue(job, job.dueAt) } as const] : []),
    ...(waitsFor ? [{ reason: 'waits_for_dependency', detail: `It is waiting for ${countOf(waitsFor, 'other job')} to end.` } as const] : []),
  ]
  const ownKinds = new Set(ownReasons.map(({ reason }) => reason))
  const engineReasons = job.waiting.filter(({ reason }) => reason !== 'unknown' && (reason === 'waits_for_dependency' && !someHidden ? true : !ownKinds.has(reason)))
  const engineKinds = new Set(engineReasons.map(({ reason }) => reason))
  const all = [...ownReasons.filter(({ reason }) => !engineKinds.has(reason)), ...engineReasons]
  if (all.length) return all
  const [unknown] = job.waiting
  return [unknown ?? { reason: 'unknown', detail: 'Nothing known is blocking it; no executor has picked it up yet.' }]
}

function describePause(queue: string, { at, by, reason }: NonNullable<Queue['paused']>): string {
  const who = by ? ` by ${by.label}` : ''
  const since = at ? ` since ${at}` : ''
  return `The queue ${queue} is paused${who}${since}${reason ? `: “${reason}”` : '.'}`
}

function describeDue({ state }: EngineJobDetail, dueAt: Date): string {
  return `${state === 'retryable' ? 'The next attempt' : 'It'} may start at ${dueAt.toISOString()}.`
}
