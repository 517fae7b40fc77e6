import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from './support/postgres.ts'

const project = new URL('..', import.meta.url).pathname
const run = promisify(execFile)
let host: string
let database: TestDatabase

/** `import"x"`, `import{a}from"x"`, `export{a}from"x"`, `import("x")`, as a minifier writes them. */
const importStatement = /(?<![\w$."'`])(import\(|import|export)(\s*[\w*${},\s]*?\bfrom|\s*)\s*(["'`])([@\w./:-]+)\3/g

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional: boolean }>
  exports: Record<string, string | Record<string, string>>
  bin: Record<string, string>
}
const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as Manifest

const pages = ['ops-shell', 'ops-overview', 'ops-cron', 'ops-jobs', 'ops-job', 'ops-queues', 'ops-queue', 'ops-errors', 'ops-executors', 'ops-incidents', 'ops-incident', 'ops-forensics', 'ops-audit', 'ops-bridge']

/** What a host has of its own, besides this package. */
const ownPackages = ['pg-boss', 'koa', '@types/koa', '@types/node', 'typescript']

beforeAll(async () => {
  if (!existsSync(join(project, 'dist/server/index.js'))) throw new Error("There is no dist/ to pack; run 'npm run build' first.")
  host = await mkdtemp(join(tmpdir(), 'ops-powertools-host-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', host], { cwd: project })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  await writeFile(join(host, 'package.json'), JSON.stringify({ name: 'host', private: true, type: 'module' }))
  const wanted = ownPackages.map((name) => `${name}@${(manifest.dependencies[name] ?? manifest.devDependencies[name])!}`)
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', join(host, filename), ...wanted], { cwd: host })
  database = await createDatabase({ empty: true })
}, 240_000)

afterAll(async () => {
  await database?.drop()
  if (host) await rm(host, { recursive: true, force: true })
})

async function script(name: string, text: string): Promise<string> {
  await writeFile(join(host, name), text)
  return (await run(process.execPath, [join(host, name)], { cwd: host, timeout: 20_000 })).stdout.trim()
}

