import { writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { type EndpointName, type Endpoints, routes } from '../../schemas/index.ts'
import { type Demo, openDemo } from './demo.ts'

/**
 * Writes the examples of the OpenAPI document from what the demo answers: `node scripts/record/examples.ts`, with the package built.
 * Lists are cut to two items, so that the document stays small.
 */
interface Example {
  params?: Record<string, string>
  request?: unknown
  response?: unknown
}

type Examples = Partial<Record<EndpointName, Example>>
interface Ask {
  params?: Record<string, string>
  query?: string
  body?: unknown
  headers?: Record<string, string>
}

/** Tables by operation or capability have a line for each, which say the same. */
const tables = new Set(['permissions', 'operations', 'reasons', 'capabilities', 'lacks', 'pages'])

const demo = await openDemo()
try {
  const examples = await record(demo)
  const missing = Object.keys(routes).filter((name) => !examples[name as EndpointName])
  if (missing.length) throw new Error(`No example was recorded of ${missing.join(', ')}.`)
  const text = JSON.stringify(examples, null, 2).replaceAll(/^( *)"(\w+)":/gm, '$1$2:')
  writeFileSync(
    new URL('../../server/http/openapi/examples.ts', import.meta.url),
    `import type { EndpointName } from '../../../schemas/index.ts'\n\n/** Recorded from the demo by \`node scripts/record/examples.ts\`. Of a file or a stream, a response by its media type. */\nexport const examples: Readonly<Record<EndpointName, { params?: Readonly<Record<string, string>>; request?: unknown; response?: unknown }>> = ${text}\n`,
  )
} finally {
  await demo.stop()
}

async function record(demo: Demo): Promise<Examples> {
  const examples: Examples = {}
  const ask: Asker = async (name, { params, query = '', body, headers } = {}) => {
    const [method, template] = routes[name].split(' ') as [string, string]
    const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params![key]!))
    const { status, text } = await demo.call(method, path + query, body, headers)
    if (status >= 300) throw new Error(`${name} answered ${status}: ${text.slice(0, 300)}`)
    const response: unknown = JSON.parse(text)
    examples[name] = { params, request: body, response: shorten(response) }
    return response as never
  }
  const askFile = async (name: EndpointName, formats: Record<string, string>, params: Record<string, string> = {}) => {
    const [, template] = routes[name].split(' ') as [string, string]
    const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key]!))
    const response: Record<string, string> = {}
    for (const [type, query] of Object.entries(formats)) response[type] = (await demo.call('GET', path + query)).text.split('\n').slice(0, 3).join('\n').slice(0, 600)
    examples[name] = { params: Object.keys(params).length ? params : undefined, response }
  }
  await recordOperations(ask)
  await recordReads(ask)
  await recordFiles(askFile)
  // A run as small as the demo's is over before it could be stopped.
  const { params, response: run } = examples.getBulkRun! as { params: Record<string, string>; response: { actor: unknown } }
  examples.abortBulkRun = { params, response: { ...run, status: 'aborted', abortedBy: run.actor } }
  examples.streamLive = { response: { 'text/event-stream': 'id: 8f1c-42\nevent: hint\ndata: {"topic":"cron","subject":{"type":"cron_entry","id":"nightly_sync"}}\n\n' } }
  examples.getOpenapi = { response: { openapi: '3.1.0', info: { title: 'Ops Powertools' } } }
  return examples

  async function recordFiles(askFile: (name: EndpointName, formats: Record<string, string>, params?: Record<string, string>) => Promise<void>) {
    const lines = { 'text/csv': '?format=csv', 'application/x-ndjson': '?format=ndjson' }
    await askFile('exportAuditEvents', lines)
    await askFile('exportJobs', lines)
    await askFile('exportBulkItems', lines, { id: (examples.getBulkRun!.params as { id: string }).id })
    await askFile('exportForensics', { 'application/json': '?format=json', 'text/markdown': '?format=markdown' }, { subjectType: 'cron_entry', subjectId: 'nightly_sync' })
    await askFile('getMetrics', { 'text/plain': '' })
  }
}

