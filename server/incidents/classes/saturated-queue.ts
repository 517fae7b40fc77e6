import { z } from 'zod'
import { countMethods } from '../../../schemas/index.ts'
import { ageOfFigures } from '../../figures/age.ts'
import type { Thresholds } from '../../options.ts'
import type { Candidate, Description, IncidentClass } from '../class.ts'
import type { QueueSeen } from '../sight/queues.ts'
import { capitalized, jobsOf, rate, span, spanBetween } from '../words.ts'
import { heldOf } from './stuck-queue.ts'

/** The share of slots that must be held, both now and usually over the last minutes. */
const pinnedShare = 0.95

const facts = z.object({
  queue: z.string(),
  due: z.number(),
  how: z.enum(Object.keys(countMethods) as [keyof typeof countMethods]),
  oldestDueAt: z.string(),
  held: z.number(),
  slots: z.number(),
  executors: z.number().nullable(),
  finishedPerMinute: z.number(),
  failedPerMinute: z.number(),
  /** null: nothing ends, so it never drains. */
  drainMinutes: z.number().nullable(),
  asOf: z.string(),
})
type Facts = z.infer<typeof facts>

/** Jobs wait too long because every slot is held, and at this rate the backlog will not drain soon. */
export const saturatedQueue: IncidentClass<Facts> = {
  name: 'saturated_queue',
  facts,
  opensAfterTicks: 3,
  keepOpenMs: 5 * 60_000,
  find({ queues: source, now }, thresholdsOf) {
    if (!source) return 'unavailable'
    const { queues } = source.value
    const unknown = new Set(queues.filter(({ asOf }) => ageOfFigures(asOf, now) === 'unknown').map(({ name }) => name))
    return {
      asOf: source.asOf,
      candidates: queues.flatMap((queue) => (!unknown.has(queue.name) && isSaturated(queue, thresholdsOf(queue.name)) ? [candidateOf(queue)] : [])),
      blind: ({ queue }) => queue !== undefined && unknown.has(queue),
    }
  },
  describe,
  affected: ({ queue, asOf }) => ({ jobs: { filter: { queue, states: ['available', 'scheduled', 'retryable'], time: { field: 'due', to: new Date(asOf) } } }, queue }),
}

function isSaturated(queue: QueueSeen, { saturatedMinutes, saturatedDrainMinutes }: Thresholds): boolean {
  const { paused, due, slots, asOf, usuallyExecuting } = queue
  const held = heldOf(queue)
  if (paused || !due || slots === null || slots === 0 || held === null) return false
  if (asOf.getTime() - due.oldestAt.getTime() <= saturatedMinutes * 60_000) return false
  if (held < slots * pinnedShare || (usuallyExecuting !== null && usuallyExecuting < slots * pinnedShare)) return false
  return (drainMinutes(queue) ?? Infinity) >= saturatedDrainMinutes
}

/** How long the backlog would take if nothing were added; null: nothing ends. */
function drainMinutes({ due, finishedPerMinute }: QueueSeen): number | null {
  return finishedPerMinute > 0 ? due!.count / finishedPerMinute : null
}

function candidateOf(queue: QueueSeen): Candidate<Facts> {
  const { name, due, slots, executors, finishedPerMinute, failedPerMinute, asOf } = queue
  const { count, how, oldestAt } = due!
  return {
    key: name,
    scope: { queue: name },
    began: oldestAt,
    count,
    facts: {
      queue: name,
      due: count,
      how,
      oldestDueAt: oldestAt.toISOString(),
      held: heldOf(queue)!,
      slots: slots!,
      executors,
      finishedPerMinute,
      failedPerMinute,
      drainMinutes: drainMinutes(queue),
      asOf: asOf.toISOString(),
    },
  }
}

function describe({ queue, due, how, oldestDueAt, held, slots, executors, finishedPerMinute, failedPerMinute, drainMinutes: minutes, asOf }: Facts): Description {
  const waited = spanBetween(oldestDueAt, asOf)
  const drains = minutes === null ? 'No job ends, so the backlog does not drain' : `At this rate the backlog is gone in ${span(minutes * 60_000)} if nothing is added`
  return {
    title: `${queue} is saturated`,
    headline: `All ${slots} slots of ${queue} are held while ${jobsOf(due, how)} ${due === 1 ? 'is' : 'are'} due, the oldest for ${waited}. ${drains}.`,
    measured: [
      { label: `${held} of ${slots} slots held`, share: Math.min(1, held / slots), note: 'measured' },
      { label: `${capitalized(jobsOf(due, how))} due, the oldest for ${waited}`, note: 'measured' },
      { label: `Throughput: ${rate(finishedPerMinute)}`, note: 'last 10 min' },
    ],
    ruledOut: [
      { label: 'Stuck: every slot is busy', note: 'measured' },
      { label: 'Paused: the queue is not', note: 'measured' },
      ...(failedPerMinute === 0 ? [{ label: 'Failing jobs: none failed in the last 10 min', note: 'measured' }] : []),
    ],
    cause: { label: 'Every slot is held', share: Math.min(1, held / slots), note: 'measured' },
    facts: [
      { label: 'Due', value: jobsOf(due, how) },
      { label: 'Oldest', value: waited },
      { label: 'Slots', value: `${held} of ${slots} held` },
      { label: 'Throughput', value: rate(finishedPerMinute) },
      { label: 'Drains in', value: minutes === null ? 'never at this rate' : span(minutes * 60_000) },
    ],
    affected: { jobs: { count: due, how }, queues: [queue], executors },
  }
}
