import type { JobDetail } from '../../../schemas/job.ts'
import { t } from '../../core/words.ts'
import { lasted } from './lasted.ts'

type Attempt = JobDetail['attempts'][number]
export type Outcome = Attempt['outcome']

/** A stretch of a job's life, in milliseconds of the epoch. */
export type Stretch =
  | { kind: 'waited' | 'retry' | 'unknown'; from: number; to: number; words: string }
  | { kind: 'run'; from: number; to: number; words: string; number: number; outcome: Outcome }

export interface Life {
  from: number
  to: number
  stretches: Stretch[]
}

/** Earlier attempts than these are one stretch. */
const maxRuns = 20
/** Clocks of a database and its workers differ by this much without meaning anything. */
const noiseMs = 500

/**
 * The life of a job as stretches that follow one another: waiting, running, waiting to be retried. Where the engine has kept no
 * times, the stretch is unknown rather than guessed.
 */
export function lifeOf({ createdAt, finishedAt, attempts, runs, state, asOf }: Pick<JobDetail, 'createdAt' | 'finishedAt' | 'attempts' | 'runs' | 'state' | 'asOf'>): Life {
  const from = Date.parse(createdAt)
  const ended = finishedAt === undefined || state === 'retryable' ? undefined : Date.parse(finishedAt)
  const stretches: Stretch[] = []
  let at = from
  let known = 0
  for (const attempt of timed(attempts, runs).slice(-maxRuns)) {
    const end = endOf(attempt, asOf)
    const start = Math.max(at, attempt.startedAt ? Date.parse(attempt.startedAt) : end)
    if (start - at > noiseMs || known < attempt.number - 1) stretches.push(gap(at, start, known, attempt))
    at = Math.max(start, end)
    stretches.push({ kind: 'run', from: start, to: at, number: attempt.number, outcome: attempt.outcome, words: wordsOf(attempt, at - start) })
    known = attempt.number
  }
  const to = Math.max(at, ended ?? Date.parse(asOf))
  if (to - at > noiseMs && state !== 'executing') stretches.push(tail(at, to, known, ended !== undefined))
  return { from, to: Math.max(to, from + 1), stretches }
}

/** The attempts whose times are known, from the engine or else from the executors. A report does not say how the run ended. */
function timed(attempts: Attempt[], runs: JobDetail['runs'] = []): Attempt[] {
  const known = attempts.filter(({ startedAt, endedAt }) => startedAt ?? endedAt)
  const first = Math.min(Infinity, ...known.map(({ number }) => number))
  const reported = runs.filter(({ attempt, endedAt }) => attempt < first && endedAt).map(({ attempt, ...times }): Attempt => ({ number: attempt, outcome: 'unknown', ...times }))
  return [...new Map([...reported, ...known].map((attempt) => [attempt.number, attempt])).values()].toSorted((one, other) => one.number - other.number)
}

function endOf({ startedAt, endedAt, outcome }: Attempt, asOf: string): number {
  return Date.parse(endedAt ?? (outcome === 'executing' ? asOf : startedAt!))
}

function gap(from: number, to: number, known: number, { number, startedAt }: Attempt): Stretch {
  const missing = number - 1 - known
  const took = lasted(to - from)
  if (missing === 1) return { kind: 'unknown', from, to, words: t`attempt ${known + 1}: times not kept` }
  if (missing > 0) return { kind: 'unknown', from, to, words: t`attempts ${known + 1} to ${number - 1}: times not kept` }
  if (!startedAt) return { kind: 'unknown', from, to, words: t`waited and ran ${took}` }
  return known === 0 ? { kind: 'waited', from, to, words: t`waited ${took}` } : { kind: 'retry', from, to, words: t`waited ${took} to retry` }
}

function tail(from: number, to: number, known: number, ended: boolean): Stretch {
  const took = lasted(to - from)
  if (known === 0) return { kind: 'waited', from, to, words: ended ? t`waited ${took}` : t`waits for ${took}` }
  return { kind: 'retry', from, to, words: ended ? t`waited ${took}` : t`waits for ${took} to run again` }
}

function wordsOf({ number, outcome, startedAt }: Attempt, took: number): string {
  if (!startedAt) return t`attempt ${number} ${outcomeWords(outcome)}`
  return outcome === 'executing' ? t`attempt ${number} has been running for ${lasted(took)}` : t`attempt ${number} ${outcomeWords(outcome)} after ${lasted(took)}`
}

export function outcomeWords(outcome: Outcome): string {
  const words: Record<Outcome, string> = { completed: t`completed`, failed: t`failed`, cancelled: t`was cancelled`, executing: t`is running`, unknown: t`ended` }
  return words[outcome]
}
