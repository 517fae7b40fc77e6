import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { entities } from '../server/db/entities.ts'

const root = new URL('..', import.meta.url).pathname

interface Import {
  from: string
  to: string
}

/** Every relative import of a folder as a path from the top, and every package it names. */
function importsOf(folder: string): { files: Import[]; packages: Import[] } {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|js)$/.test(name))
  const found = sources.flatMap((name) => {
    const from = join(folder, name)
    const text = readFileSync(join(root, from), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    const specifiers = text.matchAll(/^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)
    return [...specifiers].map(([, a, b, c]) => ({ from, to: (a ?? b ?? c)! }))
  })
  return {
    files: found.filter(({ to }) => to.startsWith('.')).map(({ from, to }) => ({ from, to: normalize(join(dirname(from), to)) })),
    packages: found.filter(({ to }) => !to.startsWith('.')),
  }
}

const server = importsOf('server')
const schemas = importsOf('schemas')
const components = importsOf('components')
const demo = importsOf('demo-host')

/** Parts of the server from left to right; each may import what is to its right. */
const layers: string[][] = [
  ['server/index.ts', 'server/cli/'],
  ['server/http/'],
  ['server/handlers.ts', 'server/loops.ts', 'server/live/'],
  ['server/session/'],
  ['server/open.ts', 'server/operation-table.ts', 'server/job-sets.ts', 'server/maintenance.ts'],
  ['server/metrics/'],
  ['server/overview/', 'server/forensics/', 'server/bridges/'],
  ['server/workers/'],
  ['server/retention/kinds.ts', 'server/retention/expire.ts', 'server/retention/audit.ts'],
  ['server/incidents/'],
  ['server/cron/', 'server/audit/', 'server/jobs/', 'server/queues/'],
  ['server/errors/'],
  ['server/deploys/', 'server/executors/'],
  ['server/figures/'],
  ['server/retention/'],
  ['server/notices/'],
  ['server/webhooks/'],
  ['server/operations/'],
  // The feature is to the left of operations; what it is told is written with their events.
  ['server/notices/outbox.ts'],
  ['server/repeat.ts', 'server/kit.ts', 'server/cursor.ts'],
  ['server/engines/', 'server/host/', 'server/db/', 'server/options.ts'],
  ['server/error.ts', 'server/metrics/counters.ts', 'server/metrics/metric.ts', 'server/timeout.ts', 'server/node-version.ts', 'server/uuid.ts', 'server/version.ts', 'server/package-folder.ts', 'server/describe-failure.ts', 'server/db/sqlstate.ts'],
]
/** A file that is named has its own place, also one that lies in a folder with another. */
function layerOf(path: string): number {
  const named = layers.findIndex((parts) => parts.includes(path))
  return named >= 0 ? named : layers.findIndex((parts) => parts.some((part) => part.endsWith('/') && path.startsWith(part)))
}

const breaking = (imports: Import[], allowed: (edge: Import) => boolean) =>
  imports.filter((edge) => !allowed(edge)).map(({ from, to }) => `${from} imports ${to}`)

