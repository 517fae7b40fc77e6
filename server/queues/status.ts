import { countOf, duration, type QueueDiagnosis, type SubjectStatus } from '../../schemas/index.ts'
import { ageOfFigures } from '../figures/age.ts'
import type { QueueTrouble } from '../kit.ts'

/** A queue is called stuck only if at most this many of the minutes without movement were unmeasured. */
export const maxUnmeasured = 2
/** Failures are unusual if there are at least this many within the last ten minutes, at more than this many times the usual rate. */
const minFailures = 5
const unusualFactor = 3

/** The facts from which the status of a queue is derived. */
export interface QueueFacts {
  /** When the figures were measured; null: never. */
  asOf: Date | null
  paused: boolean
  pausedAt: Date | null
  /** Who paused it, as this viewer may see it; undefined if this is not recorded. */
  pausedBy?: string
  /** Jobs that could start now. */
  due: number
  /** Since when the oldest of those could have started. */
  oldestDueAt: Date | null
  executing: number
  /** null when neither the engine nor executors report it. */
  executors: number | null
  /** Every slot of its executors is held by a job. */
  saturated?: boolean
  /** When a job of it was last measured to start or end; null: not on record. */
  movedAt?: Date | null
  /** With jobs that are due, it is stuck if none has started or ended for this long: the detector's threshold for this queue. */
  stuckMinutes: number
  /** Whether a job started or ended within those minutes. */
  movedLately: boolean
  /** How many of those minutes were measured. */
  measuredMinutes: number
  /** Failed attempts in the last ten minutes. */
  failures?: number
  /** Failed attempts per minute in them, and in the last days; null: unknown. */
  failedPerMinute?: number | null
  usualFailedPerMinute?: number | null
  /** Open incidents about it that the viewer may see, the worst first. */
  troubles?: readonly QueueTrouble[]
}

export interface QueueStatus {
  status: SubjectStatus
  diagnosis: QueueDiagnosis
  /** The diagnosis in a few words, with its figures. */
  cause: string
  /** Since when the diagnosis has held, if known. */
  since?: Date
  /** The incident that decided. */
  incident?: QueueTrouble
  /** More attempts fail than usual. */
  failing: boolean
}

/** Worst first. */
const rank: Readonly<Record<SubjectStatus, number>> = { blocked: 0, needs_review: 1, unknown: 2, waiting: 3, bridge_only: 4, runnable: 5, resolved: 6 }

/** The only rule for a queue's status; every surface uses it. */
export function statusOfQueue(facts: QueueFacts, now: Date): QueueStatus {
  const own = { ...verdictOf(facts, now), failing: isFailing(facts) }
  const [incident] = facts.troubles ?? []
  // The detector knows more than one measurement of one queue; what it cannot tell from its figures stands as it was.
  if (!incident || rank[incident.status] > rank[own.status]) return own
  const said = own.status === incident.status && own.diagnosis !== 'working'
  return { ...own, status: incident.status, diagnosis: said ? own.diagnosis : 'incident', cause: said ? own.cause : causeOf(incident), since: said ? own.since : incident.since, incident }
}

/** Its measure says what is wrong, and how much. What is about something else in the queue, such as an executor, is named before it. */
function causeOf({ class: name, title, queue, measure }: QueueTrouble): string {
  if (measure === undefined) return withoutQueue(title, queue)
  const words = /^[A-Z][a-z]/.test(measure) ? measure[0]!.toLowerCase() + measure.slice(1) : measure
  return aboutItsJobs.has(name) ? words : `${withoutQueue(title, queue)}: ${words}`
}

const aboutItsJobs: ReadonlySet<string> = new Set<QueueTrouble['class']>(['stuck_queue', 'saturated_queue', 'retry_exhausted', 'failure_burst', 'long_running_job'])

/** The title of an incident about a queue begins with its name, which stands beside it. */
function withoutQueue(title: string, queue: string): string {
  return title.startsWith(queue) ? title.slice(queue.length).replace(/^[:,]?\s+/, '') || title : title
}

type Verdict = Omit<QueueStatus, 'failing' | 'incident'>

function verdictOf(facts: QueueFacts, now: Date): Verdict {
  const { asOf, paused, pausedAt, pausedBy, due, executors } = facts
  if (paused) return { status: 'waiting', diagnosis: 'paused', cause: pausedBy === undefined ? 'paused in the engine' : `paused by ${pausedBy}`, since: pausedAt ?? undefined }
  if (!asOf) return { status: 'unknown', diagnosis: 'not_measured', cause: 'not measured yet' }
  if (ageOfFigures(asOf, now) === 'unknown') return { status: 'unknown', diagnosis: 'not_looked', cause: `not measured for ${ageOf(asOf, now)}`, since: asOf }
  if (due === 0) return { status: 'runnable', diagnosis: 'idle', cause: describeIdle(facts) }
  const since = facts.oldestDueAt ?? undefined
  if (executors === 0) return { status: 'blocked', diagnosis: 'no_executor', cause: `${countOf(due, 'job waits', 'jobs wait')} and no executor is seen`, since }
  if (!isStuck(facts, now)) return { status: 'runnable', diagnosis: 'working', cause: describeFailures(facts) ?? 'moving' }
  const still = latest(facts.oldestDueAt, facts.movedAt ?? null)
  if (facts.saturated) return { status: 'waiting', diagnosis: 'saturated', cause: `every slot is held, nothing started for ${ageOf(still!, now)}`, since: still }
  return { status: 'blocked', diagnosis: 'stuck', cause: `nothing started for ${ageOf(still!, now)}`, since: still }
}

function describeIdle(facts: QueueFacts): string {
  const running = facts.executing ? `${countOf(facts.executing, 'job is', 'jobs are')} running, none waiting` : undefined
  return describeFailures(facts) ?? running ?? (facts.movedLately ? 'moving' : 'quiet')
}

function describeFailures(facts: QueueFacts): string | undefined {
  if (!isFailing(facts)) return undefined
  const usual = facts.usualFailedPerMinute
  return `${perMinute(facts.failedPerMinute!)} fail a minute${usual === null || usual === undefined ? '' : `, usually ${usual < 0.05 ? 'none' : perMinute(usual)}`}`
}

function perMinute(rate: number): string {
  return rate.toFixed(1)
}

function ageOf(since: Date, now: Date): string {
  return duration(Math.max(0, now.getTime() - since.getTime()))
}

function latest(a: Date | null, b: Date | null): Date | undefined {
  return (a && b ? (a > b ? a : b) : (a ?? b)) ?? undefined
}

/** Waits are recorded for first attempts only; a queue that only processes retries is recognized as moving by the jobs that end in it. */
function isStuck({ oldestDueAt, movedLately, measuredMinutes, stuckMinutes }: QueueFacts, now: Date): boolean {
  const minutesAgo = Math.floor(now.getTime() / 60_000) * 60_000 - stuckMinutes * 60_000
  return !movedLately && measuredMinutes >= stuckMinutes - maxUnmeasured && oldestDueAt !== null && oldestDueAt.getTime() < minutesAgo
}

function isFailing({ failures = 0, failedPerMinute, usualFailedPerMinute }: QueueFacts): boolean {
  return failures >= minFailures && (failedPerMinute ?? 0) > unusualFactor * (usualFailedPerMinute ?? 0)
}
