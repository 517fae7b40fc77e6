import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const preview = (input: object, action = 'create_cron_entry', id = 'new_one') =>
  server.call('ops-demo', 'POST', '/previews', { action, subject: { type: 'cron_entry', id }, input })

test('an entry for a queue that the engine does not have is refused at the field instead of being previewed', async () => {
  expect((await preview({ queue: 'nightly_sync', expression: '0 3 * * *' })).status).toBe(201)
  const { status, body } = await preview({ queue: 'not_there', expression: '0 3 * * *' })
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' })
  expect(body.errors).toEqual([
    { path: 'input.queue', message: "got 'not_there'; pg-boss has no queue of that name, so no job could be created; expected an existing queue" },
  ])
})

test('all errors are reported at once, each with its field', async () => {
  const { body } = await preview({ queue: 'not_there', expression: '61 * * * *', timezone: 'Mars/Olympus' })
  expect((body.errors as { path: string }[]).map(({ path }) => path)).toEqual(['input.expression', 'input.timezone', 'input.queue'])
  expect(body.detail).toMatch(/^input\.expression: got '61' in the field minute.* \(and 2 more\)\.$/)
})

test('an entry cannot be moved to a missing queue either', async () => {
  const made = await server.call('ops-demo', 'POST', '/operations', {
    action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'to_move' }, input: { queue: 'nightly_sync', expression: '0 3 * * *' }, reason: 'needed for the test',
  }, { 'idempotency-key': 'make-to-move' })
  expect(made.status).toBe(200)
  const { body } = await preview({ queue: 'not_there', expression: '0 0 31 2 *' }, 'update_cron_entry', 'to_move')
  expect((body.errors as { path: string }[]).map(({ path }) => path)).toEqual(['input.expression', 'input.queue'])
})
