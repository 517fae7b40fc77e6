import { sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'

/** How many failures of a group were seen on an executor or a version. */
export interface ErrorOrigin {
  fingerprint: string
  kind: 'executor' | 'version'
  name: string
  count: number
}

/** Made for others: where these groups have failed since the beginning of that hour, the most frequent first. Unknown origins are left out. */
export function listOrigins({ kit: { db }, em }: { kit: { db: Database }; em: Em }, fingerprints: string[], from: Date): Promise<ErrorOrigin[]> {
  return query(
    em,
    sql<ErrorOrigin>`
      select fingerprint, kind, name, sum(count)::int as count from ${db.table('error_origin')}
      where fingerprint = any(${fingerprints}::text[]) and hour >= date_trunc('hour', ${from}::timestamptz) group by 1, 2, 3 order by 4 desc, name`,
  )
}
