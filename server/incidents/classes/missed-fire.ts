import { z } from 'zod'
import type { Candidate, Description, IncidentClass, Telling } from '../class.ts'
import type { MissedRun } from '../sight/cron.ts'
import { clock } from '../words.ts'

const facts = z.object({ entry: z.string(), queue: z.string(), worker: z.string().optional(), at: z.string(), why: z.enum(['missed_fire', 'scheduler_down', 'enqueue_failed']), error: z.string().optional() })
type Facts = z.infer<typeof facts>

/** A cron entry missed a run and has not run since. */
export const missedFire: IncidentClass<Facts> = {
  name: 'missed_fire',
  facts,
  opensAfterTicks: 1,
  keepOpenMs: 0,
  find({ cron }) {
    if (!cron) return 'unavailable'
    return { asOf: cron.asOf, candidates: cron.value.missed.map(candidateOf), ...(cron.value.capped && { blind: () => true }) }
  },
  describe,
  affected: ({ entry, at }) => ({ slot: { cronEntry: entry, slotAt: at } }),
}

function candidateOf({ entry, queue, worker, at, why, error }: MissedRun): Candidate<Facts> {
  return { key: entry, scope: { cronEntry: entry, queue, worker, slotAt: at.toISOString() }, began: at, facts: { entry, queue, worker, at: at.toISOString(), why, error } }
}

const reasons: Readonly<Record<Facts['why'], string>> = {
  missed_fire: 'although a scheduler was on record',
  scheduler_down: 'because no scheduler was on record',
  enqueue_failed: 'because its job could not be created',
}

function describe({ entry, queue, at, why, error }: Facts, { now, showError }: Telling): Description {
  return {
    title: `${entry} missed a run`,
    headline: `${entry} should have run at ${clock(at, now)} and did not, ${reasons[why]}. It has not run since.`,
    error: showError(error),
    measured: [
      { label: `Due at ${clock(at, now)}, not run`, note: 'slots' },
      ...(why === 'scheduler_down' ? [{ label: 'No scheduler on record at that time', note: 'coverage' }] : []),
    ],
    ruledOut: [
      { label: 'Paused: the entry is not', note: 'measured' },
      ...(why === 'missed_fire' ? [{ label: 'No scheduler: one was on record', note: 'coverage' }] : []),
    ],
    cause: why === 'scheduler_down' ? { label: 'No scheduler was running', share: 1, note: 'coverage' } : undefined,
    facts: [
      { label: 'Missed', value: clock(at, now) },
      { label: 'Queue', value: queue },
    ],
    affected: { jobs: null, queues: [queue], executors: null },
  }
}
