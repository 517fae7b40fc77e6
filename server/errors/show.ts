import { sql } from 'kysely'
import type { ErrorGroup as ShownGroup, Permission } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { ErrorGroupRow } from '../db/entities.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { listHistograms } from './histogram.ts'
import type { CountedGroup } from './list.ts'
import { normalize } from './normalize.ts'
import { parseError } from './parse-error.ts'
import type { ErrorRange } from './range.ts'
import { stateOf, statusOf } from './state.ts'

/** Groups that the viewer may see, as the viewer may see them. */
export async function showGroups(scope: Scope, rows: CountedGroup[], range: ErrorRange): Promise<ShownGroup[]> {
  if (!rows.length) return []
  const fingerprints = rows.map(({ fingerprint }) => fingerprint)
  const [histograms, versions, rates] = await Promise.all([listHistograms(scope, fingerprints, range), listVersions(scope, fingerprints), listRates(scope, fingerprints)])
  return Promise.all(
    rows.map(async (row) => ({
      ...showMarks(scope, row),
      fingerprint: row.fingerprint,
      title: titleOf(scope, row),
      errorClass: row.errorClass,
      grouping: row.grouping,
      queue: row.queue,
      worker: row.worker,
      firstSeenAt: row.firstSeenAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      total: Number(row.count),
      count: row.inRange,
      final: row.finalInRange,
      perMinute: (rates.get(row.fingerprint) ?? 0) / rateMinutes,
      histogram: histograms.get(row.fingerprint)!,
      burst: null,
      versions: versions.get(row.fingerprint) ?? [],
      operations: await permissionsOn(scope, row),
    })),
  )
}

/**
 * The message without what differs between occurrences. If the display policy changes the newest message, the title is made from
 * what it leaves: what it hides by its form might otherwise not be recognized any more in the normalized message.
 */
export function titleOf({ viewer }: Pick<Scope, 'viewer'>, { fingerprint, sample, title }: Pick<ErrorGroupRow, 'fingerprint' | 'sample' | 'title'>): string {
  const subject = { type: 'error_group', id: fingerprint }
  const shown = showText('job_error', sample, viewer, 'view_jobs', subject)
  const safe = shown === sample ? title : normalize(parseError({ text: shown ?? '' }).message)
  return showText('job_error', safe, viewer, 'view_jobs', subject) ?? ''
}

function showMarks(scope: Scope, row: ErrorGroupRow): Pick<ShownGroup, 'state' | 'status' | 'resolved' | 'regressedAt' | 'silenced'> {
  const { viewer, now } = scope
  const subject = { type: 'error_group', id: row.fingerprint }
  const name = (principal: Parameters<typeof showPrincipal>[0]) => showPrincipal(principal, viewer, 'view_jobs', subject)
  const { silence } = row
  return {
    state: stateOf(row, now),
    status: statusOf(row, now),
    resolved: row.resolvedAt && row.resolvedBy ? { at: row.resolvedAt.toISOString(), by: name(row.resolvedBy) } : null,
    regressedAt: row.regressedAt?.toISOString() ?? null,
    silenced: silence && {
      at: silence.at,
      by: name(silence.by),
      until: silence.until,
      untilRate: silence.untilRate,
      untilCount: silence.untilCount,
      reason: showText('reason', silence.reason, viewer, 'view_jobs', subject),
      ended: silence.ended ?? (silence.until !== undefined && new Date(silence.until) <= now ? { at: silence.until, why: 'its time is over' } : undefined),
    },
  }
}

async function permissionsOn(_scope: Scope, _row: ErrorGroupRow): Promise<Record<string, Permission>> {
  return {}
}

const versionDays = 7
const maxVersions = 10

async function listVersions({ kit: { db }, em, now }: Scope, fingerprints: string[]): Promise<Map<string, string[]>> {
  const rows = await query(
    em,
    sql<{ fingerprint: string; names: string[] }>`
      select fingerprint, (array_agg(name order by n desc, name))[1:${sql.lit(maxVersions)}] as names from (
        select fingerprint, name, sum(count) as n from ${db.table('error_origin')}
        where kind = 'version' and fingerprint = any(${fingerprints}::text[]) and hour > ${new Date(now.getTime() - versionDays * 86_400_000)} group by 1, 2
      ) each group by 1`,
  )
  return new Map(rows.map(({ fingerprint, names }) => [fingerprint, names]))
}

const rateMinutes = 5

async function listRates({ kit: { db }, em, now }: Scope, fingerprints: string[]): Promise<Map<string, number>> {
  const rows = await query(
    em,
    sql<{ fingerprint: string; n: number }>`
      select fingerprint, sum(count)::int as n from ${db.table('error_minute')} where fingerprint = any(${fingerprints}::text[])
        and minute >= date_trunc('minute', ${now}::timestamptz) - make_interval(mins => ${rateMinutes}) and minute < date_trunc('minute', ${now}::timestamptz) group by 1`,
  )
  return new Map(rows.map(({ fingerprint, n }) => [fingerprint, n]))
}
