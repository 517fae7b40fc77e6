import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import type { ErrorExample } from '../db/entities.ts'
import type { EngineFailure } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { type Fingerprint, fingerprintOf, fingerprintOfWorker, type Place } from './fingerprint.ts'
import { findOrigins, type Origin } from './ran-on.ts'
import { cutTo } from './parse-error.ts'

/** A worker may bring this many new groups in an hour; beyond that its messages are not groupable. */
export const maxNewGroups = 200
const maxExamples = 5
const maxTagSets = 100
const maxTags = 20
const maxSample = 2_048
const maxStack = 8_192
/** Longer than any read goes back over the end of another. */
const rememberMs = 15 * 60_000
const maxRememberMs = 24 * 3_600_000

interface Grouped {
  failure: EngineFailure
  /** Who ran it, as far as the engine or the executors say. */
  origin: Origin
  place: Place
  group: Fingerprint
}

/** Counts the failures that were not counted yet. Returns the queues with any. */
export async function recordFailures(kit: Kit, em: Em, failures: EngineFailure[], { now, startedAt }: { now: Date; startedAt: Date }): Promise<string[]> {
  const unseen = await rememberUnseen(kit, em, failures, now)
  if (!unseen.length) return []
  const origins = await findOrigins(kit, em, unseen)
  const grouped = await withFuse(kit, em, unseen.map((failure, index) => ({ ...groupOf(kit, failure), origin: origins[index]! })), now)
  await recordGroups(kit, em, grouped, { now, startedAt })
  await recordMinutes(kit, em, grouped)
  await recordOrigins(kit, em, grouped)
  return [...new Set(unseen.map(({ queue }) => queue))].toSorted()
}

export function placeOf({ queue, worker }: Pick<EngineFailure, 'queue' | 'worker'>): Place {
  return { queue, worker: worker ?? queue }
}

function groupOf({ errors, log }: Kit, failure: EngineFailure): Omit<Grouped, 'origin'> {
  const place = placeOf(failure)
  return { failure, place, group: fingerprintOf(failure.error, place, errors, log) }
}

/** Inserting is the comparison: whoever inserts the identity of a failure counts it. */
async function rememberUnseen({ db }: Kit, em: Em, failures: EngineFailure[], now: Date): Promise<EngineFailure[]> {
  const byIdentity = new Map(failures.map((failure) => [`${failure.key} ${failure.id}`, failure]))
  const each = [...byIdentity.values()]
  if (!each.length) return []
  const until = ({ at, until }: EngineFailure) =>
    new Date(Math.min(Math.max(at.getTime(), until?.getTime() ?? 0, now.getTime()) + rememberMs, now.getTime() + maxRememberMs))
  const rows = await query(
    em,
    sql<{ job_id: string; attempt: string }>`
      insert into ${db.table('error_seen')} (job_id, attempt, until)
      select * from unnest(${each.map(({ id }) => id)}::text[], ${each.map(({ key }) => key)}::text[], ${each.map(until)}::timestamptz[])
      on conflict do nothing returning job_id, attempt`,
  )
  return rows.flatMap(({ job_id, attempt }) => byIdentity.get(`${attempt} ${job_id}`) ?? [])
}

/** Groups that exist stay as they are; too many new ones of one worker become one. */
async function withFuse({ db }: Kit, em: Em, grouped: Grouped[], now: Date): Promise<Grouped[]> {
  const table = db.table('error_group')
  const fingerprints = [...new Set(grouped.map(({ group }) => group.fingerprint))]
  const known = new Set((await query(em, sql<{ fingerprint: string }>`select fingerprint from ${table} where fingerprint = any(${fingerprints}::text[])`)).map((row) => row.fingerprint))
  if (known.size === fingerprints.length) return grouped
  const counts = new Map<string, number>()
  const hourAgo = new Date(now.getTime() - 3_600_000)
  for (const row of await query(
    em,
    sql<{ queue: string; worker: string; n: number }>`select queue, worker, count(*)::int as n from ${table}
      where queue = any(${grouped.map(({ place }) => place.queue)}::text[]) and created_at > ${hourAgo} group by 1, 2`,
  )) counts.set(keyOf(row), row.n)
  return grouped.map((each) => {
    if (known.has(each.group.fingerprint)) return each
    const made = counts.get(keyOf(each.place)) ?? 0
    if (made >= maxNewGroups) return { ...each, group: fingerprintOfWorker(each.group, each.place) }
    known.add(each.group.fingerprint)
    counts.set(keyOf(each.place), made + 1)
    return each
  })
}

const keyOf = ({ queue, worker }: Place): string => JSON.stringify([queue, worker])

