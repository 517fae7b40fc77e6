import { sql } from 'kysely'
import type { IncidentWatch } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { ageOfFigures } from '../figures/age.ts'
import type { Scope } from '../operations/scope.ts'

/** When the detector last ran, and which sources it could not read. Unless that was recently, an empty list proves nothing. */
export async function readWatch({ kit: { db }, em, now }: Pick<Scope, 'kit' | 'em' | 'now'>): Promise<IncidentWatch> {
  const [row] = await query(
    em,
    sql<{ at: string; sources: Record<string, string | null> }>`select ticked_at::text as at, sources from ${db.table('detection')} where key = 'latest'`,
  )
  const lookedAt = row ? new Date(row.at) : null
  return {
    state: ageOfFigures(lookedAt, now),
    lookedAt: lookedAt?.toISOString() ?? null,
    sources: Object.entries(row?.sources ?? {}).map(([name, asOf]) => ({ name, asOf, state: ageOfFigures(asOf === null ? null : new Date(asOf), now) })),
  }
}
