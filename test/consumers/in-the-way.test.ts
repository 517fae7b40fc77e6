import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { checkLive, checkServer, countEvents, operate } from './operator.ts'
import { filesOf, makeProject, type Project, versionOf } from './project.ts'
import { serve, type Served } from './served.ts'

/** What hosts put in front of a handler, each with the real package: compression, body parsers, mount paths. */
const hosts: Record<string, string> = {
  'Express with compression and a body parser, at a mount path': `
    import compression from 'compression'
    import express from 'express'
    const app = express()
    app.use(compression({ threshold: 0 }))
    app.use(express.json(), express.urlencoded(), express.text())
    app.use('/ops/jobs', ops.handler)
    app.listen(port)`,
  'Express with a router below another path': `
    import express from 'express'
    const app = express()
    const router = express.Router()
    router.use('/jobs', ops.handler)
    app.use('/ops', router)
    app.listen(port)`,
  'Koa with compression, a body parser and koa-mount': `
    import Koa from 'koa'
    import bodyParser from 'koa-bodyparser'
    import compress from 'koa-compress'
    import mount from 'koa-mount'
    const app = new Koa()
    app.use(compress({ threshold: 0 }))
    app.use(bodyParser())
    app.use(mount('/ops/jobs', ops.middleware()))
    app.listen(port)`,
}

const server = (code: string) => `
import { createOps } from 'ops-powertools'
import options, { boss } from './ops.config.ts'
const ops = await createOps(await options())
await ops.migrate()
await ops.start()
const port = Number(process.env.PORT)
${code}
process.once('SIGTERM', async () => {
  await ops.stop()
  await boss.stop()
  process.exit()
})
`

/** Bundled with everything in it, as beginners do. */
const bundled = `
import { createServer } from 'node:http'
import { createOps } from 'ops-powertools'
import options from './ops.config.ts'
async function main() {
  const ops = await createOps(await options())
  await ops.migrate()
  await ops.start()
  createServer(ops.handler).listen(Number(process.env.PORT))
}
void main()
`

let project: Project
let database: TestDatabase
beforeAll(async () => {
  const packages = { compression: '1.8.2', express: '5.3.0', koa: versionOf('koa'), 'koa-bodyparser': '4.4.1', 'koa-compress': '5.2.2', 'koa-mount': '4.2.0', esbuild: '0.28.2', 'pg-boss': versionOf('pg-boss') }
  project = await makeProject('in-the-way', packages)
  await project.write('ops.config.ts', filesOf('docs/hosts/README.md')['ops.config.ts']!)
}, 240_000)
afterAll(() => project?.remove())

async function withServer(start: (env: Record<string, string>) => Promise<Served>, work: (served: Served) => Promise<void>): Promise<void> {
  database = await createDatabase({ empty: true })
  const served = await start({ DATABASE_URL: database.url })
  try {
    await work(served)
  } catch (error) {
    throw new Error(served.printed(), { cause: error })
  } finally {
    await served.stop()
    await database.drop()
  }
}

describe.each(Object.entries(hosts))('%s', (name, code) => {
  test('changes, hints and downloads come through', async () => {
    const file = `${name.replaceAll(/\W+/g, '-')}.ts`
    await project.write(file, server(code))
    await withServer(
      (env) => serve(project, 'node', [file], env),
      async ({ url, printed }) => {
        await checkServer(url)
        await checkLive(url)
        await operate(url, 'pause_cron_entry')
        expect(await countEvents(url, 'cron.paused')).toBe(1)
        const exported = await fetch(`${url}/ops/jobs/api/v1/audit-events/export?format=ndjson`, { headers: { cookie: 'user=anna', 'sec-fetch-site': 'same-origin', 'accept-encoding': 'gzip' } })
        expect((await exported.text()).trim().split('\n').map((line) => JSON.parse(line) as object)).not.toEqual([])
        const asset = await fetch(`${url}/ops/jobs/assets/ops-shell.js`, { headers: { 'accept-encoding': 'gzip' } })
        expect([asset.status, (await asset.text()).includes('ops-shell')]).toEqual([200, true])
        expect(printed()).not.toMatch(/^\s+at .*node_modules\/ops-powertools/m)
      },
    )
  })
})

describe('a server that esbuild bundled with everything in it', () => {
  const shim = "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"
  const formats: [string, string[], string][] = [
    ['ES modules', ['--format=esm', shim], 'server.mjs'],
    ['CommonJS', ['--format=cjs'], 'server.cjs'],
  ]

  test.each(formats)('works as %s where the package is installed, and says what is missing where it is not', async (_, flags, file) => {
    await project.write('bundled.ts', bundled)
    await project.run('esbuild', ['bundled.ts', '--bundle', '--platform=node', `--outfile=out/${file}`, '--external:pg-native', ...flags])
    await withServer(
      (env) => serve(project, 'node', [`out/${file}`], env),
      async ({ url }) => {
        await checkServer(url)
        await operate(url, 'pause_cron_entry')
        expect(await countEvents(url, 'cron.paused')).toBe(1)
        expect((await fetch(`${url}/ops/jobs/assets/ops-shell.js`)).status).toBe(200)
      },
    )
    const elsewhere = await mkdtemp(join(tmpdir(), 'ops-powertools-bundle-'))
    const moved: Project = { ...project, folder: elsewhere, write: async (path, text) => (await import('node:fs/promises')).writeFile(join(elsewhere, path), text) }
    await moved.write(file, await readFile(join(project.folder, 'out', file), 'utf8'))
    try {
      await withServer(
        (env) => serve(moved, 'node', [file], env),
        async ({ url, printed }) => {
          await operate(url, 'pause_cron_entry')
          expect(printed()).toContain('The package ops-powertools is not installed beside this server')
          const page = await fetch(`${url}/ops/jobs/cron`, { headers: { cookie: 'user=anna', accept: 'text/html' } })
          expect([page.status, await page.text()]).toEqual([500, expect.stringContaining('Keep it out of the bundle (esbuild: external')])
        },
      )
    } finally {
      await rm(elsewhere, { recursive: true, force: true })
    }
  })
})
