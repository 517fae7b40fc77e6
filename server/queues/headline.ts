import { countOf, duration } from '../../schemas/index.ts'
import { showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import type { KnownQueue } from './facts.ts'

/** The condition of a queue in one sentence: its cause, the backlog and since when. */
export function headlineOf({ viewer, now }: Scope, { row, facts, status }: KnownQueue): string {
  const { diagnosis, cause, incident } = status
  const age = (since: Date) => duration(Math.max(0, now.getTime() - since.getTime()))
  const waiting = countOf(facts.due, 'job waits', 'jobs wait')
  switch (diagnosis) {
    case 'incident':
      return sentence(incident!.headline)
    case 'paused': {
      const reason = showText('reason', row.reason, viewer, 'view_queues', { type: 'queue', id: row.queue })
      const who = facts.pausedBy === undefined ? 'Paused in the engine, with no record of who did it' : `Paused by ${facts.pausedBy}${facts.pausedAt ? ` ${age(facts.pausedAt)} ago` : ''}`
      return sentence(`${who}${reason ? `: “${reason}”` : ''}${facts.due ? `; ${waiting}` : ''}`)
    }
    case 'no_executor':
      return sentence(`${cause}${facts.oldestDueAt ? `; the oldest has waited for ${age(facts.oldestDueAt)}` : ''}`)
    case 'stuck':
    case 'saturated':
      return sentence(`${cause}: ${waiting}`)
    case 'working':
      return sentence(`${status.failing ? cause : 'Moving'}: ${waiting}${facts.oldestDueAt ? `, the oldest for ${age(facts.oldestDueAt)}` : ''}`)
    default:
      return sentence(cause === 'quiet' ? 'Quiet: no jobs are waiting or running' : cause === 'moving' ? 'Moving: no jobs are waiting' : cause)
  }
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  return /[.!?”]$/.test(whole) ? whole : `${whole}.`
}

/** The causes that measurements rule out, for a queue in trouble. Causes that were not measured are left out. */
export function ruledOutFor({ row, facts, status, attendance }: KnownQueue): string[] {
  if ((status.status !== 'blocked' && status.status !== 'needs_review' && status.diagnosis !== 'saturated') || row.as_of === null) return []
  const free = attendance?.slots !== undefined && attendance.slots !== null && attendance.used < attendance.slots
  return [
    ...(!row.paused && !row.pause_unreported ? ['a pause'] : []),
    ...(free ? [`full slots (${attendance.used} of ${attendance.slots} held)`] : []),
    ...(facts.executors !== null && facts.executors > 0 ? [`missing executors (${facts.executors} seen)`] : []),
    ...(facts.failedPerMinute === 0 ? ['failures here'] : []),
  ]
}
