import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import { type errorSummary, type ErrorStatus, formatCount } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { findFeed } from './feed.ts'
import { listGaps } from './histogram.ts'
import type { ErrorRange } from './range.ts'
import { stateColumn, statusColumn } from './state.ts'

type Summary = z.input<typeof errorSummary>

interface StateCount {
  status: ErrorStatus
  state: 'new' | 'regression' | 'known'
  groups: number
  failed: number
  failures: number
  top: number
}

/** What the groups that the viewer may see come to. */
export async function summarize(scope: Scope, visible: RawBuilder<boolean>, range: ErrorRange): Promise<Summary> {
  const [counts, feed, gaps] = await Promise.all([countStates(scope, visible, range), findFeed(scope.em), listGaps(scope, range)])
  const groupsOf = (status: ErrorStatus) => sum(counts.filter((each) => each.status === status), status === 'unresolved' ? 'failed' : 'groups')
  return {
    failures: sum(counts, 'failures'),
    groups: { unresolved: groupsOf('unresolved'), silenced: groupsOf('silenced'), resolved: groupsOf('resolved') },
    ...sentences(counts, range, feed !== null),
    readTo: feed?.readTo.toISOString() ?? null,
    lacks: scope.kit.engine.failures ? undefined : (scope.kit.engine.lacks.failures ?? 'This engine does not report failed attempts.'),
    searched: feed?.searched ?? undefined,
    gaps: gaps.filter((gap) => gap.to.getTime() - gap.from.getTime() >= 60_000).map((gap) => ({ from: gap.from.toISOString(), to: gap.to.toISOString() })),
  }
}

function countStates({ kit: { db }, em, now }: Scope, visible: RawBuilder<boolean>, { from, to }: ErrorRange): Promise<StateCount[]> {
  return query(
    em,
    sql<StateCount>`
      with counted as materialized (
        select fingerprint, sum(count)::int as n from ${db.table('error_minute')} where minute >= ${from} and minute < ${to} group by 1
      )
      select ${statusColumn(now)} as status, ${stateColumn(now)} as state, count(*)::int as groups, (count(*) filter (where n > 0))::int as failed,
        coalesce(sum(n), 0)::int as failures, coalesce(max(n), 0)::int as top
      from ${db.table('error_group')} g left join counted using (fingerprint) where ${visible} group by 1, 2`,
  )
}

/** Pure: the headline, and the rest. */
export function sentences(counts: readonly StateCount[], { from, to }: ErrorRange, read: boolean): { headline: string; rest: string } {
  if (!read) return { headline: 'No failures have been read yet.', rest: '' }
  const total = sum(counts, 'failures')
  const window = spanOf(to.getTime() - from.getTime())
  if (!total) return { headline: `Nothing failed in ${window}.`, rest: '' }
  const open = counts.filter(({ status, failures }) => status === 'unresolved' && failures > 0)
  const [fresh, back, known] = (['new', 'regression', 'known'] as const).map((state) => open.filter((each) => each.state === state))
  const failures = (n: number) => `${formatCount(n)} ${total === 1 ? 'failure' : 'failures'}`
  const rest: string[] = []
  const cameBack = sum(back!, 'failed')
  if (cameBack) rest.push(`${cameBack === 1 ? 'One error' : `${formatCount(cameBack)} errors`} came back after being resolved.`)
  const newOnes = sum(fresh!, 'failed')
  if (newOnes) {
    if (sum(known!, 'failures')) rest.push('The rest is known.')
    const part = sum(fresh!, 'failures')
    const share = part < total ? `${formatCount(part)} of the ${failures(total)}` : total === 1 ? 'the only failure' : `all ${failures(total)}`
    const headline = `${newOnes === 1 ? 'One new error makes' : `${formatCount(newOnes)} new errors make`} ${share} of ${window}.`
    return { headline, rest: rest.join(' ') }
  }
  const all = sum(open, 'failed')
  if (!all) return { headline: `Nothing failed in ${window} except silenced or resolved errors.`, rest: '' }
  return { headline: `${failures(total)} in ${window}, of ${all === 1 ? 'one error' : `${formatCount(all)} errors`}, none of them new.`, rest: rest.join(' ') }
}

function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes >= 2_880) return `the last ${Math.round(minutes / 1_440)} days`
  if (minutes > 90) return `the last ${Math.round(minutes / 60)} hours`
  return minutes > 50 ? 'the last hour' : `the last ${minutes} minutes`
}

type Figure = 'groups' | 'failed' | 'failures'

function sum(counts: readonly StateCount[], figure: Figure): number {
  return counts.reduce((total, each) => total + each[figure], 0)
}
