import { sql } from 'kysely'
import { causesOf, codeOf, isUnavailable } from '../describe-failure.ts'
import { withTimeout } from '../timeout.ts'
import { type Em, query } from './query.ts'
import { sqlState } from './sqlstate.ts'

/** A place in PostgreSQL's log of changes, as 16 hexadecimal digits, so that positions compare like texts. */
export type WalPosition = string

/** Where one request reads. `asOf`: everything that was committed by then is included. */
export interface ReplicaRead {
  em: Em
  asOf: Date
}

/** Why a request reads from the primary after all. */
export type NotFromReplica = 'away' | 'behind' | 'not a standby' | 'lacks your change'

export interface ReplicaOptions {
  /** A unit of work on either server. */
  primary(): Em
  replica(): Em
  now(): Date
  /** A replica that is further behind is not read. */
  maxLagMs: number
  report(level: 'info' | 'warn', message: string, facts?: Record<string, unknown>): void
}

const lookEveryMs = 1_000
const lookTimeoutMs = 1_000
/** How long a request waits for the replica to have its reader's own change. */
const maxWaitMs = 500
const pollMs = 15
/** A replica that failed is tried again after this long, and no request waits for that. */
const restMs = 5_000

/** How far the primary had written at some instant: everything committed by `at` is before `position`. */
export interface WalMark {
  position: WalPosition
  at: Date
}

interface Sample extends WalMark {
  /** By the monotonic clock. */
  seenMs: number
}

/**
 * A streaming replica for reads that may be a little old. How old they are is not taken from the replica's own statistics, which are
 * silent about a stream that is interrupted: the primary's position is recorded once a second, and the replica is as of the newest
 * recorded position that it has replayed. Only requests cause this; without any, nothing is asked.
 */
export class Replica {
  /** The last reason for not using it; undefined: it is used. */
  trouble: NotFromReplica | undefined
  readonly #options: ReplicaOptions
  #samples: Sample[] = []
  #replayed: WalPosition = ''
  #lookedMs = -Infinity
  #restUntilMs = -Infinity
  #looking: Promise<void> | undefined

  constructor(options: ReplicaOptions) {
    this.#options = options
  }

