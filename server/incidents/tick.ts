import { sql } from 'kysely'
import { incidentClasses } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import { Incident, type IncidentRow } from '../db/entities.ts'
import { toRow } from '../db/row.ts'
import type { EndTurn } from '../db/turn.ts'
import type { Kit } from '../kit.ts'
import type { DetectorSettings } from '../options.ts'
import { uuidv7 } from '../uuid.ts'
import type { Candidate, IncidentClass, Seen } from './class.ts'
import { classes } from './classes.ts'
import { explain } from './inhibition.ts'
import { advance, freeze, type LifeEvent, type Observation } from './lifecycle.ts'
import { publishChanges, recordEvents } from './record.ts'
import type { Measured, Sight } from './sight.ts'

/** One incident in one tick: how it was, how it is, and what happened to it. */
export interface Change {
  before: IncidentRow | null
  /** null: it was pending and has gone. */
  after: IncidentRow | null
  events: LifeEvent[]
}

/** The maximum number of problems per class: those beyond it are neither opened nor resolved. */
const maxCandidates = 500
/** Longer keys cannot be indexed. */
const maxKeyLength = 400
/** If the detector has not run for this many intervals, the time since its last tick is unmeasured. */
const maxMissedTicks = 6

/** The order in which incidents are listed. */
const rankOfStatus: Readonly<Record<string, number>> = { blocked: 0, needs_review: 1, waiting: 2 }

interface Judgement {
  of: IncidentClass
  seen: Seen<unknown> | 'unavailable'
}

/** All in one transaction, or nothing if another process has taken the turn: incidents, their events, and when it was. Null: nothing. */
export async function recordTick(kit: Kit, sight: Sight, { end, startedAt }: { end: EndTurn; startedAt: number }): Promise<Change[] | null> {
  const judgements = classes.map((of) => judge(of, sight, kit.detector))
  return kit.db.transact(async (em) => {
    if (!(await end(em))) return null
    const lastTick = await lastTickIn(kit, em)
    const rows = await listWatched(kit, em, judgements)
    const interrupted = lastTick && sight.now.getTime() - lastTick.getTime() > kit.detector.tickSeconds * 1000 * maxMissedTicks ? lastTick : undefined
    const changes = decide(rows, judgements, sight.now, interrupted)
    await writeRows(kit, em, changes)
    await recordEvents(kit, em, changes, sight.now)
    await recordLook(kit, em, sight, performance.now() - startedAt)
    await publishChanges(kit, em, changes)
    return changes
  })
}

/** A class that throws is treated as if its source were unavailable: it must not hold up the others. */
function judge(of: IncidentClass, sight: Sight, { thresholdsOf }: DetectorSettings): Judgement {
  const seen = of.find(sight, thresholdsOf)
  if (seen === 'unavailable' || seen.candidates.length <= maxCandidates) return { of, seen }
  return { of, seen: { ...seen, candidates: seen.candidates.slice(0, maxCandidates), blind: () => true } }
}

function keyOf({ name }: IncidentClass, { key }: Candidate<unknown>): string {
  return `${name}:${key}`.slice(0, maxKeyLength)
}

/** Everything that a tick may change: what is not over, and what is seen now. Locked, because an operator may be changing it. */
async function listWatched({ db }: Kit, em: Em, judgements: Judgement[]): Promise<IncidentRow[]> {
  const keys = judgements.flatMap(({ of, seen }) => (seen === 'unavailable' ? [] : seen.candidates.map((candidate) => keyOf(of, candidate))))
  const rows = await query(
    em,
    sql<Record<string, unknown>>`
      select * from ${db.table('incident')} where id in (
        select id from ${db.table('incident')} where state <> 'resolved' or streak > 0 or flapping_since is not null or silence is not null
        union select id from ${db.table('incident')} where key = any(${keys}::text[])) order by key for update`,
  )
  return rows.map((row) => toRow(Incident, row))
}

