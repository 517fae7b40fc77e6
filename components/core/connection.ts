import type { Session } from '../../schemas/actor.ts'
import { type Calls, createCalls } from '../../schemas/calls.ts'
import { setClock } from './clock.ts'
import { Live } from './live.ts'
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

const defaultFetch: typeof fetch = (...input) => globalThis.fetch(...input)
const connections = new WeakMap<typeof fetch, Map<string, Connection>>()

/** The connection to this API. All elements on the page that use the same API share it, its session and its live stream. */
export function connect(api: string, send: typeof fetch = defaultFetch): Connection {
  let byApi = connections.get(send)
  if (!byApi) connections.set(send, (byApi = new Map()))
  let connection = byApi.get(api)
  if (!connection) byApi.set(api, (connection = open(api, send)))
  return connection
}

function open(api: string, send: typeof fetch): Connection {
  const client = createCalls({ api, fetch: send })
  return {
    api,
    client,
    live: new Live(client.url('streamLive'), send),
    session: new Shared(async () => {
      const session = await client.getSession()
      setClock(session.asOf)
      return session
    }),
    fetch: send === defaultFetch ? undefined : send,
  }
}
