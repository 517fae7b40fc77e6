import { FakeApi } from './fake-api.ts'
import { at, entries, session } from './sample.ts'
import { accessible, all, clear, equal, excludes, includes, seen, until } from './support.ts'

/** What the element says when everything is answered like this. */
async function said(tag: 'ops-cron' | 'ops-shell', answer: typeof fetch | undefined, api = `/mistake/${crypto.randomUUID()}/api/v1`): Promise<string> {
  const element = document.createElement(tag)
  if (answer) Object.assign(element, { api, fetch: answer })
  document.body.append(element)
  const panel = await until(() => all(element, '[part=problem]')[0], 'the problem', 5000)
  await accessible(element)
  excludes(seen(element), 'Loading…')
  return seen(panel)
}

const page = (status = 200): typeof fetch => () => Promise.resolve(new Response('<!doctype html><title>Admin</title>', { status, headers: { 'content-type': 'text/html; charset=utf-8' } }))

describe('a mistake in the setup', () => {
  afterEach(clear)

  for (const tag of ['ops-cron', 'ops-shell'] as const) {
    it(`is one sentence with the mend in ${tag}: no api, a web page, nothing there, another sign-in, another origin`, async () => {
      includes(await said(tag, undefined), `<${tag}> has no api. Give it one, e.g. api="/ops/jobs/api/v1"`)
      clear()
      const web = await said(tag, page())
      includes(web, 'answered a web page instead of the API. Set api to the path of the API')
      excludes(web, 'JSON')
      clear()
      includes(await said(tag, page(404)), 'it ends in /api/v1')
      clear()
      includes(await said(tag, page(401)), 'sign in, or let the API decide')
      clear()
      includes(await said(tag, () => Promise.reject(new TypeError('Failed to fetch')), 'https://ops.example/api/v1'), 'https://ops.example did not answer this page. Either it is down, or it does not allow requests from')
    })
  }

  it('is over as soon as the api is given', async () => {
    const api = new FakeApi({ getSession: () => session(), listCronEntries: () => ({ items: entries(), asOf: at(0) }) })
    const element = document.createElement('ops-cron')
    document.body.append(element)
    await until(() => all(element, '[part=problem]')[0], 'the problem', 5000)
    Object.assign(element, { api: '/mended/api/v1', fetch: api.fetch })
    await until(() => seen(element).includes('nightly_sync'), 'the entries')
    equal(all(element, '[part=problem]').length, 0)
  })

  it('is not what a proxy says while the server restarts', async () => {
    includes(await said('ops-cron', page(502)), 'The page tries again by itself')
  })
})
