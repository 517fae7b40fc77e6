import type { SqlExecutor } from '../engine.ts'
import { quoted } from '../sql.ts'
import { ObanListener } from './listener.ts'

/** The part of a `pg` pool that is used here. The host passes its own. */
export interface PoolLike {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  connect(): Promise<ClientLike>
}

export interface ClientLike {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  release(): void
  /** Left out by clients that do not deliver notifications. */
  on?(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): unknown
  off?(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): unknown
}

/** What differs between versions of Oban's tables, read from the catalogue and cached. */
export interface Shape {
  /** Number of the newest Oban migration that ran, which Oban stores as the table's comment. */
  version?: string
  /** Oban's own names of job states; newer versions have `suspended`. */
  states: string[]
  /** `jsonb` if Oban for Python created the table, an array otherwise. */
  tagsType: string
  hasPeers: boolean
  /** Oban Pro and Oban for Python keep their running producers in a table; Oban itself does not. */
  hasProducers: boolean
  /** Is there an index that starts with `completed_at`? */
  indexesCompleted: boolean
}

/** The tables of one Oban installation, and access to them. */
export interface ObanTables {
  schema: string
  /** Qualified and quoted, for statements. */
  jobs: string
  stateType: string
  peers: string
  producers: string
  /** Reads, outside any transaction of ours. */
  db: SqlExecutor
  shape(): Promise<Shape>
  /** Hears the running nodes. */
  listener: ObanListener
  /** The cached shape, if there is one yet. */
  known(): Shape | undefined
}

/** The catalogue changes only when the host migrates; that is noticed within this time. */
const cacheMs = 60_000

export function obanTables(pool: PoolLike, schema: string): ObanTables {
  const db: SqlExecutor = { executeSql: (text, values) => pool.query(text, values) }
  let shape: Shape | undefined
  let readAt = 0
  return {
    schema,
    jobs: `${quoted(schema)}.oban_jobs`,
    stateType: `${quoted(schema)}.oban_job_state`,
    peers: `${quoted(schema)}.oban_peers`,
    producers: `${quoted(schema)}.oban_producers`,
    db,
    listener: new ObanListener(pool, schema),
    async shape() {
      if (!shape || Date.now() - readAt > cacheMs) {
        shape = await detectShape(db, schema)
        readAt = Date.now()
      }
      return shape
    },
    known: () => shape,
  }
}

async function detectShape(db: SqlExecutor, schema: string): Promise<Shape> {
  const { rows } = await db.executeSql(
    `select obj_description(jobs.oid, 'pg_class') as version,
       (select array_to_string(array_agg(label.enumlabel::text order by label.enumsortorder), ',')
        from pg_attribute state join pg_enum label on label.enumtypid = state.atttypid
        where state.attrelid = jobs.oid and state.attname = 'state') as states,
       (select format_type(atttypid, null) from pg_attribute where attrelid = jobs.oid and attname = 'tags' and not attisdropped) as tags,
       to_regclass($2) is not null as peers,
       to_regclass($3) is not null as producers,
       exists (select from pg_index i join pg_attribute col on col.attrelid = jobs.oid and col.attnum = i.indkey[0]
               where i.indrelid = jobs.oid and i.indisvalid and col.attname = 'completed_at') as completed
     from pg_class jobs where jobs.oid = to_regclass($1)`,
    [`${quoted(schema)}.oban_jobs`, `${quoted(schema)}.oban_peers`, `${quoted(schema)}.oban_producers`],
  )
  const [row] = rows
  if (!row) throw new Error(`there is no table oban_jobs in the schema '${schema}'; run Oban's migrations first`)
  return {
    version: row.version === null ? undefined : String(row.version),
    states: String(row.states).split(','),
    tagsType: String(row.tags),
    hasPeers: row.peers === true,
    hasProducers: row.producers === true,
    indexesCompleted: row.completed === true,
  }
}

/** Oban's timestamps have no time zone and are in UTC, whatever the time zone of the session. */
export const utcNow = `timezone('utc', clock_timestamp())`
/** Converts a parameter with an ISO 8601 instant to such a timestamp. */
export const asUtc = (parameter: string): string => `(${parameter}::timestamptz at time zone 'utc')`

const maxId = 2n ** 63n - 1n

/** Ids are bigints; anything else cannot be the id of a job. */
export function isJobId(id: string): boolean {
  return /^[0-9]{1,19}$/.test(id) && BigInt(id) <= maxId
}
