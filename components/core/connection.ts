import type { Session } from '../../schemas/actor.ts'
import { type Calls, createCalls } from '../../schemas/calls.ts'
import { checked } from './checked.ts'
import { setClock } from './clock.ts'
import { Live } from './live.ts'
import { type Line, page } from './page.ts'
import { StoredChanges } from './stored-changes.ts'
import { Shared } from './shared.ts'

/** Everything an element needs to use one API. */
export interface Connection {
  readonly api: string
  readonly client: Calls
  readonly live: Live
  readonly session: Shared<Session>
  /** The host's own `fetch`, if it supplied one; a plain link would then lack its token. */
  readonly fetch?: typeof fetch
}

/**
 * The connection to this API. All elements on the page that use the same API share it. Other copies of this package on the page share
 * its session and its live stream; each has a client of its own, because versions differ in their endpoints.
 */
export function connect(api: string, send?: typeof fetch): Connection {
  const owner = send ?? page
  let lines = page.lines.get(owner)
  if (!lines) page.lines.set(owner, (lines = {}))
  let connection = lines[api] && connections.get(lines[api])
  if (!connection) {
    const changes = new StoredChanges(api)
    const client = createCalls({ api, fetch: checked(send ?? defaultFetch), changes })
    const line = (lines[api] ??= open(client, send ?? defaultFetch, changes))
    connections.set(line, (connection = { api, client, fetch: send, ...line }))
  }
  return connection
}

const defaultFetch: typeof fetch = (...input) => globalThis.fetch(...input)
const connections = new WeakMap<Line, Connection>()

function open(client: Calls, send: typeof fetch, changes: StoredChanges): Line {
  return {
    live: new Live(client.url('streamLive'), send, changes),
    session: new Shared(async () => {
      const session = await client.getSession()
      setClock(session.asOf)
      return session
    }),
  }
}
