import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'
import type { Engine, EngineCheck, SeenJob } from './engine.ts'

/** Timeouts of engine calls, in milliseconds. */
export interface EngineTimeouts {
  /** For a read, and for a change of one subject. Default 4000, so that the caller has an answer within five seconds. */
  callMs?: number
  /** What each job adds to the timeout of a call that changes many. Default 15. */
  perJobMs?: number
}

/** When this many timed-out calls are still unanswered, further calls are refused at once. */
const maxLate = 8
/** Even then one call per interval is let through, so that we notice when the engine answers again. */
const probeIntervalMs = 15_000

/** Position of the transaction parameter of each method that may have to join one. */
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

/** `advise`, which `doctor` calls, may have to listen for a while. */
const adviseMs = 20_000

/** Methods that are pure, or whose caller sets a timeout. */
const withoutTimeout: ReadonlySet<string> = new Set<keyof Engine>(['becomes', 'refuses', 'measure', 'failures', 'hostLines'])

/**
 * Adds timeouts to an engine's calls. If its store hangs, e.g. because a table is locked, the caller gets an error, and
 * abandoned calls cannot use up the connections that the host's workers need. Calls that join one of our transactions are left
 * alone: they end with the transaction.
 */
export function engineWithTimeouts(engine: Engine, { callMs = 4_000, perJobMs = 15 }: EngineTimeouts = {}): Engine {
  const late = new Set<object>()
  let probedAt = -probeIntervalMs

  async function callWithTimeout(work: () => Promise<unknown>, ms: number): Promise<unknown> {
    if (late.size >= maxLate) {
      if (performance.now() - probedAt < probeIntervalMs) throw engineUnavailable()
      probedAt = performance.now()
    }
    const call = {}
    const running = work().finally(() => late.delete(call))
    const answer = await withTimeout(running, ms, () => {
      late.add(call)
      return engineUnavailable()
    })
    if (late.size >= maxLate) late.clear()
    return answer
  }

  // The proxy's target is an empty object, because the host may have frozen its engine, and a proxy must return a frozen
  // target's own properties unchanged.
  return new Proxy({} as Engine, {
    has: (_target, key) => key in engine,
    get(_target, key) {
      const value: unknown = Reflect.get(engine, key)
      if (typeof value !== 'function') return value
      const call = (...args: unknown[]): unknown => Reflect.apply(value, engine, args)
      if (withoutTimeout.has(String(key))) return call
      const position = transactionAt[key as keyof Engine]
      return (...args: unknown[]) => {
        if (engine.transactional && position !== undefined && args[position] !== undefined) return call(...args)
        const jobs = key === 'act' ? (args[1] as SeenJob[]).length : key === 'cancel' ? (args[0] as unknown[]).length : 0
        const answer = callWithTimeout(async () => call(...args), key === 'advise' ? Math.max(callMs, adviseMs) : callMs + jobs * perJobMs)
        return key === 'check' ? answer.catch(failedCheck) : answer
      }
    },
  })
}

/** `check` reports a failure in its result and never throws. */
function failedCheck(): EngineCheck {
  return { ok: false, detail: 'The engine does not answer.' }
}

function engineUnavailable(): OpsError {
  return new OpsError('unavailable', 'The job engine does not answer at the moment; try again.')
}
