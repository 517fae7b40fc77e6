import { type RawBuilder, sql } from 'kysely'
import type { ErrorState, ErrorStatus } from '../../schemas/index.ts'
import type { ErrorGroupRow } from '../db/entities.ts'

/** For how long a group counts as new. */
const newMs = 24 * 3_600_000

type Marks = Pick<ErrorGroupRow, 'preexisting' | 'firstSeenAt' | 'resolvedAt' | 'regressedAt' | 'silence'>

/** Resolving a group ends its regression, so a group that came back is not resolved. */
export function stateOf({ preexisting, firstSeenAt, regressedAt }: Marks, now: Date): ErrorState {
  if (regressedAt) return 'regression'
  return !preexisting && now.getTime() - firstSeenAt.getTime() < newMs ? 'new' : 'known'
}

export function statusOf({ resolvedAt, regressedAt, silence }: Marks, now: Date): ErrorStatus {
  if (resolvedAt && !regressedAt) return 'resolved'
  return isSilenced(silence, now) ? 'silenced' : 'unresolved'
}

export function isSilenced(silence: ErrorGroupRow['silence'], now: Date): boolean {
  return silence !== null && !silence.ended && !(silence.until !== undefined && new Date(silence.until) <= now)
}

/** The same rules as conditions on `error_group g`. */
export function stateColumn(now: Date): RawBuilder<ErrorState> {
  const newSince = new Date(now.getTime() - newMs)
  return sql`case when g.regressed_at is not null then 'regression' when not g.preexisting and g.first_seen_at > ${newSince} then 'new' else 'known' end`
}

export function statusColumn(now: Date): RawBuilder<ErrorStatus> {
  return sql`case when g.resolved_at is not null and g.regressed_at is null then 'resolved'
    when g.silence is not null and not g.silence ? 'ended' and coalesce((g.silence ->> 'until')::timestamptz > ${now}, true) then 'silenced' else 'unresolved' end`
}
