import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'
import type { Engine, EngineCheck, SeenJob } from './engine.ts'

/** Limits of an engine's calls, in milliseconds. */
export interface EngineTimeouts {
  /** Of a read, and of a change of one thing. Default 4000, so that whoever waits has an answer within five seconds. */
  callMs?: number
  /** What each job adds to the limit of a call that changes many. Default 15. */
  perJobMs?: number
}

/** So many calls may be without an answer after their time; then the next ones are refused at once. */
const maxLate = 8
/** One call in so long is let through all the same: what never answers must not keep us from noticing that the engine does again. */
const probeEveryMs = 15_000

/** Where each method takes the transaction that it may have to join. */
const transactionAt: Readonly<Partial<Record<keyof Engine, number>>> = {
  enqueue: 1,
  find: 1,
  cancel: 1,
  read: 1,
  act: 2,
  readQueue: 1,
  pauseQueue: 1,
  resumeQueue: 1,
  scaleQueue: 2,
}

/** What `doctor` waits for may need to listen for a while. */
const adviseMs = 20_000

/** Pure, or limited by whoever calls it. */
const unlimited: ReadonlySet<string> = new Set<keyof Engine>(['becomes', 'refuses', 'measure'])

/**
 * An engine whose calls end. Where its store hangs, e.g. because a table is locked, whoever waits gets an error, and calls
 * that nobody waits for any more do not take up the connections that the host's workers need. What joins a transaction of
 * ours ends with that.
 */
export function engineWithTimeouts(engine: Engine, { callMs = 4_000, perJobMs = 15 }: EngineTimeouts = {}): Engine {
  const late = new Set<object>()
  let probedAt = -probeEveryMs

  async function inTime(work: () => Promise<unknown>, ms: number): Promise<unknown> {
    if (late.size >= maxLate) {
      if (performance.now() - probedAt < probeEveryMs) throw away()
      probedAt = performance.now()
    }
    const call = {}
    const begun = work().finally(() => late.delete(call))
    const answer = await withTimeout(begun, ms, () => {
      late.add(call)
      return away()
    })
    if (late.size >= maxLate) late.clear()
    return answer
  }

  // Around nothing, because a host may have frozen its engine, and what is frozen cannot be answered for.
  return new Proxy({} as Engine, {
    has: (_nothing, key) => key in engine,
    get(_nothing, key) {
      const value: unknown = Reflect.get(engine, key)
      if (typeof value !== 'function') return value
      const call = (...given: unknown[]): unknown => Reflect.apply(value, engine, given)
      if (unlimited.has(String(key))) return call
      const place = transactionAt[key as keyof Engine]
      return (...given: unknown[]) => {
        if (engine.transactional && place !== undefined && given[place] !== undefined) return call(...given)
        const jobs = key === 'act' ? (given[1] as SeenJob[]).length : key === 'cancel' ? (given[0] as unknown[]).length : 0
        const answer = inTime(async () => call(...given), key === 'advise' ? Math.max(callMs, adviseMs) : callMs + jobs * perJobMs)
        return key === 'check' ? answer.catch(silent) : answer
      }
    },
  })
}

/** A check says what it found and does not throw. */
function silent(): EngineCheck {
  return { ok: false, detail: 'The engine does not answer.' }
}

function away(): OpsError {
  return new OpsError('unavailable', 'The job engine does not answer at the moment; try again.')
}
