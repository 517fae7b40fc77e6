import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningDemo, startDemo } from '../support/demo.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let demo: RunningDemo
let cookie: string

beforeAll(async () => {
  database = await createDatabase({ empty: true })
  demo = await startDemo({ env: { DATABASE_URL: database.url } })
  const signedIn = await fetch(`${demo.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ user: 'ops-demo' }) })
  cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
})
afterAll(async () => {
  await demo?.stop()
  await database?.drop()
})

test('the page has the eight steps in order, each leading to a page of the jobs console', async () => {
  const page = await (await get('/walkthrough')).text()
  expect([...page.matchAll(/data-step="(\w+)"/g)].map(([, step]) => step)).toEqual(['overview', 'cron', 'pause', 'waiting', 'forensics', 'audit', 'jobs', 'bridge'])
  const links = [...page.matchAll(/<a href="(\/ops\/jobs[^"]*)">/g)].map(([, href]) => href!)
  for (const link of new Set(links)) expect((await get(link, { accept: 'text/html' })).status, link).toBe(200)
})

test('a step is ticked once the user has visited it, and not by the page’s own requests', async () => {
  const visits = async () => ((await (await get('/walkthrough/visits')).json()) as { visits: string[] }).visits.sort()
  const before = await visits()
  expect(before).not.toContain('audit')

  await get('/ops/jobs/api/v1/audit-events', { 'x-shop-walkthrough': '1' })
  expect(await visits()).not.toContain('audit')

  await get('/ops/jobs/api/v1/audit-events')
  await get('/ops/jobs/api/v1/overview')
  expect(await visits()).toEqual([...new Set([...before, 'audit', 'overview'])].sort())
})

test('without a sign-in no visits are shown', async () => {
  expect((await fetch(`${demo.url}/walkthrough/visits`)).status).toBe(401)
})

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(demo.url + path, { redirect: 'manual', headers: { cookie, ...headers } })
}