type Asker = <Name extends EndpointName>(name: Name, ask?: Ask) => Promise<z.infer<Endpoints[Name]['output']>>

async function recordOperations(ask: Asker): Promise<void> {
  const selection = { filter: { state: 'discarded' } }
  const many = await ask('createPreview', { body: { action: 'retry_job', selection } })
  const bulk = { id: many.plan.selection!.bulkId }
  await ask('executePreview', { params: { id: many.id }, body: { token: many.token, reason: 'upstream is back' } })
  await ask('getBulkRun', { params: bulk })
  await ask('listBulkRuns')
  await ask('listBulkItems', { params: bulk })
  // One subject is the simpler example, and replaces that of many.
  const preview = await ask('createPreview', { body: { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: {} } })
  await ask('getPreview', { params: { id: preview.id } })
  await ask('executePreview', { params: { id: preview.id }, body: { token: preview.token, reason: 'fixture maintenance' } })
  await ask('runOperation', {
    body: { action: 'resume_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'maintenance is over' },
    headers: { 'idempotency-key': `resume-${preview.id}` },
  })
  await ask('markDeploy', { body: { version: 'shop 481', note: 'new mail templates' } })
}

async function recordReads(ask: Asker): Promise<void> {
  for (const name of ['getSession', 'getOverview', 'listAuditEvents', 'listQueues', 'listIncidents', 'countIncidents', 'listDeploys', 'listErrorGroups', 'listExecutors', 'listWebhookDeliveries', 'listComingRuns', 'countJobs', 'getJobHistogram', 'getHealth', 'getReadiness'] as const) await ask(name)
  const jobs = await ask('listJobs', { query: '?limit=2' })
  await ask('getJob', { params: { id: jobs.items[0]!.id } })
  await ask('hintJobs', { query: '?field=queue&prefix=o' })
  await ask('saveJobView', { params: { name: 'Failed mails' }, body: { filters: { queue: 'order_mail', state: 'discarded' } } })
  await ask('listJobViews')
  await ask('deleteJobView', { params: { name: 'Failed mails' } })
  await ask('listCronEntries', { query: '?limit=2' })
  await ask('getCronEntry', { params: { name: 'nightly_sync' } })
  await ask('getCronHistory', { params: { name: 'nightly_sync' } })
  await ask('previewCronSchedule', { query: '?expression=0%202%20*%20*%20*&timezone=Europe/Berlin' })
  const events = await ask('listAuditEvents', { query: '?limit=2' })
  await ask('getAuditEvent', { params: { id: events.items[0]!.id } })
  await ask('countAuditEvents', { query: `?bounds=${new Date(Date.now() - 3_600_000).toISOString()},${new Date().toISOString()}` })
  await ask('getQueue', { params: { name: 'order_mail' } })
  const incidents = await ask('listIncidents')
  await ask('getIncident', { params: { id: incidents.items[0]!.id } })
  const groups = await ask('listErrorGroups')
  await ask('getErrorGroup', { params: { fingerprint: groups.items[0]!.fingerprint } })
  const executors = await ask('listExecutors')
  await ask('getExecutor', { params: { id: executors.items[0]!.id } })
  await ask('getForensics', { params: { subjectType: 'cron_entry', subjectId: 'nightly_sync' } })
  await ask('listChronology', { params: { subjectType: 'cron_entry', subjectId: 'nightly_sync' } })
}

function shorten(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.slice(0, 2).map((each) => shorten(each))
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 199)}…` : value
  if (typeof value !== 'object' || value === null) return value
  // The coming runs of an entry name their three operations one by one.
  const fixed = 'skip_cron_slot' in value && 'resume_cron_entry' in value && Object.keys(value).length === 3
  const entries = tables.has(key) && !fixed ? Object.entries(value).slice(0, 2) : Object.entries(value)
  return Object.fromEntries(entries.map(([name, inner]) => [name, shorten(inner, name)]))
}
