import { type RawBuilder, sql } from 'kysely'
import type { ErrorState, ErrorStatus, OperationOn } from '../../schemas/index.ts'
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

/** Why an operation is not legal now, as a clause: what is so, and what was expected. Undefined if it is legal. */
export function whyIllegal(action: OperationOn<'error_group'>, group: Marks, now: Date): string | undefined {
  const status = statusOf(group, now)
  switch (action) {
    case 'resolve_error_group':
      return status === 'resolved' ? 'it is already resolved; expected one that is not' : undefined
    case 'reopen_error_group':
      return status === 'resolved' ? undefined : 'it is not resolved; expected a resolved one'
    case 'silence_error_group':
      if (status === 'resolved') return 'it is resolved; expected one that is not'
      return status === 'silenced' ? 'it is already silenced; end that silence first' : undefined
    case 'unsilence_error_group':
      return isSilenced(group.silence, now) ? undefined : 'it is not silenced; expected a silenced one'
  }
}
