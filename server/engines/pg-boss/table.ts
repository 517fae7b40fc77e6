import type { SqlExecutor } from '../engine.ts'
import { quoted } from '../sql.ts'

/** A table that holds jobs: pg-boss's common table, or the partition of a single queue. */
export interface JobTable {
  /** Qualified and quoted, for statements. */
  table: string
  name: string
  pages: number
  large: boolean
  /** Which of the proposed indexes it has. */
  has: Record<UsefulIndex, boolean>
}

/** Indexes that pg-boss itself does not need and therefore does not create. */
export const usefulIndexes = {
  created: { columns: ['created_on', 'id'], definition: '(created_on, id)', use: 'lists of all jobs' },
  state: { columns: ['name', 'state', 'created_on', 'id'], definition: '(name, state, created_on, id)', use: 'lists and counts by queue and state' },
  ended: { columns: ['completed_on'], definition: '(completed_on)', use: 'throughput, waits and lists by end' },
  args: { columns: ['data'], definition: 'using gin (data jsonb_path_ops)', use: 'the filter by arguments' },
} as const
export type UsefulIndex = keyof typeof usefulIndexes

export interface Shape {
  tables: JobTable[]
  /** How many queues there are. */
  queues: number
  /** No table is large: anything may be read as a whole. */
  small: boolean
  /** Does every large table have that index? */
  has: Record<UsefulIndex, boolean>
}

/** The tables of one pg-boss installation, and access to them. */
export interface PgBossTables {
  schema: string
  /** Qualified and quoted, for statements. */
  jobs: string
  queues: string
  dependencies: string
  stateType: string
  /** Reads, outside any transaction of ours. */
  db: SqlExecutor
  shape(): Promise<Shape>
}

/** A created or dropped index is noticed within this time. */
const cacheMs = 60_000

export function pgBossTables(getDb: () => SqlExecutor, schema: string, largeFrom: number): PgBossTables {
  const db: SqlExecutor = { executeSql: (text, values) => getDb().executeSql(text, values) }
  let shape: Promise<Shape> | undefined
  let readAt = 0
  return {
    schema,
    jobs: `${quoted(schema)}.job`,
    queues: `${quoted(schema)}.queue`,
    dependencies: `${quoted(schema)}.job_dependency`,
    stateType: `${quoted(schema)}.job_state`,
    db,
    async shape() {
      if (!shape || Date.now() - readAt > cacheMs) {
        readAt = Date.now()
        shape = detectShape(db, schema, largeFrom)
        shape.catch(() => {
          shape = undefined
        })
      }
      return shape
    },
  }
}

async function detectShape(db: SqlExecutor, schema: string, largeFrom: number): Promise<Shape> {
  const { rows } = await db.executeSql(
    `select part.relname as name, pg_relation_size(part.oid)::float8 as bytes,
       coalesce((select string_agg(access.amname || ':' ||
           (select string_agg(col.attname, ',' order by place) from unnest(i.indkey::int2[]) with ordinality key(num, place)
            join pg_attribute col on col.attrelid = part.oid and col.attnum = key.num), ' ')
         from pg_index i join pg_class made on made.oid = i.indexrelid join pg_am access on access.oid = made.relam
         where i.indrelid = part.oid and i.indisvalid and i.indpred is null and i.indexprs is null), '') as indexes
     from pg_partition_tree(to_regclass($1)) tree join pg_class part on part.oid = tree.relid and tree.isleaf
     order by 1`,
    [`${quoted(schema)}.job`],
  )
  const tables = rows.map((row): JobTable => {
    const indexes = String(row.indexes).split(' ')
    const begins = (kind: string, columns: readonly string[]) => indexes.some((index) => `${index},`.startsWith(`${kind}:${columns.join(',')},`))
    return {
      name: String(row.name),
      table: `${quoted(schema)}.${quoted(String(row.name))}`,
      pages: Number(row.bytes) / 8192,
      large: Number(row.bytes) >= largeFrom,
      has: {
        created: begins('btree', usefulIndexes.created.columns),
        state: begins('btree', usefulIndexes.state.columns),
        ended: begins('btree', usefulIndexes.ended.columns),
        args: begins('gin', usefulIndexes.args.columns),
      },
    }
  })
  const counted = await db.executeSql(`select count(*)::int as queues from ${quoted(schema)}.queue`)
  const large = tables.filter((table) => table.large)
  const all = (index: UsefulIndex) => large.every(({ has }) => has[index])
  return {
    tables,
    queues: Number(counted.rows[0]!.queues),
    small: large.length === 0,
    has: { created: all('created'), state: all('state'), ended: all('ended'), args: all('args') },
  }
}
