import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import { idle } from '../repeat.ts'

/** Something queried from the engine in the background, because no request may query the engine for it. */
export interface FindingKind<Data> {
  /** Key of the result in the table `finding`, e.g. `discarded_jobs`. */
  readonly key: string
  /** Queries the current data from the engine, outside any transaction of ours. */
  find(kit: Kit): Promise<Data>
  /** For how many times its own duration it rests. Default 20, so that it is never running for more than a twentieth of the time. */
  readonly restFactor?: number
}

/** The latest result of a background query. */
export interface Finding<Data> {
  data: Data
  asOf: Date
  /** False: the result is too old to describe the present. */
  fresh: boolean
}

interface Timed<Data> {
  found: Data
  tookMs: number
}

const intervalMs = 15_000
const defaultRestFactor = 20
/** How many intervals may be missed before a finding is no longer fresh. */
const maxMissed = 8

/**
 * Runs the query once per interval across all processes: the process that claims the turn runs it. If it fails, it is retried
 * on the next turn, by whichever process claims that.
 */
export async function refreshFinding<Data>(kit: Kit, { key, find, restFactor = defaultRestFactor }: FindingKind<Data>): Promise<void | typeof idle> {
  const { db } = kit
  const table = db.table('finding')
  const now = kit.now()
  const [turn] = await query(
    db.em(),
    sql`insert into ${table} as turn (key, as_of, data) values (${`${key} turn`}, ${now}, '{}')
        on conflict (key) do update set as_of = excluded.as_of
        where turn.as_of < ${now}::timestamptz - make_interval(secs => greatest(${intervalMs - 500},
          coalesce((select (data ->> 'tookMs')::float8 * ${restFactor} from ${table} where key = ${key}), 0)) / 1000) or turn.as_of > ${now}
        returning key`,
  )
  if (!turn) return idle
  const startedAt = performance.now()
  const timed: Timed<Data> = { found: await find(kit), tookMs: performance.now() - startedAt }
  await query(
    db.em(),
    sql`insert into ${table} (key, as_of, data) values (${key}, ${now}, ${JSON.stringify(timed)}::jsonb)
        on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`,
  )
}

/** Null when the query has never run. */
export async function findFinding<Data>({ kit: { db }, em, now }: Pick<Scope, 'kit' | 'em' | 'now'>, { key, restFactor = defaultRestFactor }: FindingKind<Data>): Promise<Finding<Data> | null> {
  const [row] = await query(em, sql<{ as_of: string; data: Timed<Data> }>`select as_of::text, data from ${db.table('finding')} where key = ${key}`)
  if (!row) return null
  const asOf = new Date(row.as_of)
  const maxAgeMs = maxMissed * Math.max(intervalMs, row.data.tookMs * restFactor)
  return { data: row.data.found, asOf, fresh: now.getTime() - asOf.getTime() < maxAgeMs }
}
