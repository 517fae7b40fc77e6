import pg from 'pg'
import { endConnection } from '../db/silence.ts'
import { hintChannel, type PublishedHint } from '../db/hint.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../host/log.ts'
import type { Hub } from './hub.ts'

const retryMs = 1_000

/**
 * One LISTEN connection for the whole process. While it is away nothing is lost: when it is back, everybody is told
 * to read again.
 */
export function listenForHints(db: Database, hub: Hub, log: Log): { ready: Promise<void>; stop(): Promise<void> } {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let connectedBefore = false

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: db.url, application_name: 'ops-powertools live', keepAlive: true, connectionTimeoutMillis: 3_000, query_timeout: 5_000 })
    client = next
    next.on('notification', ({ payload }) => publish(hub, payload))
    next.on('error', () => again(next))
    next.on('end', () => again(next))
    try {
      await next.connect()
      await next.query(`listen ${next.escapeIdentifier(hintChannel(db.schema))}`)
      hub.connected = true
      if (connectedBefore) hub.publish({ topic: 'reset' })
      connectedBefore = true
    } catch (error) {
      if (connectedBefore) log.warn('live hints are away, trying again', { error: error instanceof Error ? error.name : 'unknown' })
      again(next)
    }
  }

  const again = (failed: pg.Client): void => {
    if (stopped || failed !== client) return
    client = undefined
    hub.connected = false
    hub.close()
    failed.removeAllListeners('notification')
    void endConnection(failed)
    timer = setTimeout(connect, retryMs)
  }

  // Settled after the first attempt, however it went.
  const ready = connect()
  return {
    ready,
    async stop() {
      stopped = true
      clearTimeout(timer)
      if (client) await endConnection(client)
    },
  }
}

function publish(hub: Hub, payload = ''): void {
  try {
    const { topic, ...rest } = JSON.parse(payload) as Partial<PublishedHint>
    if (typeof topic === 'string') hub.publish({ topic, ...rest }, payload.length)
  } catch {
    // somebody else's notification on our channel
  }
}