  /** The replica, if it is recent enough and has everything up to `after`; otherwise the reason. */
  async choose(after?: WalMark): Promise<ReplicaRead | NotFromReplica> {
    const resting = performance.now() < this.#restUntilMs
    if (!resting && performance.now() - this.#lookedMs > lookEveryMs) {
      const look = this.#look()
      // After a failure, requests do not wait for the next attempt.
      if (this.trouble !== 'away') await look
    }
    if (this.trouble) return this.trouble
    const sample = this.#caughtUp()
    if (!sample) {
      this.#became('behind')
      return 'behind'
    }
    if (after && after.position > this.#replayed && !(await this.#waitFor(after.position, sample))) return 'lacks your change'
    const { at } = this.#caughtUp() ?? sample
    return { em: this.#options.replica(), asOf: after && after.at > at ? after.at : at }
  }

  /** How far the primary has written. */
  async mark(): Promise<WalMark> {
    const { primary, now } = this.#options
    // The time before the question: everything committed by then is before the position.
    const at = now()
    const [row] = await query(primary(), sql<{ lsn: string }>`select pg_current_wal_insert_lsn()::text as lsn`)
    return { position: positionOf(row!.lsn), at }
  }

  /** How far the replica is behind, for `doctor`. `ageMs` is undefined if it is not read. */
  async findLag(): Promise<{ ageMs?: number; bytes: bigint }> {
    await this.#look()
    const sample = this.trouble ? undefined : this.#caughtUp()
    const [newest] = this.#samples
    const bytes = newest && this.#replayed ? BigInt(`0x${newest.position}`) - BigInt(`0x${this.#replayed}`) : 0n
    return { ageMs: sample && performance.now() - sample.seenMs, bytes: bytes > 0n ? bytes : 0n }
  }

  /** Whether this failure is the replica's, so that the primary may succeed. If so, the replica is left alone for a while. */
  blame(error: unknown): boolean {
    const code = codeOf(error) ?? ''
    // It took too long, and would take as long on the primary.
    if (code === sqlState.queryCanceled) return false
    // A statement that conflicts with replay, and a table that a migration has not brought to the replica yet.
    const own = isUnavailable(error) || code === sqlState.serializationFailure || code === sqlState.undefinedTable || code === sqlState.undefinedColumn
    if (own && isUnavailable(error)) this.#failed(error)
    return own
  }

  #look(): Promise<void> {
    return (this.#looking ??= this.#lookNow().finally(() => (this.#looking = undefined)))
  }

  async #lookNow(): Promise<void> {
    this.#lookedMs = performance.now()
    try {
      await this.#sample()
      await this.#readReplayed()
      // Under load the primary is always a moment ahead; without an older sample only a moment's wait shows whether it is more.
      for (const end = performance.now() + maxWaitMs; !this.#caughtUp() && this.trouble !== 'behind' && performance.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, pollMs))
        await this.#readReplayed()
      }
      this.#became(this.#caughtUp() ? undefined : 'behind')
    } catch (error) {
      if (error instanceof NotAStandby) this.#became('not a standby')
      else this.#failed(error)
    }
  }

  /** If the primary does not answer, the replica is as of the samples so far. */
  async #sample(): Promise<void> {
    const seenMs = performance.now()
    const mark = await withTimeout(this.mark(), lookTimeoutMs, () => new Error('The primary does not answer.')).catch(() => undefined)
    if (mark) this.#samples.unshift({ ...mark, seenMs })
    this.#samples = this.#samples.filter((sample) => seenMs - sample.seenMs <= this.#options.maxLagMs)
  }

  async #readReplayed(): Promise<void> {
    const statement = sql<{ standby: boolean; lsn: string | null }>`select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as lsn`
    const asked = query(this.#options.replica(), statement)
    const [row] = await withTimeout(asked, lookTimeoutMs, () => Object.assign(new Error('The replica does not answer.'), { code: 'ETIMEDOUT' }))
    if (!row!.standby || row!.lsn === null) throw new NotAStandby()
    this.#replayed = positionOf(row!.lsn)
  }

  /** The newest sample that the replica has replayed, unless that is too long ago. */
  #caughtUp(): Sample | undefined {
    const oldest = performance.now() - this.#options.maxLagMs
    return this.#samples.find(({ position, seenMs }) => position <= this.#replayed && seenMs >= oldest)
  }

  async #waitFor(after: WalPosition, { seenMs }: Sample): Promise<boolean> {
    // A replica that is behind by more than we would wait is not waited for.
    if (performance.now() - seenMs > lookEveryMs + maxWaitMs) return false
    for (const end = performance.now() + maxWaitMs; performance.now() < end; ) {
      try {
        await this.#readReplayed()
      } catch (error) {
        this.#failed(error)
        return false
      }
      if (after <= this.#replayed) return true
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
    return false
  }

  #failed(error: unknown): void {
    this.#restUntilMs = performance.now() + restMs
    this.#became('away', { reason: String(causesOf(error).at(-1)?.message ?? error).slice(0, 200) })
  }

  #became(trouble: NotFromReplica | undefined, facts?: Record<string, unknown>): void {
    if (trouble === this.trouble) return
    this.trouble = trouble
    if (trouble) this.#options.report('warn', `the replica at database.readUrl is ${trouble}; reading from the primary`, facts)
    else this.#options.report('info', 'reading from the replica at database.readUrl again')
  }
}

class NotAStandby extends Error {}

/** From PostgreSQL's `16/B374D848`. */
export function positionOf(lsn: string): WalPosition {
  const [high = '', low = ''] = lsn.split('/')
  return high.padStart(8, '0') + low.padStart(8, '0')
}
