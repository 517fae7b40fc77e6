import { sqlState } from './sqlstate.ts'

/** Why a database that answers refuses every write. */
export type WriteFault = 'read_only' | 'no_room'

const faults: Record<string, WriteFault> = {
  [sqlState.readOnlyTransaction]: 'read_only',
  [sqlState.diskFull]: 'no_room',
  [sqlState.outOfMemory]: 'no_room',
  [sqlState.configurationLimitExceeded]: 'no_room',
  [sqlState.ioError]: 'no_room',
}

/** The fault that the SQLSTATE code of a failed write points to. */
export function writeFaultOf(code: string | undefined): WriteFault | undefined {
  return code === undefined ? undefined : faults[code]
}

/** How long a failure counts if nothing has been written since. The background loops write more often than that. */
const failureTtlMs = 60_000

const writeCommands = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Remembers how this process's latest writes ended, so that the readiness check need not write anything itself. */
export class WriteHealth {
  #failure: { fault: WriteFault; at: number } | undefined

  succeeded(command: string | undefined): void {
    if (!this.#failure || command === undefined) return
    // A database that is out of space can still update rows in place.
    if (this.#failure.fault === 'no_room' ? command === 'INSERT' : writeCommands.has(command)) this.#failure = undefined
  }

  failed(code: string | undefined): void {
    const fault = writeFaultOf(code)
    if (fault) this.#failure = { fault, at: performance.now() }
  }

  /** Undefined: as far as is known, writes succeed. */
  get fault(): WriteFault | undefined {
    return this.#failure && performance.now() - this.#failure.at < failureTtlMs ? this.#failure.fault : undefined
  }
}