describe('the direction of imports', () => {
  test('schemas import zod and themselves', () => {
    expect(breaking(schemas.files, ({ to }) => to.startsWith('schemas/'))).toEqual([])
    expect(breaking(schemas.packages, ({ to }) => to === 'zod')).toEqual([])
  })

  test('every file of the server has a place in the order', () => {
    expect(server.files.map(({ from }) => from).filter((from) => layerOf(from) < 0)).toEqual([])
  })

  test('the server imports to the right, schemas and migrations, and never the elements', () => {
    const allowed = ({ from, to }: Import) =>
      to.startsWith('schemas/') ||
      (to.startsWith('migrations/') && from.startsWith('server/db/')) ||
      (to.startsWith('server/') && layerOf(to) >= layerOf(from))
    // The types that everything hangs on name each other: the kit holds bridges and operations, a bridge is opened by the host's options.
    const typesOnly = new Set(['server/kit.ts → server/bridges/bridge.ts', 'server/kit.ts → server/operations/operation.ts', 'server/options.ts → server/bridges/bridge.ts'])
    expect(breaking(server.files, (edge) => allowed(edge) || typesOnly.has(`${edge.from} → ${edge.to}`))).toEqual([])
  })

  test('features ask each other only through the files that are made for it, and in one direction', () => {
    // From left to right: jobs and the audit log ask queues, queues ask cron.
    const features = [['server/jobs/', 'server/audit/'], ['server/queues/'], ['server/cron/']]
    const forOthers = ['server/queues/known.ts', 'server/queues/pause-note.ts', 'server/cron/made-jobs.ts']
    const placeOf = (path: string) => features.findIndex((folders) => folders.some((folder) => path.startsWith(folder)))
    const folderOf = (path: string) => path.split('/').slice(0, 2).join('/')
    const allowed = ({ from, to }: Import) =>
      placeOf(from) < 0 || placeOf(to) < 0 || folderOf(from) === folderOf(to) || (placeOf(from) < placeOf(to) && forOthers.includes(to))
    expect(breaking(server.files, allowed)).toEqual([])
  })

  test('koa appears only where HTTP is spoken', () => {
    const http = ['server/http/', 'server/index.ts']
    const koa = server.packages.filter(({ to }) => to.startsWith('koa') || to.startsWith('@koa/'))
    expect(breaking(koa, ({ from }) => http.some((place) => from.startsWith(place)))).toEqual([])
  })

  test('no part of the server loads a queue library or its dashboard', () => {
    const queues = /^(pg-boss|@pg-boss\/|graphile-worker|bullmq|@bull-board\/)/
    expect(breaking(server.packages, ({ to }) => !queues.test(to))).toEqual([])
  })

  test('engines are acted on from operations and the scheduler only', () => {
    const acting = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /engine\.(enqueue|cancel|act|pauseQueue|resumeQueue|scaleQueue)!?\(/.test(readFileSync(join(root, 'server', name), 'utf8')))
    const mayAct = ['cron/', 'jobs/operations/', 'queues/operations/']
    expect(acting.filter((name) => !mayAct.some((place) => name.startsWith(place)))).toEqual([])
  })

  test('no engine is named outside its folder, but where a host is shown what to write', () => {
    const shown = ['engines/', 'bridges/', 'workers/', 'cli/init/', 'open.ts', 'http/openapi/examples.ts']
    const naming = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !shown.some((place) => name.startsWith(place)))
      .filter((name) => /pg-?boss|oban|graphile|bull/i.test(readFileSync(join(root, 'server', name), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')))
    expect(naming).toEqual([])
  })

  test('elements import themselves, lit, and the parts of schemas that carry no zod', () => {
    const withoutZod = ['schemas/routes.ts', 'schemas/calls.ts', 'schemas/vocabulary.ts', 'schemas/actions.ts', 'schemas/event-types.ts', 'schemas/job-filters.ts', 'schemas/cron-words.ts', 'schemas/error-words.ts', 'schemas/incident-words.ts', 'schemas/forensics-words.ts', 'schemas/executor-words.ts', 'schemas/bulk-words.ts', 'schemas/status-words.ts', 'schemas/webhook-words.ts', 'schemas/problem-codes.ts', 'schemas/plural.ts', 'schemas/duration.ts', 'schemas/event-stream.ts', 'schemas/queue-words.ts', 'schemas/protocol.ts', 'schemas/views.ts', 'schemas/own-changes.ts']
    expect(breaking(components.packages, ({ to }) => /^(lit$|lit\/|@lit\/)/.test(to))).toEqual([])
    expect(breaking(components.files, ({ to }) => to.startsWith('components/') || to.startsWith('schemas/'))).toEqual([])
    expect(breaking(runtimeImports('components', components.files), ({ to }) => !to.startsWith('schemas/') || withoutZod.includes(to))).toEqual([])
  })

  test('the client for browsers loads no schema, and so no zod', () => {
    const edges = runtimeImports('schemas', schemas.files)
    const reached = new Set(['schemas/client.ts'])
    for (const from of reached) for (const edge of edges) if (edge.from === from) reached.add(edge.to)
    const valued = schemas.packages.filter(({ from, to }) => reached.has(from) && !new RegExp(`import type [^'"]*['"]${to}['"]`).test(readFileSync(join(root, from), 'utf8')))
    expect([...reached].toSorted()).toEqual(['schemas/calls.ts', 'schemas/client.ts', 'schemas/event-stream.ts', 'schemas/own-changes.ts', 'schemas/retry.ts', 'schemas/routes.ts'])
    expect(breaking(valued, () => false)).toEqual([])
  })

  test('the demo host uses what any host may use: the public exports', () => {
    expect(breaking(demo.files, ({ to }) => to.startsWith('demo-host/'))).toEqual([])
  })
})

/** Imports that are still there at run time. */
function runtimeImports(folder: string, edges: Import[]): Import[] {
  const typeOnly = new Set<string>()
  for (const { from } of edges) {
    const text = readFileSync(join(root, from), 'utf8')
    for (const [, specifier] of text.matchAll(/^\s*(?:import|export) type\b[^'"]*?from\s*['"]([^'"]+)['"]/gm)) {
      typeOnly.add(`${from} → ${normalize(join(dirname(from), specifier!))}`)
    }
  }
  const kept = edges.filter(({ from, to }) => from.startsWith(folder) && !typeOnly.has(`${from} → ${to}`))
  return kept
}

test('SQLSTATE codes have names', () => {
  const literal = /'(?:0[0-9A-Z]|2[0-9BDF]|3[489BDF]|4[024]|5[34578]|P0|XX)[0-9A-Z]{3}'/
  const spelled = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'db/sqlstate.ts')
    .filter((name) => literal.test(readFileSync(join(root, 'server', name), 'utf8')))
  expect(spelled).toEqual([])
})

describe('the owner of a table', () => {
  /** Whoever else needs what is in it asks a verb of the owner, or joins what the owner exports for that. */
  const owners: Record<string, string[]> = {
    'server/cron/': ['cron_entry', 'cron_revision', 'cron_slot', 'cron_coverage'],
    'server/operations/': ['audit_event', 'preview', 'idempotency_key', 'refusal_tally', 'open_request', 'second_look', 'bulk_run', 'bulk_batch'],
    'server/figures/': ['snapshot', 'queue_figure', 'queue_minute', 'engine_minute', 'usual_duration', 'finding'],
    'server/queues/': ['queue_pause'],
    'server/errors/': ['error_group', 'error_minute', 'error_origin', 'error_seen', 'error_feed', 'error_gap', 'error_baseline'],
    'server/jobs/': ['job_view'],
    'server/incidents/': ['incident', 'detection'],
    'server/deploys/': ['deploy'],
    'server/notices/': ['notice', 'notice_thread'],
    'server/webhooks/': ['webhook_delivery', 'webhook_endpoint'],
    'server/retention/': ['archive'],
    'server/executors/': ['executor', 'executor_job', 'executor_run', 'executor_gap', 'queue_wish', 'executor_stop'],
    'server/db/': ['installation', 'turn'],
  }
  const ownerOf = (table: string) => Object.keys(owners).find((folder) => owners[folder]!.includes(table))
  const sources = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name: join('server', name), text: readFileSync(join(root, 'server', name), 'utf8') }))
  const entityOf = new Map(entities.map(({ meta }) => [meta.className!, meta.tableName!]))

  test('is named for every entity, once', () => {
    expect(Object.values(owners).flat().toSorted()).toEqual([...entityOf.values()].toSorted())
  })

  test('is alone with it: no other folder names the table or its entity', () => {
    const tablesIn = ({ name, text }: (typeof sources)[number]) => {
      const named = [...text.matchAll(/table\('(\w+)'\)/g)].map(([, table]) => table!).filter((table) => ownerOf(table))
      const [, imported = ''] = /import \{([^}]*)\} from '[./]+db\/entities\.ts'/.exec(text) ?? []
      const used = imported.split(',').map((each) => entityOf.get(each.trim().split(' ')[0]!)).filter((table) => table !== undefined)
      return [...new Set([...named, ...used])].filter((table) => !name.startsWith(ownerOf(table)!)).map((table) => `${name} uses ${table}`)
    }
    expect(sources.filter(({ name }) => name !== 'server/db/entities.ts').flatMap(tablesIn)).toEqual([])
  })

  test('alone changes it, also where others join what it exports', () => {
    const exported = ['auditEvents', 'snapshots', 'queueFigures', 'queueMinutes', 'engineMinutes', 'scheduledQueues']
    const writing = new RegExp(`(insert into|update|delete from|truncate|lock table) \\$\\{(${exported.join('|')})\\(`)
    expect(sources.filter(({ text }) => writing.test(text)).map(({ name }) => name)).toEqual([])
  })
})

test('advisory locks are all taken in one place', () => {
  const taking = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && /pg_(try_)?advisory/.test(readFileSync(join(root, 'server', name), 'utf8')))
  expect(taking).toEqual(['db/advisory.ts'])
})
