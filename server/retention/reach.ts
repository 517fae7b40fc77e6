import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { RetentionKind } from '../host/retention.ts'
import type { Scope } from '../operations/scope.ts'

/** What is older than this is gone from a table. */
export interface Reach {
  /** Rows from here on are all there; null: nothing was ever deleted for its age. */
  from: Date | null
  /** Whether the older rows lie in archives. */
  archived: boolean
}

/** How far back a kind of record reaches: by the setting of today, and by what has been archived under earlier settings. */
export async function findReach({ kit, em, now }: Pick<Scope, 'kit' | 'em' | 'now'>, kind: RetentionKind): Promise<Reach> {
  const [row] = await query(em, sql<{ to_at: string | null }>`select max(to_at)::text as to_at from ${kit.db.table('archive')} where kind = ${kind}`)
  const days = kit.retention.days[kind]
  const archivedTo = row?.to_at ? new Date(row.to_at) : null
  const keptFrom = days === null || kind === 'audit' ? null : new Date(now.getTime() - days * 86_400_000)
  const from = archivedTo && keptFrom ? new Date(Math.max(archivedTo.getTime(), keptFrom.getTime())) : (archivedTo ?? keptFrom)
  return { from, archived: archivedTo !== null }
}