async function recordGroups({ db }: Kit, em: Em, grouped: Grouped[], { now, startedAt }: { now: Date; startedAt: Date }): Promise<void> {
  const rows = [...Map.groupBy(grouped, ({ group }) => group.fingerprint).values()].map((of) => rowOf(of, startedAt)).toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
  await query(
    em,
    sql`insert into ${db.table('error_group')} as known (fingerprint, grouping, queue, worker, tag_sets, error_class, title, sample, stack,
          first_seen_at, last_seen_at, preexisting, count, final_count, examples, created_at)
        select fingerprint, grouping, queue, worker, tag_sets, error_class, title, sample, stack, first_at, last_at, preexisting, count, finals, examples, ${now}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (fingerprint text, grouping text, queue text, worker text, tag_sets jsonb,
          error_class text, title text, sample text, stack text, first_at timestamptz, last_at timestamptz, preexisting boolean, count bigint, finals bigint, examples jsonb)
        on conflict (fingerprint) do update set
          count = known.count + excluded.count, final_count = known.final_count + excluded.final_count,
          first_seen_at = least(known.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
          preexisting = known.preexisting or excluded.preexisting,
          sample = case when excluded.last_seen_at >= known.last_seen_at then excluded.sample else known.sample end,
          stack = case when excluded.last_seen_at >= known.last_seen_at then excluded.stack else known.stack end,
          regressed_at = case when known.resolved_at is not null and known.regressed_at is null and excluded.last_seen_at > known.resolved_at
            then excluded.last_seen_at else known.regressed_at end,
          tag_sets = case when known.tag_sets @> excluded.tag_sets then known.tag_sets else (
            select jsonb_agg(tags) from (select distinct tags from jsonb_array_elements(known.tag_sets || excluded.tag_sets) tags limit ${maxTagSets}) each) end,
          examples = (select jsonb_agg(example order by example ->> 'at' desc) from (
            select example from jsonb_array_elements(excluded.examples || known.examples) example order by example ->> 'at' desc limit ${maxExamples}) newest)`,
  )
}

function rowOf(of: Grouped[], startedAt: Date) {
  const newestFirst = of.toSorted((a, b) => b.failure.at.getTime() - a.failure.at.getTime())
  const { failure: newest, group, place } = newestFirst[0]!
  const oldest = newestFirst.at(-1)!.failure
  return {
    fingerprint: group.fingerprint,
    grouping: group.grouping,
    ...place,
    tag_sets: [...new Map(of.map(({ failure }) => tagsOf(failure)).map((tags) => [JSON.stringify(tags), tags])).values()].slice(0, maxTagSets),
    error_class: storable(group.errorClass),
    title: storable(group.title),
    sample: storable(cutTo(newest.error.text, maxSample)),
    stack: newest.error.stack === undefined ? null : storable(cutTo(newest.error.stack, maxStack)),
    first_at: oldest.at,
    last_at: newest.at,
    preexisting: oldest.at < startedAt,
    count: of.length,
    finals: of.filter(({ failure }) => failure.final).length,
    examples: newestFirst.slice(0, maxExamples).map(exampleOf),
  }
}

function exampleOf({ failure, origin: { executor, version } }: Grouped): ErrorExample {
  const { id, at, attempt, final } = failure
  const tags = tagsOf(failure)
  return { jobId: id, at: at.toISOString(), attempt, final, ...(tags.length > 0 && { tags }), ...(executor !== undefined && { executor }), ...(version !== undefined && { version }) }
}

function tagsOf({ tags = [] }: EngineFailure): string[] {
  return [...new Set(tags)].toSorted().slice(0, maxTags)
}

/** PostgreSQL stores no NUL, and JSON no half of a character. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

async function recordMinutes({ db }: Kit, em: Em, grouped: Grouped[]): Promise<void> {
  const rows = countBy(grouped, ({ group, failure }) => ({ fingerprint: group.fingerprint, at: new Date(Math.floor(failure.at.getTime() / 60_000) * 60_000).toISOString() }))
  await query(
    em,
    sql`insert into ${db.table('error_minute')} as known (fingerprint, minute, count, final_count)
        select fingerprint, at, count, finals from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (fingerprint text, at timestamptz, count integer, finals integer)
        on conflict (fingerprint, minute) do update set count = known.count + excluded.count, final_count = known.final_count + excluded.final_count`,
  )
}

async function recordOrigins({ db }: Kit, em: Em, grouped: Grouped[]): Promise<void> {
  const named = grouped.flatMap((each) => Object.entries(each.origin).map(([kind, name]) => ({ ...each, kind, name: storable(name.slice(0, 300)) })))
  const hourOf = (at: Date) => new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000).toISOString()
  const rows = countBy(named, ({ group, failure, kind, name }) => ({ fingerprint: group.fingerprint, at: hourOf(failure.at), kind, name }))
  if (!rows.length) return
  await query(
    em,
    sql`insert into ${db.table('error_origin')} as known (fingerprint, hour, kind, name, count)
        select fingerprint, at, kind, name, count from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (fingerprint text, at timestamptz, kind text, name text, count integer)
        on conflict (fingerprint, hour, kind, name) do update set count = known.count + excluded.count`,
  )
}

function countBy<Each extends Grouped, Key extends object>(grouped: Each[], key: (each: Each) => Key): (Key & { count: number; finals: number })[] {
  return [...Map.groupBy(grouped, (each) => JSON.stringify(key(each))).values()].map((of) => ({ ...key(of[0]!), count: of.length, finals: of.filter(({ failure }) => failure.final).length }))
}
