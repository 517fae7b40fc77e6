import type pg from 'pg'
import { endConnection } from '../db/silence.ts'
import { hintChannel } from '../db/hint.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../host/log.ts'
import type { Hub } from './hub.ts'
import { describeDeafness, hears, openListener } from './proof.ts'
import { openPublisher } from './publish.ts'

const retryMs = 1_000
/** Only a change of the setup helps, so there is no hurry. */
const deafRetryMs = 10_000

/**
 * One LISTEN connection for the whole process. Nothing is lost while it is down: once it is back, a `reset` tells all
 * readers to read again.
 */
export function listenForHints(db: Database, hub: Hub, log: Log, mark?: () => Promise<string | undefined>): { ready: Promise<void>; stop(): Promise<void> } {
  const publish = openPublisher(hub, mark)
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let connectedBefore = false
  let reportedDeaf = false

  const connect = async (): Promise<void> => {
    const next = openListener(db)
    client = next
    next.on('error', () => reconnect(next))
    next.on('end', () => reconnect(next))
    try {
      await next.connect()
      if (!(await hears(next, db))) return reportDeafness(next)
      next.on('notification', ({ payload }) => publish(payload))
      await next.query(`listen ${next.escapeIdentifier(hintChannel(db.schema))}`)
      hub.connected = true
      if (connectedBefore) hub.publish({ topic: 'reset' })
      connectedBefore = true
    } catch (error) {
      if (connectedBefore) log.warn('lost the connection for live hints, trying again', { error: error instanceof Error ? error.name : 'unknown' })
      reconnect(next)
    }
  }

  const reportDeafness = (deaf: pg.Client): void => {
    if (!reportedDeaf && !stopped) log.error(`there are no live updates, so pages poll: ${describeDeafness(db)}`)
    reportedDeaf = true
    reconnect(deaf, deafRetryMs)
  }

  const reconnect = (failed: pg.Client, afterMs = retryMs): void => {
    if (stopped || failed !== client) return
    client = undefined
    hub.connected = false
    hub.close()
    failed.removeAllListeners('notification')
    void endConnection(failed)
    timer = setTimeout(connect, afterMs)
  }

  // Settles after the first attempt, successful or not.
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
