import type { JobDetail } from '../../schemas/index.ts'
import type { EngineJobDetail } from '../engines/engine.ts'

interface Moment {
  at: Date
  label: string
}

const ends = { completed: 'completed', failed: 'failed', cancelled: 'was cancelled', executing: 'is still executing', unknown: 'ended' } as const

/** The job's events in time, oldest first, as far as the engine stored them. */
export function timelineOf(job: EngineJobDetail, slotAt?: Date): JobDetail['timeline'] {
  const { createdAt, dueAt, startedAt, finishedAt, state, attempts } = job
  const moments: (Moment | undefined)[] = [
    moment(slotAt, 'cron slot'),
    moment(createdAt, 'created'),
    dueAt && dueAt.getTime() - createdAt.getTime() > 1000 && !(finishedAt && dueAt > finishedAt) ? moment(dueAt, 'may start') : undefined,
    ...attempts.flatMap(({ number, startedAt: attemptStart, endedAt, outcome }) => [
      moment(attemptStart, `attempt ${number} started`),
      moment(endedAt, `attempt ${number} ${ends[outcome]}`),
    ]),
    includesInstant(attempts.map((attempt) => attempt.startedAt), startedAt) ? undefined : moment(startedAt, 'started'),
    moment(finishedAt, state),
  ]
  return moments
    .filter((each) => each !== undefined)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, label }) => ({ at: at.toISOString(), label }))
}

function moment(at: Date | undefined, label: string): Moment | undefined {
  return at && { at, label }
}

function includesInstant(instants: (Date | undefined)[], instant: Date | undefined): boolean {
  return instants.some((each) => each?.getTime() === instant?.getTime())
}
