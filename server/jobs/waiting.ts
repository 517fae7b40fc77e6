import { countOf } from '../../schemas/index.ts'
import type { JobDetail, Queue } from '../../schemas/index.ts'
import { type EngineJobDetail, unfinishedStates } from '../engines/engine.ts'

type Waiting = JobDetail['waiting']

export interface StandsInTheWay {
  /** Of its queue; null: not paused, or not to be seen by this viewer. */
  pause: Queue['paused']
  /** Unfinished jobs it waits for, whether or not the viewer may see them. */
  waitsFor: number
  /** Did the viewer's rights take some of those away? Then the engine's own words, which may name them, are not shown. */
  someHidden: boolean
  now: Date
}

/** Why a job does not run: what the engine says, what we know besides, and `unknown` rather than a guess. */
export function whyWaiting(job: EngineJobDetail, { pause, waitsFor, someHidden, now }: StandsInTheWay): Waiting {
  if (job.state === 'executing' || !unfinishedStates.includes(job.state)) return []
  const ours: Waiting = [
    ...(pause ? [{ reason: 'queue_paused', detail: describePause(job.queue, pause) } as const] : []),
    ...(job.dueAt && job.dueAt > now ? [{ reason: 'scheduled_until', detail: describeDue(job, job.dueAt) } as const] : []),
    ...(waitsFor ? [{ reason: 'waits_for_dependency', detail: `It is waiting for ${countOf(waitsFor, 'other job')} to end.` } as const] : []),
  ]
  const known = new Set(ours.map(({ reason }) => reason))
  const theirs = job.waiting.filter(({ reason }) => reason !== 'unknown' && (reason === 'waits_for_dependency' && !someHidden ? true : !known.has(reason)))
  const told = new Set(theirs.map(({ reason }) => reason))
  const all = [...ours.filter(({ reason }) => !told.has(reason)), ...theirs]
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
