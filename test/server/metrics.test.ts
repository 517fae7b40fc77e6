import { readFileSync } from 'node:fs'
import { metrics } from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { incidentClasses, jobStates, operationActions } from '../../schemas/index.ts'
import { metricLabels } from '../../server/metrics/metric.ts'
import { allMetrics, prometheusName, writePrometheus } from '../../server/metrics/prometheus.ts'
import { startServer, type TestServer } from '../support/server.ts'

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
let server: TestServer
let decide: (header: unknown) => boolean | Promise<boolean> = (header) => header === 'yes'
let client: Client

beforeAll(async () => {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  server = await startServer({
    metrics: { prometheus: (request) => decide(request.headers['x-monitoring']) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  await client.query(`insert into ops.executor (id, name, host, engine, started_at, beat_at, queues) values (gen_random_uuid(), 'w1', 'h1', 'pg-boss', now(), now(), '[{"queue":"mail","slots":2,"used":0,"done":0,"failed":0,"lately":{"done":0,"failed":0},"paused":false,"limit":null}]')`)
  for (const queue of ['mail', 'report']) {
    await client.query(
      `insert into ops.queue_figure (queue, as_of, depth, oldest_available_at, oldest_due_at) values ($1, now(), '[{"state":"available","count":7,"how":"exact"}]', now() - interval '90 seconds', now() - interval '90 seconds')`,
      [queue],
    )
    await client.query(`insert into ops.queue_minute (queue, minute, finished, failed, waiting, wait_p95_seconds) values ($1, date_trunc('minute', now()) - interval '2 minutes', 600, 30, 7, 2.5)`, [queue])
    await client.query(
      `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at) values (gen_random_uuid(), $1, 'stuck_queue', 0, $2, 'open', now(), now(), now(), '{}', now())`,
      [queue, { queue }],
    )
  }
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
  metrics.disable()
})

interface Line {
  name: string
  labels: Record<string, string>
  value: number
}

/** Our own reading of the text format. */
function parse(text: string): Line[] {
  return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
    const [, name, labels = '', value] = /^([a-z0-9_:]+)(?:\{(.*)\})? (\S+)$/.exec(line)!
    return { name: name!, value: Number(value), labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, of]) => [key!, of!])) }
  })
}
async function scrape(): Promise<{ lines: Line[]; valueOf(name: string, labels?: object): number | undefined }> {
  const { status, text } = await server.call(null, 'GET', '/metrics', undefined, { 'x-monitoring': 'yes' })
  expect(status).toBe(200)
  const lines = parse(text)
  return { lines, valueOf: (name, labels = {}) => lines.find((line) => line.name === name && JSON.stringify(line.labels) === JSON.stringify(labels))?.value }
}

describe('the Prometheus endpoint', () => {
  test('tells what was measured, with its units', async () => {
    const { valueOf } = await scrape()
    expect(valueOf('ops_queue_depth', { queue: 'mail', state: 'available' })).toBe(7)
    expect(valueOf('ops_queue_oldest_due_age_seconds', { queue: 'mail' })).toBeCloseTo(90, 0)
    expect(valueOf('ops_queue_finished_per_second', { queue: 'mail' })).toBe(2)
    expect(valueOf('ops_queue_failed_per_second', { queue: 'mail' })).toBe(0.1)
    expect(valueOf('ops_queue_wait_p95_seconds', { queue: 'mail' })).toBe(2.5)
    expect(valueOf('ops_incidents_open', { class: 'stuck_queue' })).toBe(2)
    expect(valueOf('ops_incidents_open', { class: 'failure_burst' })).toBe(0)
    expect(valueOf('ops_live_clients')).toBe(0)
    expect(valueOf('ops_executors', { health: 'healthy' })).toBe(1)
    expect(valueOf('ops_executors', { health: 'missing' })).toBe(0)
  })

  test('counts what became of operations, and drifted previews', async () => {
    const subject = { type: 'cron_entry', id: 'nightly_sync' }
    const preview = async () => (await server.call('ops-demo', 'POST', '/previews', { action: 'pause_cron_entry', subject })).body as { id: string; token: string }
    const first = await preview()
    const second = (await server.call('ops-two', 'POST', '/previews', { action: 'pause_cron_entry', subject })).body as { id: string; token: string }
    expect((await server.call('ops-demo', 'POST', `/previews/${first.id}/execute`, { token: first.token })).status).toBe(200)
    expect((await server.call('ops-two', 'POST', `/previews/${second.id}/execute`, { token: second.token })).status).toBe(409)
    expect((await server.call('viewer-demo', 'POST', '/operations', { action: 'resume_cron_entry', subject }, { 'idempotency-key': 'k' })).status).toBe(403)
    const { valueOf } = await scrape()
    expect(valueOf('ops_operations_total', { action: 'pause_cron_entry', outcome: 'succeeded' })).toBe(1)
    expect(valueOf('ops_operations_total', { action: 'resume_cron_entry', outcome: 'denied' })).toBe(1)
    expect(valueOf('ops_operations_total', { action: 'pause_cron_entry', outcome: 'failed' })).toBe(1)
  })

  test('is not there unless the host turns it on', async () => {
    const silent = await startServer()
    const { status, body } = await silent.call('ops-demo', 'GET', '/metrics')
    await silent.stop()
    expect([status, body.code]).toEqual([404, 'not_found'])
  })

  test('answers only whom the host takes for its monitoring, and an actor is not enough', async () => {
    const asked = async (who: string | null) => (await server.call(who, 'GET', '/metrics')).status
    const own = decide
    try {
      expect([await asked(null), await asked('ops-demo')]).toEqual([403, 403])
      decide = () => Promise.reject(new Error('no monitoring today'))
      expect(await asked(null)).toBe(403)
      decide = () => new Promise(() => {})
      expect(await asked(null)).toBe(503)
    } finally {
      decide = own
    }
  })

  test('escapes names of queues', () => {
    const facts = allMetrics.find(({ name }) => name === 'ops.queue.depth')!
    const text = writePrometheus([{ type: 'gauge', facts, samples: [{ value: 1, labels: { queue: 'a"b\\c\nd', state: 'available' } }] }])
    expect(text.split('\n').at(-2)).toBe('ops_queue_depth{queue="a\\"b\\\\c\\nd",state="available"} 1')
  })
})