/** Pure, but for the ids of new incidents. `interrupted`: when the detector last ran, if that is too long ago. */
export function decide(rows: IncidentRow[], judgements: Judgement[], now: Date, interrupted?: Date): Change[] {
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const seenKeys = new Set<string>()
  const changes: Change[] = []
  const add = (before: IncidentRow | null, base: IncidentRow, observed: Observation, of: IncidentClass): void => {
    const known = before && interrupted ? { ...before, ...freeze(before, interrupted) } : before
    const { life, events } = advance(known, observed, of, now)
    changes.push({ before, after: life && { ...base, ...life }, events })
  }
  for (const { of, seen } of judgements) {
    if (seen === 'unavailable') continue
    for (const candidate of seen.candidates) {
      const key = keyOf(of, candidate)
      if (seenKeys.has(key)) continue
      seenKeys.add(key)
      const { scope, began, facts, rate, count } = candidate
      const before = byKey.get(key) ?? null
      add(before, { ...(before ?? newRow(key, of)), scope }, { kind: 'seen', asOf: seen.asOf, began, facts, rate, count }, of)
    }
  }
  for (const row of rows) {
    const judgement = judgements.find(({ of }) => of.name === row.class)
    if (!judgement || seenKeys.has(row.key)) continue
    const { of, seen } = judgement
    add(row, row, seen === 'unavailable' || seen.blind?.(row.scope) ? { kind: 'unavailable' } : { kind: 'absent', asOf: seen.asOf }, of)
  }
  return withCauses(changes)
}

function newRow(key: string, { name }: IncidentClass): IncidentRow {
  const rank = rankOfStatus[incidentClasses[name].status] ?? 3
  // The lifecycle fills in the rest.
  return { id: uuidv7(), key, class: name, rank, explainedBy: null, assignedAt: null, assignedTo: null } as unknown as IncidentRow
}

/** Gaining or losing a cause is a separate event. */
function withCauses(changes: Change[]): Change[] {
  const causes = explain(changes.flatMap(({ after }) => after ?? []))
  return changes.map(({ before, after, events }) => {
    if (!after) return { before, after, events }
    const explainedBy = causes.get(after.id) ?? null
    const turned = after.state === 'open' && before?.state === 'open' && (explainedBy === null) !== (before.explainedBy === null)
    const event: LifeEvent = { type: explainedBy === null ? 'incident.unexplained' : 'incident.explained' }
    return { before, after: { ...after, explainedBy }, events: turned ? [...events, event] : events }
  })
}

async function writeRows({ db }: Kit, em: Em, changes: Change[]): Promise<void> {
  const gone = changes.flatMap(({ before, after }) => (before && !after ? [before.id] : []))
  if (gone.length) await query(em, sql`delete from ${db.table('incident')} where id = any(${gone}::uuid[])`)
  const rows = changes.flatMap(({ before, after }) => (after && !isSame(before, after) ? [columnsOf(after)] : []))
  if (!rows.length) return
  const names = Object.keys(rows[0]!).map((name) => sql.ref(name))
  const updated = names.slice(1).map((name) => sql`${name} = excluded.${name}`)
  await query(
    em,
    sql`insert into ${db.table('incident')} (${sql.join(names)})
        select ${sql.join(names)} from jsonb_populate_recordset(null::${db.table('incident')}, ${JSON.stringify(rows)}::jsonb)
        on conflict (id) do update set ${sql.join(updated)}`,
  )
}

function isSame(before: IncidentRow | null, after: IncidentRow): boolean {
  return before !== null && JSON.stringify(columnsOf(before)) === JSON.stringify(columnsOf(after))
}

/** The columns that the detector writes; the assignee is left alone. */
function columnsOf(row: IncidentRow) {
  return {
    id: row.id,
    key: row.key,
    class: row.class,
    rank: row.rank,
    scope: row.scope,
    state: row.state,
    streak: row.streak,
    began_at: row.beganAt,
    opened_at: row.openedAt,
    last_seen_at: row.lastSeenAt,
    absent_since: row.absentSince,
    frozen_at: row.frozenAt,
    resolved_at: row.resolvedAt,
    reopened: row.reopened,
    recent_reopens: row.recentReopens,
    flapping_since: row.flappingSince,
    explained_by: row.explainedBy,
    facts: row.facts,
    facts_at: row.factsAt,
    acknowledged_at: row.acknowledgedAt,
    acknowledged_by: row.acknowledgedBy,
    silence: row.silence,
  }
}

async function lastTickIn({ db }: Kit, em: Em): Promise<Date | null> {
  const [row] = await query(em, sql<{ at: string }>`select ticked_at::text as at from ${db.table('detection')} where key = 'latest'`)
  return row ? new Date(row.at) : null
}

async function recordLook({ db }: Kit, em: Em, { now, ...sources }: Sight, tookMs: number): Promise<void> {
  const measured = Object.fromEntries(Object.entries(sources).map(([name, source]: [string, Measured<unknown> | null]) => [name, source?.asOf ?? null]))
  await query(
    em,
    sql`insert into ${db.table('detection')} (key, ticked_at, took_ms, sources) values ('latest', ${now}, ${tookMs}, ${JSON.stringify(measured)}::jsonb)
        on conflict (key) do update set ticked_at = excluded.ticked_at, took_ms = excluded.took_ms, sources = excluded.sources`,
  )
}
