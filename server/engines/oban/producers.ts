import type { EngineExecutor, SqlExecutor } from '../engine.ts'
import { dateOf, milliseconds } from '../sql.ts'
import type { ObanTables } from './table.ts'

/** A producer refreshes its row every thirty seconds; after this long without a refresh it counts as gone. */
const goneAfter = `interval '2 minutes'`

/** Uuids of the running producers; undefined if this Oban keeps no table of producers. */
export async function findAliveProducers(tables: ObanTables, db: SqlExecutor): Promise<Set<string> | undefined> {
  if (!(await tables.shape()).hasProducers) return undefined
  const { rows } = await db.executeSql(`select uuid::text as uuid from ${tables.producers} where ${alive}`)
  return new Set(rows.map(({ uuid }) => String(uuid)))
}

const alive = `updated_at > timezone('utc', clock_timestamp()) - ${goneAfter}`

export interface QueueProducers {
  executors: number
  paused: boolean
  limit: number | null
}

/** Running producers, combined by queue; undefined if this Oban keeps no table of producers and no node reports them either. */
export async function producersByQueue(tables: ObanTables, queue?: string, db: SqlExecutor = tables.db): Promise<Map<string, QueueProducers> | undefined> {
  if (!(await tables.shape()).hasProducers) return tables.listener.queues
  const { rows } = await db.executeSql(
    `select queue, count(*)::int as executors, bool_and(coalesce(meta->'paused' = 'true', false)) as paused,
       coalesce(max(${numberIn(`meta->'global_limit'->'allowed'`)}), sum(coalesce(${numberIn(`meta->'local_limit'`)}, ${numberIn(`meta->'limit'`)}))) as total
     from ${tables.producers} where ${alive} and ($1::text is null or queue = $1) group by queue`,
    [queue ?? null],
  )
  return new Map(
    rows.map((row) => [
      String(row.queue),
      { executors: Number(row.executors), paused: row.paused === true, limit: row.total === null ? null : Number(row.total) },
    ]),
  )
}

/** This JSON is written by other programs: anything but a number becomes null rather than an error. */
function numberIn(json: string): string {
  return `case when jsonb_typeof(${json}) = 'number' then (${json})::numeric end`
}

/** Is any node the leader? The leader makes due jobs available. undefined if this Oban does not elect its leader in the database. */
export async function hasLeader(tables: ObanTables): Promise<boolean | undefined> {
  if (!(await tables.shape()).hasPeers) return undefined
  const { rows } = await tables.db.executeSql(
    `select count(*)::int as peers, count(*) filter (where expires_at > timezone('utc', clock_timestamp()))::int as leading from ${tables.peers}`,
  )
  return Number(rows[0]!.peers) === 0 ? undefined : Number(rows[0]!.leading) > 0
}

/** How long a producer that no longer refreshes its row is listed: until it is missed. */
const listedFor = `interval '1 hour'`

/** Nodes with their producers, also those that went silent a while ago; null if this Oban keeps no table of producers. */
export async function listNodes(tables: ObanTables): Promise<EngineExecutor[] | null> {
  if (!(await tables.shape()).hasProducers) return null
  const { rows } = await tables.db.executeSql(
    `select node, ${milliseconds(asUtcInstant('min(started_at)'))} as started, ${milliseconds(asUtcInstant('max(updated_at)'))} as beat,
       jsonb_agg(jsonb_build_object('name', queue, 'paused', coalesce(meta->'paused' = 'true', false),
         'slots', coalesce(${numberIn(`meta->'local_limit'`)}, ${numberIn(`meta->'limit'`)})) order by queue) as queues
     from ${tables.producers} where updated_at > timezone('utc', clock_timestamp()) - ${listedFor} group by node order by node`,
  )
  return rows.map((row) => ({
    id: `node ${String(row.node)}`,
    name: String(row.node),
    host: String(row.node).replace(/^[^@]*@/, ''),
    startedAt: dateOf(row.started) ?? null,
    beatAt: dateOf(row.beat) ?? null,
    queues: row.queues as EngineExecutor['queues'],
  }))
}

/** Oban stores its times in UTC, without a zone. */
const asUtcInstant = (column: string): string => `(${column} at time zone 'utc')`
