import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase, query } from '../../server/db/database.ts'
import { createDatabase } from '../support/postgres.ts'
import { within } from '../support/within.ts'

test('a process that ends while a connection is being made is not kept by it', async () => {
  const database = await createDatabase()
  try {
    for (let turn = 0; turn < 5; turn++) {
      const db = await openDatabase({ url: database.url })
      const asked = query(db.em(), sql`select 1 as one`).catch(({ message }: Error) => message)
      await within('closing the database', db.close(), 10)
      expect([[{ one: 1 }], 'The database was closed.', 'driver has already been destroyed']).toContainEqual(await asked)
    }
  } finally {
    await database.drop()
  }
})
