import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/postgres.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const patience = { timeout: 30_000 }

/** The commands of the README, one a line. */
const commands = /<!-- test: first minutes -->\s*```sh\n([\s\S]*?)```/
  .exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!
  .trim()
  .split('\n')
  .map((line) => line.replace(/\s+#.*/, ''))

let folder: string
let browser: Browser
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-minutes-'))
  // As root, PostgreSQL runs under an account of its own, which has to get here.
  await chmod(folder, 0o755)
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const { executablePath, args } = await findBrowser()
  browser = await chromium.launch({ executablePath, args })
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

describe('whoever follows the README in an empty folder', () => {
  test.each(['commonjs', 'module'])('has a console in the browser and a job to retry, in a package of type %s', async (type) => {
    const startedAt = performance.now()
    const own = join(folder, type)
    await mkdir(own)
    if (type === 'module') await writeFile(join(own, 'package.json'), '{ "name": "mine", "type": "module" }')
    const port = await freePort()
    // A machine may have no PostgreSQL: the starters bring one.
    const env: NodeJS.ProcessEnv = { ...process.env, PORT: String(port), OPS_DATABASE_PORT: String(await freePort()), DATABASE_URL: undefined, npm_config_cache: undefined }
    for (const command of commands.slice(0, -1)) {
      if (command === 'npm init -y' && type === 'module') continue
      await run('sh', ['-c', command.replace(/\S*ops-powertools-[\d.]+\.tgz/, `$(ls ${folder}/*.tgz)`)], { cwd: own, env, maxBuffer: 64e6 })
    }
    const child = spawn('sh', ['-c', `exec ${commands.at(-1)!}`], { cwd: own, env, stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      const address = await printed(child, /Open (http:\S+)/)
      await retryInBrowser(address)
      console.log(`first minutes, ${type}: ${Math.round((performance.now() - startedAt) / 1000)} s from the empty folder to the retried job`)
      const { stdout } = await run('npx', ['ops-powertools', 'audit', 'list'], { cwd: own, env })
      expect(stdout).toMatch(/job\.retried +succeeded +You .* page +the mailbox exists now/)
    } finally {
      await stop(child)
    }
  })
})

describe('init', () => {
  test.each(['graphile-worker', 'bullmq'].flatMap((engine) => ['koa', 'express', 'node'].map((server) => [engine, server] as const)))('sets up %s on %s', async (engine, server) => {
    if (engine === 'bullmq' && !process.env.REDIS_URL) return void console.log('Not tried: REDIS_URL is not set.')
    const database = await createDatabase({ empty: true })
    const own = join(folder, `${engine}-${server}`)
    await mkdir(own)
    const env = { ...process.env, PORT: String(await freePort()), ...(engine === 'bullmq' && { REDIS_URL: await redisWithoutTheQueue() }) }
    const { DATABASE_URL: _, ...withoutUrl }: NodeJS.ProcessEnv = env
    await run('npm', ['init', '-y'], { cwd: own })
    await run('sh', ['-c', `npm install --no-audit --no-fund ${folder}/*.tgz`], { cwd: own, maxBuffer: 64e6 })
    await run('npx', ['ops-powertools', 'init', '--engine', engine, '--server', server, '--database', database.url], { cwd: own, env: withoutUrl, maxBuffer: 64e6 })
    const child = spawn('npm', ['start'], { cwd: own, env: withoutUrl, stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      await retryInBrowser(await printed(child, /Open (http:\S+)/))
    } finally {
      await stop(child)
      await database.drop()
    }
  })

  test('reads only: doctor creates nothing in an empty database', async () => {
    const database = await createDatabase({ empty: true })
    const own = join(folder, 'doctor')
    await mkdir(own)
    await run('npm', ['init', '-y'], { cwd: own })
    await run('sh', ['-c', `npm install --no-audit --no-fund ${folder}/*.tgz`], { cwd: own, maxBuffer: 64e6 })
    const env = { ...process.env, DATABASE_URL: database.url }
    await run('npx', ['ops-powertools', 'init'], { cwd: own, env, maxBuffer: 64e6 })
    const failed = await run('npx', ['ops-powertools', 'doctor'], { cwd: own, env }).catch((error: { stdout: string; stderr: string }) => error)
    expect(failed.stderr).not.toMatch(/^\s+at /m)
    expect(await schemasOf(database.url)).toEqual(['public'])
    expect((await readdir(own)).sort()).toEqual(expect.arrayContaining(['ops.auth.mjs', 'ops.config.mjs', 'ops.server.mjs', 'package.json']) as string[])
    await database.drop()
  })
})

/** The starters of all servers make the same queue, and Redis keeps it. */
async function redisWithoutTheQueue(): Promise<string> {
  const url = new URL(process.env.REDIS_URL!)
  url.pathname = '/15'
  const connection = new Redis(url.href, { maxRetriesPerRequest: null })
  const queue = new Queue('welcome_mail', { connection })
  await queue.obliterate({ force: true })
  await queue.close()
  connection.disconnect()
  return url.href
}

async function retryInBrowser(address: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  try {
    await page.goto(address)
    await expect.poll(() => page.locator('ops-overview').isVisible(), patience).toBe(true)
    const api = `${new URL(address).origin}/ops/jobs/api/v1`
    const read = async (path: string) => ((await (await page.request.get(api + path)).json()) as { items?: { id: string }[] }).items ?? []
    // A worker takes the job within moments.
    await expect.poll(() => read('/jobs?state=discarded'), patience).toHaveLength(1)
    const [failed] = await read('/jobs?state=discarded')
    await page.goto(`${new URL(address).origin}/ops/jobs/job/${encodeURIComponent(failed!.id)}`)
    await expect.poll(() => page.locator('ops-job').getByText('550 no such mailbox').first().isVisible(), patience).toBe(true)
    await page.locator('ops-job').getByRole('button', { name: /^Retry…/ }).click(patience)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Reason/).fill('the mailbox exists now', patience)
    await dialog.getByRole('button', { name: /^Retry/ }).click(patience)
    await expect.poll(() => read('/audit-events?eventType=job.retried&outcome=succeeded'), patience).toHaveLength(1)
  } finally {
    await page.close()
  }
}

async function schemasOf(url: string): Promise<string[]> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ name: string }>(`select nspname as name from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema' order by 1`)
  await client.end()
  return rows.map(({ name }) => name)
}

/** Waits until the process prints this; its whole output explains why it did not. */
async function printed(child: ChildProcess, wanted: RegExp): Promise<string> {
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  await expect.poll(() => (child.exitCode === null ? output : `ended: ${output}`), { timeout: 60_000 }).toMatch(wanted)
  return wanted.exec(output)![1]!
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(force)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
