import { sql } from 'kysely'
import { type ErrorGroup as ShownGroup, operationsOn, type Permission } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { ErrorGroupRow } from '../db/entities.ts'
import { showPrincipal, showText } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { listHistograms } from './histogram.ts'
import type { CountedGroup } from './list.ts'
import { normalize } from './normalize.ts'
import { parseError } from './parse-error.ts'
import type { ErrorRange } from './range.ts'
import { feedDelayMinutes, judge, windowMinutes } from './burst.ts'
import { findFeed } from './feed.ts'
import { lastMinuteEnd, listRecent, type RecentGroup } from './recent.ts'
import { stateOf, statusOf, whyIllegal } from './state.ts'
import { burstSinceOf } from './verdicts.ts'
import { resourceOfGroup } from './visible.ts'

/** Groups that the viewer may see, as the viewer may see them. */
export async function showGroups(scope: Scope, rows: CountedGroup[], range: ErrorRange): Promise<ShownGroup[]> {
  if (!rows.length) return []
  const fingerprints = rows.map(({ fingerprint }) => fingerprint)
  const [histograms, versions, rates, bursts] = await Promise.all([
    listHistograms(scope, fingerprints, range),
    listVersions(scope, fingerprints),
    listRates(scope, fingerprints),
    listBursts(scope, fingerprints),
  ])
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
      burst: bursts.get(row.fingerprint) ?? null,
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

async function permissionsOn({ kit: { engine }, viewer, now }: Scope, row: ErrorGroupRow): Promise<Record<string, Permission>> {
  const resource = resourceOfGroup(engine, row)
  const answers = operationsOn('error_group').map(async (action): Promise<[string, Permission]> => {
    const permission = viewer.principal ? await viewer.can(action, resource) : nameless
    const reason = permission.allowed ? whyIllegal(action, row, now) : undefined
    return [action, reason === undefined ? permission : { allowed: false, reason: `${reason[0]!.toUpperCase()}${reason.slice(1)}.` }]
  })
  return Object.fromEntries(await Promise.all(answers))
}

const nameless: Permission = { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }

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

/** Missing if the last minutes were not read or not measured. */
async function listBursts({ kit, em, now }: Scope, fingerprints: string[]): Promise<Map<string, NonNullable<ShownGroup['burst']>>> {
  const feed = await findFeed(em)
  if (!feed || now.getTime() - feed.readTo.getTime() > maxAgeMs) return new Map()
  const end = lastMinuteEnd(feed.readTo, now)
  const groups = await listRecent(kit, em, end, sql<boolean>`g.fingerprint = any(${fingerprints}::text[])`)
  return new Map(groups?.map((group) => [group.fingerprint, showBurst(group, end)]))
}

/** Figures older than this are not used. */
const maxAgeMs = 300_000

function showBurst(group: RecentGroup, end: Date): NonNullable<ShownGroup['burst']> {
  const { burst, probability, expected } = judge(group.recent, group.baseline)
  const since = burstSinceOf(group, end) ?? (burst ? end : null)
  const lately = group.burstSeenAt !== null && end.getTime() - group.burstSeenAt.getTime() <= feedDelayMinutes * 60_000
  const active = burst || lately
  return { active, ...(active && since && { since: since.toISOString() }), probability, ...group.recent, usualPerMinute: expected / windowMinutes }
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
