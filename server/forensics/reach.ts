import { sql } from 'kysely'
import type { EvidenceGap } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { RetentionKind } from '../host/retention.ts'
import { auditEvents } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { findReach } from '../retention/reach.ts'
import type { Facts, Window } from './source.ts'

/** How far back a table reaches, and why not further, in words that follow `the audit log begins at …`. */
export interface Reach {
  /** Null: it holds nothing, so it is not known when recording began. */
  from: Date | null
  because?: string
}

/**
 * How far back the audit log reaches: before its first event nothing was recorded, so that the absence of events proves nothing.
 * Whatever shortens a table of ours (retention, archiving) shows here, and every bundle that needs what is gone says so.
 */
export async function reachOfAuditLog({ kit: { db }, em }: Pick<Scope, 'kit' | 'em'>): Promise<Reach> {
  const [first] = await query(em, sql<{ at: string }>`select occurred_at::text as at from ${auditEvents(db)} order by occurred_at limit 1`)
  return { from: first ? new Date(first.at) : null }
}

/** The part of a window that lies before the reach of a table, as a gap. `what`: what it held, e.g. `the audit log`. */
export function gapBefore({ from: begins, because }: Reach, { source, from, what, missing }: { source: EvidenceGap['source']; from: Date; what: string; missing: string }): EvidenceGap[] {
  if (begins && begins <= from) return []
  if (!begins) return [{ source, reason: `${capitalize(what)} is empty, so it is unknown when recording began` }]
  return [{ source, from: from.toISOString(), to: begins.toISOString(), reason: `${capitalize(what)} begins at ${begins.toISOString()}, ${because ?? missing}` }]
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What each subject needs that is deleted for its age. */
function kindsOf({ cron, incident, executor, errorGroup }: Facts): { kind: RetentionKind; source: EvidenceGap['source']; what: string }[] {
  return [
    { kind: 'audit', source: 'audit', what: 'audit events' },
    ...(cron ? [{ kind: 'slots', source: 'cron', what: 'slots' } as const, { kind: 'coverage', source: 'coverage', what: 'the record of schedulers' } as const] : []),
    ...(incident ? [{ kind: 'incidents', source: 'incident', what: 'incidents' } as const] : []),
    ...(executor ? [{ kind: 'executors', source: 'executor', what: 'heartbeats' } as const] : []),
    ...(errorGroup ? [{ kind: 'errors', source: 'error', what: 'failures' } as const] : []),
  ]
}

/** The parts of the window that lie before what retention has left. */
export async function listExpired(scope: Scope, facts: Facts, { from, to }: Window): Promise<EvidenceGap[]> {
  const found = await Promise.all(
    kindsOf(facts).map(async ({ kind, source, what }): Promise<EvidenceGap[]> => {
      const { from: begins, archived } = await findReach(scope, kind)
      if (!begins || begins <= from) return []
      const end = begins < to ? begins : to
      const where = archived ? 'lie in the archive' : 'were deleted for their age'
      return [{ source, from: from.toISOString(), to: end.toISOString(), reason: `Older ${what} ${where}` }]
    }),
  )
  return found.flat()
}
