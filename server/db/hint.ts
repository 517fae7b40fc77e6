import { sql } from 'kysely'
import type { LiveHint } from '../../schemas/index.ts'
import { type Database, type Em, query } from './database.ts'

/** The channel of one schema's hints, so that two installations in one database do not wake each other. */
export function hintChannel(schema: string): string {
  return `ops_powertools_${schema}`.slice(0, 63)
}

/** For work in the background: sent by PostgreSQL when the transaction commits, and not if it does not. */
export async function hint(db: Database, em: Em, topic: string, subject?: LiveHint['subject']): Promise<void> {
  await query(em, sql`select pg_notify(${hintChannel(db.schema)}, ${JSON.stringify({ topic, subject })})`)
}

const pauseMilliseconds = 40

export interface HintSender {
  /** To be called after the commit. Nothing depends on a hint's arrival. */
  tell(hint: LiveHint): void
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
    tell(told) {
      held.add(JSON.stringify(told))
      timer ??= setTimeout(flush, pauseMilliseconds)
    },
    flush,
  }
}
