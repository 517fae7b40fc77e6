import type { JobState } from '../../../schemas/index.ts'
import type { EngineAttempt, EngineJob, FoundJob } from '../engine.ts'
import { dateAt } from '../date.ts'
import { parseExact } from '../exact-json.ts'
import { type BullRecord, type BullTimes, type BullType, publicId } from './queue.ts'

/** A stored job with the set it was found in. */
export interface StoredJob {
  queue: string
  /** BullMQ's own name of the state; for the set `wait` that is `waiting`. */
  state: string
  record: BullRecord
  /** When a delayed job is due; its record has this only for the first attempt. */
  dueAt?: number
}

const canonicalStates: Record<string, JobState> = {
  active: 'executing',
  waiting: 'available',
  paused: 'available',
  prioritized: 'available',
  'waiting-children': 'scheduled',
  completed: 'completed',
  failed: 'discarded',
}

/** A delayed job that has already been attempted is waiting for its next attempt. */
export function canonicalState(state: string, { attemptsMade }: Pick<BullTimes, 'attemptsMade'>): JobState {
  if (state === 'delayed') return attemptsMade > 0 ? 'retryable' : 'scheduled'
  return canonicalStates[state] ?? 'available'
}

export function typesOf(states: JobState[] | undefined): BullType[] {
  const types: Record<JobState, BullType[]> = {
    executing: ['active'],
    available: ['wait', 'prioritized'],
    scheduled: ['delayed', 'waiting-children'],
    retryable: ['delayed'],
    discarded: ['failed'],
    completed: ['completed'],
    cancelled: [],
  }
  return [...new Set((states ?? (Object.keys(types) as JobState[])).flatMap((state) => types[state]))]
}

export function versionOf(state: string, { attemptsMade, attemptsStarted, delay, processedOn, finishedOn }: BullTimes): string {
  return [state, attemptsStarted, attemptsMade, delay ?? 0, processedOn ?? '', finishedOn ?? ''].join('.')
}

export function asEngineJob({ queue, state, record, dueAt }: StoredJob): EngineJob {
  return {
    ...asFoundJob({ queue, state, record }),
    version: versionOf(state, record),
    worker: record.name,
    tags: [],
    args: parseText(record.data),
    attempt: record.attemptsStarted,
    maxAttempts: Math.max(1, record.opts.attempts ?? 1),
    priority: record.priority || undefined,
    createdAt: dateAt(record.timestamp),
    dueAt: asDate(dueAt ?? firstDue(record)),
    error: record.failedReason || undefined,
    ...errorPartsOf(record),
    executor: record.processedBy || undefined,
  }
}

export function asFoundJob({ queue, state, record }: StoredJob): FoundJob {
  return {
    id: publicId(queue, record.id),
    queue,
    state: canonicalState(state, record),
    engineState: state,
    startedAt: asDate(record.processedOn),
    finishedAt: asDate(record.finishedOn),
  }
}

/** Only for the first attempt; later BullMQ overwrites `delay` with the back-off before the next one. */
export function firstDue({ attemptsMade, timestamp, opts }: BullRecord): number | undefined {
  return attemptsMade ? undefined : timestamp + (opts.delay ?? 0)
}

/**
 * BullMQ keeps the stack traces of the latest `stackTraceLimit` failed attempts, and the times of the latest attempt only.
 * Missing values are left out rather than guessed.
 */
export function attemptsOf({ state, record }: StoredJob): EngineAttempt[] {
  const { attemptsMade, attemptsStarted } = record
  const running = state === 'active' ? 1 : 0
  const done = state === 'completed' ? 1 : 0
  const failed = Math.max(0, attemptsMade - done)
  const traces = tracesOf(record)
  const total = Math.max(attemptsStarted, failed + done + running)
  return Array.from({ length: total }, (_, index) => {
    const number = index + 1
    const last = number === total
    const trace = number <= failed ? traces[traces.length - failed + index] : undefined
    return {
      number,
      outcome: last && running ? 'executing' : last && done ? 'completed' : number <= failed ? 'failed' : 'unknown',
      ...(last && timesOf(record)),
      error: trace ?? (last && number <= failed ? record.failedReason || undefined : undefined),
    }
  })
}

/** The newest stack, and the name that stands before the message in it. */
export function errorPartsOf(record: BullRecord): Pick<EngineJob, 'errorName' | 'errorStack'> {
  const { failedReason } = record
  const stack = failedReason ? tracesOf(record).at(-1)?.slice(0, maxStack) : undefined
  const name = stack?.slice(0, stack.indexOf(':'))
  const named = name !== undefined && /^[A-Z][\w$.]{0,79}$/.test(name) && stack!.startsWith(`${name}: ${failedReason!.slice(0, 200)}`)
  return { errorName: named ? name : undefined, errorStack: stack }
}

const maxStack = 8_192

function timesOf({ processedOn, finishedOn, processedBy }: BullRecord): Partial<EngineAttempt> {
  return { startedAt: asDate(processedOn), endedAt: asDate(finishedOn), executor: processedBy || undefined }
}

function tracesOf({ stacktrace }: BullRecord): string[] {
  const traces = parseText(stacktrace ?? '[]')
  return Array.isArray(traces) ? traces.map(String) : []
}

/** Text that is not JSON is returned as it is. */
export function parseText(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return text
  }
}

export function asDate(milliseconds: number | undefined): Date | undefined {
  return milliseconds ? dateAt(milliseconds) : undefined
}