test('OpenTelemetry gets the same figures', async () => {
  await reader.forceFlush()
  const exported = exporter.getMetrics().at(-1)!.scopeMetrics.find(({ scope }) => scope.name === 'ops-powertools')!.metrics
  const points = exported.flatMap(({ descriptor, dataPoints }) => dataPoints.map(({ value, attributes }) => ({ name: descriptor.name, value, attributes })))
  expect(points).toContainEqual({ name: 'ops.queue.depth', value: 7, attributes: { queue: 'mail', state: 'available' } })
  expect(points).toContainEqual({ name: 'ops.incidents.open', value: 2, attributes: { class: 'stuck_queue' } })
})

describe('labels', () => {
  test('are those of the closed list, each metric with those that it declares', async () => {
    expect(allMetrics.flatMap(({ labels }) => labels).filter((label) => !metricLabels.includes(label))).toEqual([])
    const declared = new Map(allMetrics.map((facts) => [prometheusName(facts, facts.type), facts.labels as readonly string[]]))
    for (const { name, labels } of (await scrape()).lines) expect(Object.keys(labels)).toEqual(declared.get(name))
  })

  test('have values from closed lists, but for queues', async () => {
    const closed: Record<string, string[]> = {
      state: Object.keys(jobStates),
      class: Object.keys(incidentClasses),
      health: ['healthy', 'late', 'missing', 'unknown'],
      action: Object.keys(operationActions),
      outcome: ['succeeded', 'accepted', 'denied', 'failed'],
    }
    for (const { labels } of (await scrape()).lines) {
      for (const [label, value] of Object.entries(labels)) if (label !== 'queue') expect(closed[label]).toContain(value)
    }
  })
})

describe('the documentation', () => {
  const docs = readFileSync('docs/metrics.md', 'utf8')

  test('lists every metric with its two names and its labels', () => {
    const rows = [...docs.matchAll(/^\| `([\w.]+)` \| `(\w+)` \| (.*?) \|/gm)].map(([, name, prometheus, labels]) => [name, prometheus, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label)])
    expect(rows).toEqual(allMetrics.map((facts) => [facts.name, prometheusName(facts, facts.type), facts.labels]))
  })

  test('has a dashboard that asks only for metrics that exist', () => {
    const target = z.strictObject({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string() })
    const place = z.strictObject({ x: z.number().int().min(0).max(23), y: z.number().int().min(0), w: z.number().int().min(1).max(24), h: z.number().int().min(1) })
    const panel = z.object({ id: z.number().int(), type: z.enum(['timeseries', 'stat']), title: z.string().min(1), gridPos: place, datasource: z.strictObject({ type: z.literal('prometheus'), uid: z.string() }), targets: z.array(target).min(1) })
    const dashboard = z.object({ title: z.string(), uid: z.string(), schemaVersion: z.number().int(), panels: z.array(panel), templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }) })
    const { panels } = dashboard.parse(JSON.parse(readFileSync('docs/grafana.json', 'utf8')))
    const known = new Set(allMetrics.map((facts) => prometheusName(facts, facts.type)))
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/\bops_\w+/g) ?? []))
    expect(asked.filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !asked.includes(name))).toEqual([])
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })
})
