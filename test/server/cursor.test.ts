import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { cursorCodec } from '../../server/cursor.ts'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const shape = z.strictObject({ name: z.string().max(100) })
const queues = cursorCodec('queues', shape)
const entries = cursorCodec('cron entries', shape)
const refused = { code: 'invalid_request', details: { errors: [{ path: 'query.cursor' }] } }

let database: TestDatabase
let one: Database
let two: Database
beforeAll(async () => {
  database = await createDatabase()
  ;[one, two] = await Promise.all([openDatabase({ url: database.url }), openDatabase({ url: database.url })])
})
afterAll(async () => {
  await Promise.all([one.close(), two.close()])
  await database.drop()
})

test('every process of an installation reads what another wrote', async () => {
  const cursor = await queues.write(one, { name: 'mail' })
  expect(await queues.parse(two, cursor)).toEqual({ name: 'mail' })
})

test('the end of a list has no cursor', async () => {
  expect(await queues.write(one, undefined)).toBeUndefined()
  expect(await queues.parse(one, undefined)).toBeUndefined()
})

test('a cursor says nothing: not the name, not its length, and not that two are the same place', async () => {
  const [short, long, again] = [await queues.write(one, { name: 'a' }), await queues.write(one, { name: 'payroll-secret-queue' }), await queues.write(one, { name: 'a' })]
  expect(Buffer.from(long, 'base64url').toString('latin1')).not.toContain('payroll')
  expect(short.length).toBe(long.length)
  expect(again).not.toBe(short)
})

test('a cursor of one list is refused by another', async () => {
  await expect(entries.parse(one, await queues.write(one, { name: 'mail' }))).rejects.toMatchObject(refused)
})

test('a cursor whose place does not have the shape of the list is refused', async () => {
  const older = cursorCodec('queues', z.strictObject({ queue: z.string() }))
  await expect(queues.parse(one, await older.write(one, { queue: 'mail' }))).rejects.toMatchObject(refused)
})

test('a cursor that was changed, cut or made up is refused', async () => {
  const cursor = await queues.write(one, { name: 'mail' })
  const bytes = Buffer.from(cursor, 'base64url')
  const flipped = Array.from(bytes, (_, at) => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))).toString('base64url'))
  const cut = Array.from({ length: cursor.length }, (_, length) => cursor.slice(0, length))
  const madeUp = [Buffer.from('{"name":"mail"}').toString('base64url'), `${cursor}=`, ` ${cursor}`, `${cursor}AAAA`, 'zz', 'é'.repeat(100)]
  for (const each of [...flipped, ...cut, ...madeUp]) await expect(queues.parse(one, each)).rejects.toMatchObject(refused)
})
