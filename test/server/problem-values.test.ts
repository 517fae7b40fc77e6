import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemValues } from '../../schemas/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

test.each([
  ['/cron-entries/nobody', 'not_found', { type: 'cron_entry', id: 'nobody' }],
  ['/queues/nowhere', 'not_found', { type: 'queue', id: 'nowhere' }],
  ['/no-such-endpoint', 'not_found', undefined],
])('a problem of %s carries the values of its sentence', async (path, code, values) => {
  const response = await fetch(`${server.url}/ops/jobs/api/v1${path}`, { headers: { authorization: 'Bearer ops-demo' } })
  const problem = (await response.json()) as { code: string; values?: Record<string, string | number>; detail: string }
  expect([problem.code, problem.values]).toEqual([code, values])
  if (values) expect(Object.keys(values).toSorted()).toEqual(problemValues.not_found.toSorted())
  if (values) expect(problem.detail).toContain(values.id)
})
