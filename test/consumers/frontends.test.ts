import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostPage, type PageHost, startPageHost } from '../support/page-host.ts'
import { type Project, projects } from './projects.ts'

const run = promisify(execFile)
const project = new URL('../..', import.meta.url).pathname
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

let folder: string
let tarball: string
let host: PageHost
let served: { folder: string; under: string } | undefined

beforeAll(async () => {
  if (!existsSync(join(project, 'dist/server/index.js'))) throw new Error("There is no dist/ to pack; run 'npm run build' first.")
  folder = await mkdtemp(join(tmpdir(), 'ops-powertools-front-ends-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: project })
  tarball = join(folder, (JSON.parse(stdout) as [{ filename: string }])[0].filename)
  host = await startPageHost(find)
}, 120_000)

afterAll(async () => {
  await host?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** The pages that the project's own tool has built. */
async function find(path: string): Promise<HostPage | undefined> {
  if (!served || !path.startsWith(served.under)) return undefined
  const file = join(served.folder, path.slice(served.under.length))
  return existsSync(file) ? { type: types[extname(file)], body: await readFile(file) } : undefined
}

test.each(Object.entries(projects))('%s: the recipe is installed, type-checked and built, and a pause shows its event', async (name, wanted) => {
  const place = join(folder, name.replaceAll(' ', '-'))
  await writeProject(place, wanted)
  await say('npm install', run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball, ...wanted.install], { cwd: place }))
  for (const command of wanted.build) {
    const [tool, ...words] = command.split(' ')
    const binary = join(place, 'node_modules/.bin', tool!)
    await say(command, run(process.execPath, [...(existsSync(binary) ? [binary] : []), ...words], { cwd: place, env: { ...process.env, NODE_ENV: 'production', CI: '1', NG_CLI_ANALYTICS: 'false' } }))
  }
  served = { folder: join(place, wanted.out), under: `/${name.replaceAll(' ', '-')}/` }
  await pauseAndSee(served.under + wanted.page)
}, 300_000)

/** The files of the recipe as they stand in the guide, and what any such project has. */
async function writeProject(place: string, { recipe, folder: only = '', files }: Project): Promise<void> {
  const guide = await readFile(join(project, 'docs/hosts', recipe), 'utf8')
  const own = [...guide.matchAll(/^```\w+ title="(\S+)"\n([\s\S]*?)^```/gm)].filter(([, name]) => name!.startsWith(only)).map(([, name, text]) => [name!.slice(only.length), text!] as const)
  expect(own.length, `docs/hosts/${recipe} has no code for this project`).toBeGreaterThan(0)
  const manifest = JSON.stringify({ name: 'host', private: true, type: 'module' })
  for (const [name, text] of [['package.json', manifest] as const, ...Object.entries(files), ...own]) {
    await mkdir(dirname(join(place, name)), { recursive: true })
    await writeFile(join(place, name), text)
  }
}

async function pauseAndSee(path: string): Promise<void> {
  const { page, said } = await host.open(path)
  const cron = page.locator('ops-cron')
  await cron.getByText('nightly_sync').first().waitFor()
  await cron.getByRole('button', { name: /^Pause/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').first().fill('the click-through of a recipe')
  await dialog.getByRole('button', { name: 'Pause entry' }).click()
  await expect.poll(() => page.locator('output').textContent()).toBe('cron.paused nightly_sync')
  expect(said.filter((line) => !line.startsWith('debug') && !line.startsWith('info'))).toEqual([])
  const answer = await host.server.call('ops-demo', 'POST', '/operations', { action: 'resume_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'for the next recipe' }, { 'idempotency-key': path })
  expect(answer.status).toBe(200)
}

/** A tool that fails says why on its standard output. */
async function say(what: string, done: Promise<unknown>): Promise<void> {
  await done.catch((error: { stdout?: string; stderr?: string; message: string }) => {
    throw new Error(`${what}: ${error.message}\n${error.stdout ?? ''}\n${error.stderr ?? ''}`)
  })
}
