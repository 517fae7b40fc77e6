import { sqlState } from './sqlstate.ts'

/** What a database that answers may still refuse: every change. */
export type WriteFault = 'read_only' | 'no_room'

const faults: Record<string, WriteFault> = {
  [sqlState.readOnlyTransaction]: 'read_only',
  [sqlState.diskFull]: 'no_room',
  [sqlState.outOfMemory]: 'no_room',
  [sqlState.configurationLimitExceeded]: 'no_room',
  [sqlState.ioError]: 'no_room',
}

/** What the error of a refused change says about the database. */
export function writeFaultOf(code: string | undefined): WriteFault | undefined {
  return code === undefined ? undefined : faults[code]
}

/** So long a failure counts if nothing was written since. The background loops write more often. */
const countsForMs = 60_000

const writing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Remembers how the last changes of this process ended, so that readiness need not change anything to know. */
export class WriteHealth {
  #failure: { fault: WriteFault; at: number } | undefined

  succeeded(command: string | undefined): void {
    if (!this.#failure || command === undefined) return
    // A full database still updates rows in place.
    if (this.#failure.fault === 'no_room' ? command === 'INSERT' : writing.has(command)) this.#failure = undefined
  }

  failed(code: string | undefined): void {
    const fault = writeFaultOf(code)
    if (fault) this.#failure = { fault, at: performance.now() }
  }

  /** Undefined: as far as is known, changes are taken. */
  get fault(): WriteFault | undefined {
    return this.#failure && performance.now() - this.#failure.at < countsForMs ? this.#failure.fault : undefined
  }
}
