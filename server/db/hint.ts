import { sql } from 'kysely'
import { type Database, type Em, query } from './database.ts'

/** The channel of one schema's hints, so that two installations in one database do not wake each other. */
export function hintChannel(schema: string): string {
  return `ops_powertools_${schema}`.slice(0, 63)
}

/**
 * Says that something changed. Sent by PostgreSQL when the transaction commits, and not if it does not.
 * A hint only wakes: nothing depends on its arrival.
 */
export async function hint(db: Database, em: Em, topic: string, subject?: { type: string; id: string }): Promise<void> {
  await query(em, sql`select pg_notify(${hintChannel(db.schema)}, ${JSON.stringify({ topic, subject })})`)
}
