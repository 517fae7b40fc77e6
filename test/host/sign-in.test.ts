import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningDemo, startDemo } from '../support/demo.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let demo: RunningDemo

beforeAll(async () => {
  database = await createDatabase({ empty: true })
  demo = await startDemo({ env: { DATABASE_URL: database.url } })
})
afterAll(async () => {
  await demo?.stop()
  await database?.drop()
})

test('a user who is not signed in is redirected to sign in, and back to the requested page', async () => {
  const away = await get('/walkthrough')
  expect(away.status).toBe(302)
  expect(away.headers.get('location')).toBe('/sign-in?return-to=%2Fwalkthrough')

  const form = await (await get('/sign-in?return-to=%2Fwalkthrough')).text()
  expect(form).toContain('name="return-to" value="/walkthrough"')

  const back = await post('/sign-in', { user: 'ops-demo', 'return-to': '/walkthrough' })
  expect(back.status).toBe(303)
  expect(back.headers.get('location')).toBe('/walkthrough')
  expect(back.headers.get('set-cookie')).toMatch(/^shop_session=[\w-]{32}; path=\/; samesite=lax; httponly$/)
})

test('the jobs console redirects to the shop’s own sign-in', async () => {
  const away = await get('/ops/jobs/cron')
  expect(away.headers.get('location')).toBe('/sign-in?return-to=%2Fops%2Fjobs%2Fcron')
})

test('an unknown name is reported on the same form, with the input escaped', async () => {
  const answer = await post('/sign-in', { user: '<b>root</b>', 'return-to': '/operations' })
  expect(answer.status).toBe(422)
  expect(answer.headers.get('set-cookie')).toBeNull()
  const page = await answer.text()
  expect(page).toContain('There is no user called “&lt;b&gt;root&lt;/b&gt;”.')
  expect(page).not.toContain('<b>root')
  expect(page).toContain('name="return-to" value="/operations"')
})

test('an empty name, a body that is not a form, and a form that is too large are each refused with an explanation', async () => {
  const empty = await post('/sign-in', { user: '  ' })
  expect([empty.status, await empty.text()]).toEqual([400, expect.stringContaining('Enter a name: the field is empty.')])

  const json = await get('/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":"ops-demo"}' })
  expect([json.status, await json.text()]).toEqual([415, expect.stringContaining('Expected a form')])

  const huge = await post('/sign-in', { user: 'x'.repeat(20_000) })
  expect([huge.status, await huge.text()]).toEqual([413, expect.stringContaining('The form is larger than 10000 bytes.')])
})

test.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '/x/..//evil.example', 'evil', '/sign-in'])(
  'after signing in, %j leads to the front page',
  async (wanted) => {
    const answer = await post('/sign-in', { user: 'viewer-demo', 'return-to': wanted })
    expect(answer.headers.get('location')).toBe('/')
  },
)

test('signing out ends the session even for copies of the cookie', async () => {
  const cookie = await signIn('support-demo')
  expect((await get('/', { headers: { cookie } })).status).toBe(200)
  const away = await post('/sign-out', {}, { cookie })
  expect([away.status, away.headers.get('location')]).toEqual([303, '/sign-in'])
  expect((await get('/', { headers: { cookie } })).status).toBe(302)
})

test('a form sent from another site signs no one in or out', async () => {
  const foreign = await post('/sign-in', { user: 'ops-demo' }, { 'sec-fetch-site': 'cross-site' })
  expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null])

  const cookie = await signIn('ops-demo')
  expect((await post('/sign-out', {}, { cookie, origin: 'https://evil.example' })).status).toBe(403)
  expect((await get('/', { headers: { cookie } })).status).toBe(200)
})

test('the same users can authenticate with a token, and a wrong token is rejected whatever the cookie', async () => {
  const session = (headers: Record<string, string>) => get('/ops/jobs/api/v1/session', { headers })
  const signedIn = await session({ authorization: 'Bearer demo-viewer-demo' })
  expect(((await signedIn.json()) as { actor: unknown }).actor).toEqual({ id: 'viewer-demo', type: 'user', label: 'viewer-demo' })

  const cookie = await signIn('ops-demo')
  expect((await session({ cookie, authorization: 'Bearer demo-nobody' })).status).toBe(401)
  expect((await session({ cookie })).status).toBe(200)
})

test('the strict Content-Security-Policy is on every page, found or not, allowed or not', async () => {
  const cookie = await signIn('ops-demo')
  const pages = ['/', '/operations', '/walkthrough', '/sign-in', '/no-such-page', '/ops/jobs', '/ops/jobs/cron', '/ops/jobs/audit']
  for (const path of pages) {
    for (const headers of [{ cookie }, {} as Record<string, string>]) {
      const policy = (await get(path, { headers })).headers.get('content-security-policy')
      expect(policy, path).toContain("default-src 'none'")
      expect(policy, path).toMatch(/frame-ancestors '(none|self)'/)
      expect(policy, path).not.toMatch(/unsafe|https?:|\*/)
    }
  }
})

test('the pages load nothing inline and nothing from other sites', async () => {
  const cookie = await signIn('ops-demo')
  for (const path of ['/', '/operations', '/walkthrough']) {
    const page = await (await get(path, { headers: { cookie } })).text()
    expect(page, path).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=/)
    const sources = [...page.matchAll(/(?:src|href)="(\/(?:shop|ops\/jobs\/assets)\/[^"]+)"/g)].map(([, source]) => source!)
    expect(sources, path).toContain('/shop/shop.css')
    for (const source of sources) expect((await get(source)).status, source).toBe(200)
  }
})

test('support gets the two elements its role may read', async () => {
  const page = async (user: string) => (await get('/operations', { headers: { cookie: await signIn(user) } })).text()
  const elements = async (user: string) => ((await page(user)).match(/<ops-(overview|cron|audit)>/g) ?? []).sort()
  expect(await elements('ops-demo')).toEqual(['<ops-audit>', '<ops-cron>', '<ops-overview>'])
  expect(await elements('support-demo')).toEqual(['<ops-audit>', '<ops-cron>'])
})

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(demo.url + path, { redirect: 'manual', ...init })
}

function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return get(path, { method: 'POST', body: new URLSearchParams(fields), headers })
}

async function signIn(user: string): Promise<string> {
  const answer = await post('/sign-in', { user })
  return answer.headers.get('set-cookie')!.split(';')[0]!
}
