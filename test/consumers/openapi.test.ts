import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { countEvents } from './operator.ts'
import { filesOf, makeProject, type Project, versionOf } from './project.ts'
import { type Served, serve } from './served.ts'

let project: Project
let database: TestDatabase
let served: Served | undefined

beforeAll(async () => {
  database = await createDatabase({ empty: true })
  project = await makeProject('openapi', {
    '@redocly/cli': '2.77.0',
    '@types/node': versionOf('@types/node'),
    'openapi-fetch': '0.17.0',
    'openapi-typescript': '7.13.0',
    'pg-boss': versionOf('pg-boss'),
    typescript: '5.9.3',
  })
}, 240_000)

afterAll(async () => {
  await served?.stop()
  await project?.remove()
  await database?.drop()
})

const document = 'node_modules/ops-powertools/dist/openapi.json'

/** Whether the process is alive, whether it is ready and what this document is depends on nothing in a request, so that none of them is refused. */
const ignored = `
openapi.json:
  operation-4xx-response:
    - '#/paths/~1openapi.json/get/responses'
    - '#/paths/~1healthz/get/responses'
    - '#/paths/~1readyz/get/responses'
`

test('redocly has neither errors nor warnings about the OpenAPI document, by its recommended rules', async () => {
  await project.run('cp', [document, 'openapi.json'])
  await project.write('.redocly.lint-ignore.yaml', ignored)
  const printed = await project.run('redocly', ['lint', 'openapi.json', '--extends', 'recommended'], { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' })
  expect(printed).toContain('Your API description is valid')
  expect(printed).not.toMatch(/\d+ (error|warning)/)
})

test('a client made by openapi-typescript compiles strictly, pauses an entry and reads its event', async () => {
  await project.run('openapi-typescript', [document, '--output', 'api.d.ts', '--default-non-nullable', 'false'])
  await project.write('client.ts', client)
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions: { strict: true, exactOptionalPropertyTypes: true, module: 'nodenext', target: 'es2023', types: ['node'], noEmit: true, skipLibCheck: false }, files: ['client.ts', 'api.d.ts'] }))
  await project.run('tsc')

  await project.write('ops.config.ts', filesOf('docs/hosts/README.md')['ops.config.ts']!)
  await project.write('server.ts', filesOf('docs/hosts/node.md')['server.ts']!)
  served = await serve(project, 'node', ['server.ts'], { DATABASE_URL: database.url })
  expect(await project.run(process.execPath, ['client.ts', served.url])).toBe('cron.paused by Anna: made from the document\nnot_found\n')
  expect(await countEvents(served.url, 'cron.paused')).toBe(1)
})

/** Uses names of schemas, a body that is a union, a path parameter, and a refusal with its type. */
const client = `
import createClient from 'openapi-fetch'
import type { components, paths } from './api.d.ts'

const url = process.argv[2]!
const api = createClient<paths>({ baseUrl: url + '/ops/jobs/api/v1', headers: { cookie: 'user=anna', origin: url, 'sec-fetch-site': 'same-origin' } })

const request: components['schemas']['PauseCronEntryRequest'] = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const preview = await api.POST('/previews', { body: request })
if (!preview.data) throw new Error(preview.error.detail)
const done = await api.POST('/previews/{id}/execute', { params: { path: { id: preview.data.id } }, body: { token: preview.data.token, reason: 'made from the document' } })
if (!done.data || !('event' in done.data)) throw new Error('expected the event of a change')

const { data: event } = await api.GET('/audit-events/{id}', { params: { path: { id: done.data.event.id } } })
if (!event) throw new Error('expected the event to be there')
const read: components['schemas']['AuditEvent'] = event
console.log(\`\${read.eventType} by \${read.actor.label}: \${read.reason}\`)

const missing = await api.GET('/cron-entries/{name}', { params: { path: { name: 'nothing' } } })
if (missing.data) throw new Error('expected a refusal')
const code: components['schemas']['Problem']['code'] = missing.error.code
console.log(code)
`
