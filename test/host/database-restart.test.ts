import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningDemo, startDemo } from '../support/demo.ts'
import { type OwnServer, startOwnServer } from '../support/postgres.ts'

let server: OwnServer
let demo: RunningDemo

beforeAll(async () => {
  server = await startOwnServer()
  demo = await startDemo({ env: { DATABASE_URL: server.url } })
})
afterAll(async () => {
  await demo?.stop()
  await server?.remove()
})

test('the shop survives a database outage and recovers within five seconds of its return', async () => {
  const signedIn = await fetch(`${demo.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ user: 'ops-demo' }) })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  const status = async (path: string, headers: Record<string, string> = { cookie }) => (await fetch(demo.url + path, { headers, redirect: 'manual' })).status
  const everything = () => Promise.all([status('/'), status('/ops/jobs/api/v1/session'), status('/ops/jobs/api/v1/cron-entries', { authorization: 'Bearer demo-ops-demo' })])
  expect(await everything()).toEqual([200, 200, 200])

  await server.stop('immediate')
  expect(await everything()).toEqual([503, 503, 503])

  await server.start()
  await expect.poll(everything, { timeout: 5000 }).toEqual([200, 200, 200])
  expect(demo.child.exitCode).toBeNull()
})
