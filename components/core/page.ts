import type { Session } from '../../schemas/actor.ts'
import type { Live } from './live.ts'
import type { Shared } from './shared.ts'

/** One session and one live stream for each API that is used on the page. */
export interface Line {
  readonly session: Shared<Session>
  readonly live: Live
}

/** What all copies of this package on one page share, whatever their versions. */
interface Page {
  /** The versions of the copies, in the order in which they were loaded. */
  readonly versions: string[]
  /** By the host's `fetch` (or this object, if the page's own is used) and the URL of the API. */
  readonly lines: WeakMap<object, Record<string, Line>>
  /** How far the server's clock is ahead of this machine's, in milliseconds. */
  ahead: number
}

/** Found by a global symbol. A copy that shares something else than this has another number, and shares nothing with this one. */
const key = Symbol.for('ops-powertools.page.1')

const holder = globalThis as { [key]?: Page }

export const page: Page = (holder[key] ??= { versions: [], lines: new WeakMap(), ahead: 0 })
