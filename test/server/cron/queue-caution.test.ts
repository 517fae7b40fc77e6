import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const preview = async (queue: string) => {
  const body = { action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'new_one' }, input: { queue, expression: '0 3 * * *' } }
  const answer = await server.call('ops-demo', 'POST', '/previews', body)
  expect(answer.status).toBe(201)
  return (answer.body.plan as { cautions: string[] }).cautions
}

test('a preview says that the engine does not have the queue, and nothing of one that it has', async () => {
  expect(await preview('nightly_sync')).toEqual([])
  expect(await preview('not_there')).toEqual(['pg-boss has no queue not_there now; until it has, no job can be made.'])
})
