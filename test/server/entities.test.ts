import { MikroORM } from '@mikro-orm/postgresql'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entities, JobView } from '../../server/db/entities.ts'
import { openDatabase } from '../../server/db/database.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let client: Client
let orm: Awaited<ReturnType<typeof readMetadata>>
beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  orm = await readMetadata()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const readMetadata = async () => MikroORM.init({ clientUrl: database.url, schema: 'ops', entities })
const metadataOf = (table: string) => [...orm.getMetadata().getAll().values()].find(({ tableName }) => tableName === table)!

const select = async <T>(statement: string, values: unknown[] = []): Promise<T[]> => (await client.query(statement, values)).rows as T[]

/** MikroORM's word for a type, where it is not PostgreSQL's. */
const typeNames: Record<string, string> = {
  bigserial: 'bigint',
  int: 'integer',
  timestamptz: 'timestamp with time zone',
}

/** The schema generator cannot say these: indexes that hold for some rows only. */
const partialUniques = ['bulk_run_event', 'cron_slot_waiting', 'preview_ready']

describe.each(entities.map(({ meta }) => meta.tableName!))('the entity of %s', (table) => {
  test('has the columns that the migrations make, with their types, and may be null where they may', async () => {
    const made = await select<{ name: string; type: string; nullable: boolean }>(
      `select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attname`,
      [`ops.${table}`],
    )
    const described = metadataOf(table).props.map(({ fieldNames, columnTypes, nullable }) => ({
      name: fieldNames[0]!,
      type: typeNames[columnTypes[0]!] ?? columnTypes[0]!,
      nullable: nullable ?? false,
    }))
    expect(described.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(made)
  })

  test('has their primary key and their unique indexes', async () => {
    const made = await select<{ name: string; primary: boolean; columns: string[] }>(
      `select relname as name, indisprimary as "primary",
         array(select attname::text from unnest(indkey::int2[]) with ordinality as key (number, place)
           join pg_attribute on attrelid = indrelid and attnum = key.number order by place) as columns
       from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = $1::regclass and indisunique and indpred is null`,
      [`ops.${table}`],
    )
    const { props, primaryKeys, uniques } = metadataOf(table)
    const columnOf = (property: string) => props.find(({ name }) => name === property)!.fieldNames[0]!
    const keys = (primary: boolean) => made.filter((key) => key.primary === primary).map(({ columns }) => columns)
    expect([primaryKeys.map(columnOf)]).toEqual(keys(true))
    const described = [
      ...props.filter(({ unique }) => unique).map(({ fieldNames }) => [fieldNames[0]!]),
      ...uniques.map(({ properties }) => [properties ?? []].flat().map((name) => columnOf(String(name)))),
    ]
    expect(described.toSorted()).toEqual(keys(false).toSorted())
  })
})

test('every table that the migrations make has an entity', async () => {
  const made = await select<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'ops'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migration' order by 1`,
  )
  expect(entities.map(({ meta }) => meta.tableName).toSorted()).toEqual(made.map(({ name }) => name))
})

test('unique indexes over some rows only are the ones that are known', async () => {
  const made = await select<{ name: string }>(
    `select relname as name from pg_index join pg_class on pg_class.oid = indexrelid
     where indisunique and indpred is not null and relnamespace = 'ops'::regnamespace order by 1`,
  )
  expect(made.map(({ name }) => name)).toEqual(partialUniques)
})

test('the entity manager reads and writes through our connections', async () => {
  const db = await openDatabase({ url: database.url })
  try {
    const key = { actorType: 'user', actorId: 'ops-demo', name: 'late' }
    const em = db.em()
    em.create(JobView, { ...key, filters: { queue: 'mail' }, updatedAt: new Date(0) })
    await em.flush()
    expect(await db.em().findOne(JobView, key)).toMatchObject({ ...key, filters: { queue: 'mail' }, updatedAt: new Date(0) })
    expect(await db.em().nativeDelete(JobView, key)).toBe(1)
  } finally {
    await db.close()
  }
})
