import { sql } from 'kysely'
import type { LiveHint } from '../../schemas/index.ts'
import type { Resource } from '../host/auth.ts'
import { type Database, query } from './database.ts'

/** The channel of one schema's hints, so that two installations in one database do not wake each other. */
export function hintChannel(schema: string): string {
  return `ops_powertools_${schema}`.slice(0, 63)
}

const pauseMs = 40

/** A hint on its way: with what the host is asked before anybody hears which subject it is about. */
export interface PublishedHint extends LiveHint {
  resource?: Omit<Resource, 'type' | 'id'>
  /** What it is about where the listener is not told: only whoever may see this hears of it at all. */
  about?: LiveHint['subject']
  /** Queues in which something moved: it is for whoever may see one of them. */
  queues?: string[]
  /** Queues of one bulk run: it is for whoever may see each of them. */
  allQueues?: string[]
}

/** As much of the names as one notification can carry. */
const maxQueues = 50

/** The hint that something moved in these queues; several, where there are many. */
export function hintsOfQueues(topic: string, queues: string[]): PublishedHint[] {
  const parts = Math.ceil(queues.length / maxQueues)
  return Array.from({ length: parts }, (_, part) => ({ topic, queues: queues.slice(part * maxQueues, (part + 1) * maxQueues) }))
}

/** PostgreSQL refuses a payload of 8,000 bytes, and with it all that are sent together. */
const maxBytes = 4_000

/** What is too long to be sent is cut down to the queue it is about, or becomes a hint about the topic alone. */
export function payloadOf({ topic, subject, about, resource, queues, allQueues }: PublishedHint): string {
  const { queue, worker, tags } = resource ?? {}
  const payload = JSON.stringify({ topic, subject, about, resource: resource && { queue, worker, tags }, queues, allQueues })
  if (Buffer.byteLength(payload) <= maxBytes) return payload
  if (allQueues) return JSON.stringify({ topic, queues: allQueues.slice(0, maxQueues).map((name) => name.slice(0, 60)) })
  return queue === undefined ? JSON.stringify({ topic }) : JSON.stringify({ topic, queues: [queue] })
}

export interface HintSender {
  /** To be called after the commit. Nothing depends on a hint's arrival. */
  publish(hint: PublishedHint): void
  /** Sends what is still held back. */
  flush(): Promise<void>
}

/**
 * For requests: hints are sent behind the answer, a handful at a time. A transaction that notifies holds one lock for
 * the whole database while it commits, so notifying from inside would make every change wait for every other.
 */
export function openHints(db: Database): HintSender {
  let held = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const payloads = [...held]
    held = new Set()
    if (!payloads.length) return
    const send = sql`select pg_notify(${hintChannel(db.schema)}, payload) from unnest(${payloads}::text[]) as payload`
    // Whoever misses it reads again when its stream comes back.
    try {
      await query(db.em(), send)
    } catch {
      // see above
    }
  }
  return {
    publish(given) {
      held.add(payloadOf(given))
      timer ??= setTimeout(flush, pauseMs)
    },
    flush,
  }
}
