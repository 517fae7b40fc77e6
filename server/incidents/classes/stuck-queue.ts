import { z } from 'zod'
import { countMethods, countOf } from '../../../schemas/index.ts'
import { ageOfFigures } from '../../figures/age.ts'
import { maxUnmeasured } from '../../queues/status.ts'
import type { Candidate, Description, IncidentClass } from '../class.ts'
import { depthOf, type QueueSeen, type QueuesSeen } from '../sight/queues.ts'
import { capitalized, jobsOf, span, spanBetween } from '../words.ts'

/** Where the engine does not report slots, jobs that are executing may hold all of them: then this many times the threshold must pass. */
const busyFactor = 3

const facts = z.object({
  queue: z.string(),
  due: z.number(),
  how: z.enum(Object.keys(countMethods) as [keyof typeof countMethods]),
  oldestDueAt: z.string(),
  /** The last minute within the last hour in which a job started or ended. */
  movedAt: z.string().nullable(),
  /** How many minutes of the last hour were measured; without `movedAt`, nothing is known of the others. */
  watched: z.number().optional(),
  executing: z.number().nullable(),
  executors: z.number().nullable(),
  slots: z.number().nullable(),
  minutes: z.number(),
  failed: z.number(),
  asOf: z.string(),
})
type Facts = z.infer<typeof facts>

/** Jobs are due, slots are free, and for some time none has started or ended. Ages decide, never depths. */
export const stuckQueue: IncidentClass<Facts> = {
  name: 'stuck_queue',
  facts,
  opensAfterTicks: 2,
  keepOpenMs: 5 * 60_000,
  find({ queues: source, now }, thresholdsOf) {
    if (!source) return 'unavailable'
    const judged = source.value.queues.map((queue) => ({ queue, verdict: judge(queue, source.value, now, thresholdsOf(queue.name).stuckMinutes) }))
    const unknown = new Set(judged.filter(({ verdict }) => verdict === 'unknown').map(({ queue }) => queue.name))
    return {
      asOf: source.asOf,
      candidates: judged.flatMap(({ queue, verdict }) => (verdict === 'stuck' ? [candidateOf(queue, thresholdsOf(queue.name).stuckMinutes, source.value.measured.size)] : [])),
      blind: ({ queue }) => queue !== undefined && unknown.has(queue),
    }
  },
  describe,
  affected: ({ queue, asOf }) => ({ jobs: { filter: { queue, states: ['available', 'scheduled', 'retryable'], time: { field: 'due', to: new Date(asOf) } } }, queue }),
}

/** How many of its slots are held, as far as this is reported. */
export function heldOf(queue: QueueSeen): number | null {
  return queue.used ?? depthOf(queue, 'executing')?.count ?? null
}

function judge(queue: QueueSeen, { measured }: QueuesSeen, now: Date, minutes: number): 'stuck' | 'fine' | 'unknown' {
  if (ageOfFigures(queue.asOf, now) === 'unknown') return 'unknown'
  if (queue.paused || !queue.due) return 'fine'
  const { slots } = queue
  const executing = heldOf(queue) ?? 0
  if (slots !== null && slots > 0 && executing >= slots) return 'fine'
  const patience = slots === null && executing > 0 && queue.executors !== 0 ? busyFactor * minutes : minutes
  const from = Math.floor(queue.asOf.getTime() / 60_000) * 60_000 - Math.min(patience, 60) * 60_000
  if (queue.due.oldestAt.getTime() >= from || (queue.movedAt && queue.movedAt.getTime() >= from)) return 'fine'
  const seen = [...measured].filter((minute) => minute >= from).length
  return seen >= Math.min(patience, 60) - maxUnmeasured ? 'stuck' : 'unknown'
}

function candidateOf(queue: QueueSeen, minutes: number, watched: number): Candidate<Facts> {
  const { name, asOf, movedAt, executors, failedPerMinute } = queue
  const { count, how, oldestAt } = queue.due!
  return {
    key: name,
    scope: { queue: name },
    began: movedAt && movedAt > oldestAt ? movedAt : oldestAt,
    count,
    facts: {
      queue: name,
      due: count,
      how,
      oldestDueAt: oldestAt.toISOString(),
      movedAt: movedAt?.toISOString() ?? null,
      watched,
      executing: heldOf(queue),
      executors,
      slots: queue.slots,
      minutes,
      failed: failedPerMinute,
      asOf: asOf.toISOString(),
    },
  }
}

function describe({ queue, due, how, oldestDueAt, movedAt, watched = 60, executing, executors, slots, minutes, failed, asOf }: Facts): Description {
  const waited = spanBetween(oldestDueAt, asOf)
  const seenAll = watched >= 60 - maxUnmeasured
  const still = movedAt ? `for ${spanBetween(movedAt, asOf)}` : seenAll ? 'for over an hour' : `in the ${countOf(watched, 'minute')} of the last hour that ${watched === 1 ? 'was' : 'were'} measured`
  return {
    title: `${queue} is stuck`,
    headline: `${capitalized(jobsOf(due, how))} ${due === 1 ? 'is' : 'are'} due in ${queue}, the oldest for ${waited}, and no job has started or ended ${still}.`,
    measured: [
      { label: `${capitalized(jobsOf(due, how))} due, the oldest for ${waited}`, note: 'measured' },
      { label: `No job started or ended ${still}`, note: `threshold ${span(minutes * 60_000)}` },
      ...(executors === 0 ? [{ label: 'No executor has been seen on this queue', note: 'reported by the engine' }] : []),
      ...(executing ? [{ label: `${jobsOf(executing)} executing, none of which has ended`, note: 'measured' }] : []),
    ],
    ruledOut: [
      { label: 'Paused: the queue is not', note: 'measured' },
      ...(executors ? [{ label: `No executors: ${countOf(executors, 'executor')} seen`, note: 'measured' }] : []),
      ...(slots !== null && executing !== null ? [{ label: `No free slot: ${executing} of ${slots} held`, note: 'measured' }] : []),
      ...(failed === 0 ? [{ label: 'Failing jobs: none failed in the last 10 min', note: 'measured' }] : []),
    ],
    cause: executors === 0 ? { label: 'No executor serves this queue', share: 1, note: 'reported by the engine' } : undefined,
    facts: [
      { label: 'Due', value: jobsOf(due, how) },
      { label: 'Oldest', value: waited },
      { label: 'Last activity', value: movedAt ? `${spanBetween(movedAt, asOf)} ago` : seenAll ? 'none within an hour' : `none in ${countOf(watched, 'measured minute')}` },
      { label: 'Executors', value: executors === null ? 'none reports this queue' : String(executors) },
      { label: 'Executing', value: executing === null ? 'not counted' : String(executing) },
    ],
    affected: { jobs: { count: due, how }, queues: [queue], executors },
  }
}
