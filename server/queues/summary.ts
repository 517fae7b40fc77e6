import { countOf, duration, formatCount, type QueueList } from '../../schemas/index.ts'
import { dueOf, type KnownQueue } from './facts.ts'
import { isQuiet } from './order.ts'

/** One queue is named only if at least this share of all that waits is in it. */
const minShare = 0.5
const maxQuietNamed = 10

/** All queues that the viewer may see, in one sentence and a few figures. Pure. */
export function summarize(queues: readonly KnownQueue[], now: Date): QueueList['summary'] {
  const quiet = queues.filter((queue) => isQuiet(queue, now)).map(({ row }) => row.queue)
  return {
    queues: queues.length,
    quiet: { count: quiet.length, names: quiet.slice(0, maxQuietNamed) },
    waiting: queues.filter(({ status }) => status.status !== 'unknown').reduce((sum, { row }) => sum + dueOf(row), 0),
    sentence: sentenceOf(queues, now),
  }
}

function sentenceOf(queues: readonly KnownQueue[], now: Date): QueueList['summary']['sentence'] {
  const known = queues.filter(({ status }) => status.status !== 'unknown')
  if (!known.length) return { before: queues.length ? 'Nothing has been measured lately: it is unknown whether work is piling up.' : 'There are no queues yet.' }
  const waiting = known.filter(({ row }) => dueOf(row) > 0).toSorted((a, b) => (a.facts.oldestDueAt?.getTime() ?? Infinity) - (b.facts.oldestDueAt?.getTime() ?? Infinity))
  const total = waiting.reduce((sum, { row }) => sum + dueOf(row), 0)
  const [oldest] = waiting
  if (!oldest) return { before: 'No jobs are waiting.' }
  const age = ({ facts: { oldestDueAt } }: KnownQueue) => (oldestDueAt ? duration(Math.max(0, now.getTime() - oldestDueAt.getTime())) : undefined)
  const worst = waiting.find(({ status }) => status.status === 'blocked') ?? oldest
  const count = dueOf(worst.row)
  if (worst.status.status === 'blocked' || (count >= minShare * total && total > waiting.length && worst.status.status !== 'runnable')) {
    const rest = waiting.find((queue) => queue !== worst)
    const blocked = known.filter((queue) => queue !== worst && queue.status.status === 'blocked').length
    const share = count === total ? countOf(total, 'job waits', 'jobs wait') : `${formatCount(count)} of the ${formatCount(total)} waiting jobs`
    return {
      before: 'Work piles up in ',
      queue: worst.row.queue,
      after: `: ${share}${age(worst) ? `, the oldest for ${age(worst)}` : ''}.`,
      calm: blocked ? `Nothing starts in ${countOf(blocked, 'other queue')} either.` : rest && age(rest) ? `Everywhere else the oldest waits ${age(rest)}.` : 'Nothing waits anywhere else.',
    }
  }
  const where = waiting.length === 1 ? '' : ` in ${countOf(waiting.length, 'queue')}`
  return { before: `${countOf(total, 'job waits', 'jobs wait')}${where}, the oldest${age(oldest) ? ` for ${age(oldest)}` : ''} in `, queue: oldest.row.queue, after: '.' }
}
