import type { Engine } from './engine.ts'
import { OpsError } from '../error.ts'

/** What a person waits for. Changes and whole selections take their time and are not given up. */
const reads: ReadonlySet<string> = new Set<keyof Engine>(['list', 'count', 'hints', 'read', 'detail', 'readQueue', 'check'])

/** So many reads may be without an answer after their time; then the next ones are refused at once. */
const maxLate = 8

/**
 * An engine whose reads end. Where its store is there and says nothing, e.g. because its table is locked, those who wait are
 * told so, and the connections that the host's workers need are not taken up by more and more of them.
 */
export function engineWithTimeouts(engine: Engine, timeoutMs = 20_000): Engine {
  let late = 0

  async function inTime(work: () => Promise<unknown>): Promise<unknown> {
    if (late >= maxLate) throw away()
    let timer: NodeJS.Timeout | undefined
    let givenUp = false
    const begun = work().finally(() => {
      clearTimeout(timer)
      if (givenUp) late -= 1
    })
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        givenUp = true
        late += 1
        reject(away())
      }, timeoutMs)
    })
    return Promise.race([begun, tooLate])
  }

  // Around nothing, because a host may have frozen its engine, and what is frozen cannot be answered for.
  return new Proxy({} as Engine, {
    has: (_nothing, key) => key in engine,
    get(_nothing, key) {
      const value: unknown = Reflect.get(engine, key)
      if (typeof value !== 'function') return value
      const call = (...given: unknown[]): unknown => Reflect.apply(value, engine, given)
      if (!reads.has(String(key))) return call
      // What reads inside our transaction ends with it.
      return (...given: unknown[]) => (key === 'read' && given[1] ? call(...given) : answer(key, inTime(async () => call(...given))))
    },
  })
}

/** A check says what it found and does not throw. */
function answer(key: string | symbol, found: Promise<unknown>): Promise<unknown> {
  return key === 'check' ? found.catch(() => ({ ok: false, detail: 'The engine does not answer.' })) : found
}

function away(): OpsError {
  return new OpsError('unavailable', 'The job engine does not answer at the moment; try again.')
}