describe('installed from its tarball', () => {
  const installed = (path: string) => join(host, 'node_modules/ops-powertools', path)

  test('it brings neither a queue library nor a dashboard nor sources or tests', async () => {
    const names = await readdir(installed(''))
    expect(names.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'])
    expect(existsSync(join(host, 'node_modules/@pg-boss/dashboard'))).toBe(false)
    const files = await readdir(installed('dist'), { recursive: true })
    expect(files.filter((file) => /(^|\/)(test|demo-host|node_modules)\//.test(file) || (file.endsWith('.ts') && !file.endsWith('.d.ts')))).toEqual([])
  })

  test('every export leads to a file that is there', async () => {
    const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
    const missing = targets.filter((target) => !target.includes('*') && !existsSync(installed(target)))
    const emptyFolders = targets.filter((target) => target.includes('*') && !existsSync(installed(target.slice(0, target.indexOf('*')))))
    expect([...missing, ...emptyFolders, ...Object.values(manifest.bin).filter((file) => !existsSync(installed(file)))]).toEqual([])
  })

  test('server, engines, bridges, client and schemas are imported without their optional peers being there', async () => {
    for (const name of Object.keys(manifest.peerDependencies)) {
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
      expect([name, existsSync(join(host, 'node_modules', name))]).toEqual([name, ownPackages.includes(name)])
    }
    const exported = {
      'ops-powertools': 'createOps',
      'ops-powertools/engines/pg-boss': 'pgBoss',
      'ops-powertools/engines/oban': 'oban',
      'ops-powertools/engines/graphile-worker': 'graphileWorker',
      'ops-powertools/engines/bullmq': 'bullmq',
      'ops-powertools/bridges/pg-boss': 'pgBossDashboard',
      'ops-powertools/bridges/bull-board': 'bullBoard',
      'ops-powertools/webhooks': 'standardWebhooks',
      'ops-powertools/bridges/oban-web': 'obanWeb',
      'ops-powertools/workers': 'attendPgBoss',
      'ops-powertools/client': 'createClient',
      'ops-powertools/schemas': 'auditEvent',
    }
    const found = await script(
      'imports.mjs',
      `const exported = ${JSON.stringify(exported)}
       const types = {}
       for (const [module, name] of Object.entries(exported)) types[module] = typeof (await import(module))[name]
       console.log(JSON.stringify(types))`,
    )
    const { 'ops-powertools/schemas': schema, ...functions } = JSON.parse(found) as Record<string, string>
    expect(schema).toBe('object')
    expect(functions).toEqual(Object.fromEntries(Object.keys(functions).map((name) => [name, 'function'])))
    expect(Object.keys(functions)).toHaveLength(11)
  })

  test('nothing else can be imported: no helper of an engine, a bridge, an element or the server', async () => {
    const helpers = ['engines/engine', 'engines/sql', 'engines/pg-boss/act', 'engines/pg-boss/index', 'engines/oban/table', 'bridges/bridge', 'bridges/oban-web/html', 'server/kit', 'server/index.js', 'components/confirm.js', 'components/parts/confirm.js', 'dist/server/kit.js']
    const found = await script(
      'helpers.mjs',
      `const codes = {}
       for (const name of ${JSON.stringify(helpers)}) codes[name] = await import('ops-powertools/' + name).then(() => 'imported', ({ code }) => code)
       console.log(JSON.stringify(codes))`,
    )
    expect(JSON.parse(found)).toEqual(Object.fromEntries(helpers.map((name) => [name, 'ERR_PACKAGE_PATH_NOT_EXPORTED'])))
    const engines = Object.keys(manifest.exports).filter((name) => name.startsWith('./engines/'))
    const bridges = Object.keys(manifest.exports).filter((name) => name.startsWith('./bridges/'))
    expect([engines.length, bridges.length]).toEqual([4, 3])
  })

  // Each in a process of its own, so that none leans on what another brought.
  test.each(pages)('%s is imported, and defines itself', async (tag) => {
    expect(await script('element.mjs', `await import('ops-powertools/components/${tag}.js'); console.log(typeof customElements.get('${tag}'))`)).toBe('function')
  })

  test('the browser build names no package, so that a page needs no build step', async () => {
    const folder = installed('dist/browser')
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'))
    expect(files).toEqual(expect.arrayContaining(pages.map((tag) => `${tag}.js`)))
    let relative = 0
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8')
      const specifiers = [...text.matchAll(importStatement)].map(([, , , , name]) => name!)
      expect([file, specifiers.filter((name) => !/^\.{0,2}\//.test(name))]).toEqual([file, []])
      relative += specifiers.length
    }
    expect(relative).toBeGreaterThan(files.length / 2) // the imports were found at all
  })

  test('the browser build brings the licences of what is bundled in it', async () => {
    const notice = await readFile(installed('dist/browser/THIRD-PARTY-LICENSES.md'), 'utf8')
    for (const name of ['lit', 'lit-html', 'lit-element', '@lit/reactive-element']) expect(notice).toMatch(new RegExp(`^## ${name} - `, 'm'))
    expect(notice).toContain('Copyright (c) 2017 Google LLC')
    expect(notice).toContain('Redistributions in binary form must reproduce')
  })

  test('the machine-readable contracts are there', async () => {
    const found = await script(
      'contracts.mjs',
      `import openapi from 'ops-powertools/openapi.json' with { type: 'json' }
       import elements from 'ops-powertools/custom-elements.json' with { type: 'json' }
       const tags = elements.modules.flatMap(({ declarations = [] }) => declarations.map(({ tagName }) => tagName)).filter(Boolean)
       console.log(JSON.stringify({ openapi: openapi.openapi, paths: Object.keys(openapi.paths), missing: ${JSON.stringify(pages)}.filter((tag) => !tags.includes(tag)) }))`,
    )
    const { openapi, paths, missing } = JSON.parse(found) as { openapi: string; paths: string[]; missing: string[] }
    expect([openapi, missing]).toEqual([expect.stringMatching(/^3\.1/), []])
    expect(paths.map((path) => path.replace(/.*(?=\/(cron-entries|jobs|queues|bulk)$)/, ''))).toEqual(expect.arrayContaining(['/cron-entries', '/jobs', '/queues', '/bulk']))
  })

  test('the command line starts, sets up a host, and its server runs', async () => {
    const command = join(host, 'node_modules/.bin/ops-powertools')
    const env = { ...process.env, DATABASE_URL: database.url }
    const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as { version: string }
    expect((await run(command, ['--version'])).stdout.trim()).toBe(version)
    await run(command, ['init', '--no-install'], { cwd: host, env })
    await serves(join(host, 'ops.server.mjs'))
    expect((await run(command, ['migrate', 'status'], { cwd: host, env })).stdout).toContain('applied')
    const doctor = await run(command, ['doctor', '--json'], { cwd: host, env }).catch((failed: { code: number; stdout: string }) => failed)
    const { verdict, findings } = JSON.parse(doctor.stdout) as { verdict: string; findings: { check: string; status: string }[] }
    // A moment after the server was killed its scheduler may be found late; nothing else is wrong.
    expect([verdict, findings.filter(({ check, status }) => status !== 'ok' && check !== 'scheduler')]).toEqual([expect.stringMatching(/^(ok|warning)$/), []])
    expect((await run(command, ['jobs', 'list'], { cwd: host, env })).stdout).toMatch(/^id +state +queue/)
  }, 60_000)

  describe('its types', () => {
    const config = (resolution: Record<string, string>) =>
      JSON.stringify({ compilerOptions: { ...resolution, target: 'es2024', lib: ['es2024', 'dom', 'dom.iterable'], types: ['node'], strict: true, noEmit: true, verbatimModuleSyntax: true, allowImportingTsExtensions: true, resolveJsonModule: true, skipLibCheck: false } })
    const resolutions = { nodenext: { module: 'nodenext', moduleResolution: 'nodenext' }, bundler: { module: 'esnext', moduleResolution: 'bundler' } }
    /** What the compiler says of the host's file and of our declarations; other packages have their own. */
    const check = async (name: keyof typeof resolutions, file: string) => {
      await writeFile(join(host, `tsconfig.${name}.json`), JSON.stringify({ ...(JSON.parse(config(resolutions[name])) as object), files: [file] }))
      return run(process.execPath, [join(host, 'node_modules/typescript/bin/tsc'), '-p', `tsconfig.${name}.json`], { cwd: host }).then(
        () => '',
        (failed: { stdout: string }) => failed.stdout.split('\n').filter((line) => /^(\w+\.ts|node_modules\/ops-powertools\/)/.test(line)).join('\n'),
      )
    }

    test.each(['nodenext', 'bundler'] as const)('resolve with %s', async (name) => {
      await writeFile(join(host, 'typed.ts'), typedHost)
      expect(await check(name, 'typed.ts')).toBe('')
    }, 60_000)

    test('and say what is wrong', async () => {
      await writeFile(join(host, 'wrong.ts'), `import { createOps } from 'ops-powertools'\nvoid createOps({ database: { url: 7 } })\n`)
      expect(await check('nodenext', 'wrong.ts')).toMatch(/wrong\.ts\(2,.*error TS2\d+/)
    }, 60_000)
  })

  test('the README’s Koa snippet runs as it stands', async () => {
    const readme = await readFile(join(project, 'README.md'), 'utf8')
    const snippet = /<!-- test: koa -->\s*```(?:ts|js)\n([\s\S]*?)```/.exec(readme)?.[1]
    expect(snippet, 'README.md has no code block after <!-- test: koa -->').toBeDefined()
    await writeFile(join(host, 'readme.ts'), snippet!)
    await serves(join(host, 'readme.ts'))
  }, 60_000)
})

/** Starts a host's file with DATABASE_URL and PORT, and asks it whether it is ready. */
async function serves(file: string): Promise<void> {
  const port = await freePort()
  const child = spawn(process.execPath, [file], { cwd: host, env: { ...process.env, DATABASE_URL: database.url, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    const answers = await answersOf(`http://127.0.0.1:${port}/ops/jobs`, () => child.exitCode === null)
    expect([answers, said]).toEqual([{ ready: 200, session: 401, page: expect.any(Number) as number }, expect.any(String) as string])
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

async function answersOf(base: string, alive: () => boolean): Promise<Record<string, number> | string> {
  for (const end = Date.now() + 20_000; Date.now() < end && alive(); await wait(100)) {
    const ready = await fetch(`${base}/api/v1/readyz`).catch(() => undefined)
    if (ready?.status !== 200) continue
    const [session, page] = await Promise.all([fetch(`${base}/api/v1/session`), fetch(base, { redirect: 'manual' })])
    return { ready: ready.status, session: session.status, page: page.status }
  }
  return alive() ? 'not ready within 20 s' : 'ended by itself'
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const typedHost = `
import Koa from 'koa'
import { PgBoss } from 'pg-boss'
import { createOps, defineOptions, type Auth, type Ops } from 'ops-powertools'
import { bullBoard } from 'ops-powertools/bridges/bull-board'
import { obanWeb } from 'ops-powertools/bridges/oban-web'
import { pgBossDashboard } from 'ops-powertools/bridges/pg-boss'
import { createClient } from 'ops-powertools/client'
import { bullmq } from 'ops-powertools/engines/bullmq'
import type { Engine } from 'ops-powertools'
import { graphileWorker } from 'ops-powertools/engines/graphile-worker'
import { oban, type PoolLike } from 'ops-powertools/engines/oban'
import { pgBoss } from 'ops-powertools/engines/pg-boss'
import { auditEvent, type AuditEvent, type CronEntry } from 'ops-powertools/schemas'
${pages.map((tag) => `import type {} from 'ops-powertools/components/${tag}.js'`).join('\n')}

interface Person { id: string; name: string }
const auth: Auth<Person> = {
  currentActor: async (request) => (request.headers.cookie ? { id: '1', name: 'one' } : null),
  authorize: (person, action, resource) => person.id === '1' && action !== 'run_cron_entry' && resource.queue !== 'secret',
  auditPrincipal: ({ id, name }) => ({ id, type: 'user', label: name }),
}
const boss = new PgBoss('postgres://localhost/app')
const options = defineOptions<Person>({
  database: { url: 'postgres://localhost/app' },
  auth,
  displayPolicy: { display: (kind, _value, { actor }) => (kind === 'cron_args' && actor.id !== '1' ? '[hidden]' : undefined) },
  engine: pgBoss(boss),
  bridges: [pgBossDashboard({ databaseUrl: 'postgres://localhost/app' })],
  cron: [{ name: 'nightly_sync', queue: 'nightly_sync', expression: '0 2 * * *' }],
})
export const ops: Ops = await createOps(options)
new Koa().use(ops.middleware())
const client = createClient({ api: 'http://localhost/ops/jobs/api/v1' })
export const entries: CronEntry[] = (await client.listCronEntries({ query: { state: 'paused' } })).items
declare const pool: PoolLike
export const engines: Engine[] = [oban({ pool }), graphileWorker({ pool }), bullmq({ queues: [] })]
export const bridges = [bullBoard({ queues: [] }), obanWeb({ url: 'http://localhost:4000/oban' })]
export const event: AuditEvent = auditEvent.parse({})
export const elements = [${pages.map((tag) => `document.createElement('${tag}')`).join(', ')}] satisfies { updateComplete: Promise<boolean> }[]
`
