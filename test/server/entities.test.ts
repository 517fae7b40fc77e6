import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entities } from '../../server/db/entities.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let client: Client
beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

test.each(entities.map((entity) => [entity.meta.tableName!, entity] as const))('the entity of %s has the columns of its table, and reads their nulls', async (table, entity) => {
  const { rows } = await client.query<{ name: string; nullable: boolean }>(
    `select column_name as name, is_nullable = 'YES' as nullable from information_schema.columns where table_schema = 'ops' and table_name = $1`,
    [table],
  )
  const columns = Object.fromEntries(rows.map(({ name, nullable }) => [name, nullable]))
  const built = Object.entries(entity.meta.properties) as [string, { nullable?: boolean }][]
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  expect(Object.fromEntries(built.map(([name, { nullable }]) => [snake(name), Boolean(nullable)]))).toEqual(columns)
})
