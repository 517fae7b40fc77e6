import { sql } from 'kysely'
import type { LiveHint, Principal } from '../../schemas/index.ts'
import type { Resource } from '../host/auth.ts'
import { type Database, query } from './database.ts'

/** One channel per schema, so that two installations in one database do not wake each other. */
export function hintChannel(schema: string): string {
  return `ops_powertools_${schema}`.slice(0, 63)
}

/** How long hints of requests are collected before they are sent together. */
const debounceMs = 40

/** A hint in transit, with everything needed to authorize each listener before its subject is revealed. */
export interface PublishedHint extends LiveHint {
  resource?: Omit<Resource, 'type' | 'id'>
  /** A subject that is not revealed to listeners: only those who may see it receive the hint at all. */
  about?: LiveHint['subject']
  /** Who caused the event that it is about; not revealed to listeners. */
  actor?: Pick<Principal, 'type' | 'id'>
  /** Queues with changes: the hint is for everyone who may see at least one of them. */
  queues?: string[]
  /** Queues of one bulk run: the hint is for everyone who may see all of them. */
  allQueues?: string[]
}

/** How many queue names fit into one notification. */
const maxQueues = 50

/** Hints that these queues have changed: one, or several where there are too many queues for one notification. */
export function queueHints(topic: string, queues: string[]): PublishedHint[] {
  const parts = Math.ceil(queues.length / maxQueues)
  return Array.from({ length: parts }, (_, part) => ({ topic, queues: queues.slice(part * maxQueues, (part + 1) * maxQueues) }))
}

/** PostgreSQL rejects payloads of 8,000 bytes and more, and with one of them the whole statement. */
const maxBytes = 4_000

/** A hint that is too long is reduced to its queues, or to its topic alone. */
export function payloadOf({ topic, subject, about, resource, actor, queues, allQueues }: PublishedHint): string {
  const { queue, worker, tags } = resource ?? {}
  const payload = JSON.stringify({ topic, subject, about, resource: resource && { queue, worker, tags }, actor: actor && { type: actor.type, id: actor.id }, queues, allQueues })
  if (Buffer.byteLength(payload) <= maxBytes) return payload
  if (allQueues) return JSON.stringify({ topic, queues: allQueues.slice(0, maxQueues).map((name) => name.slice(0, 60)) })
  return queue === undefined ? JSON.stringify({ topic }) : JSON.stringify({ topic, queues: [queue] })
}

/** Says that the engine was measured at this time; no reader needs to read anything again for it. */
export function beatPayload(measuredAt: Date): string {
  return JSON.stringify({ measuredAt: measuredAt.toISOString() })
}

export interface HintSender {
  /** Call it after the commit. Nothing depends on a hint's arrival. */
  publish(hint: PublishedHint): void
  /** Sends the hints collected so far. */
  flush(): Promise<void>
}

/**
 * For requests: hints are collected and sent in batches after the response. A transaction that notifies takes a database-wide
 * lock while it commits, so notifying inside the transaction would serialize all changes.
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
    try {
      await query(db.em(), send)
    } catch {
      // A listener that misses a hint refetches when its stream reconnects.
    }
  }
  return {
    publish(hint) {
      held.add(payloadOf(hint))
      timer ??= setTimeout(flush, debounceMs)
    },
    flush,
  }
}
