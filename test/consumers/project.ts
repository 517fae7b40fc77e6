import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = new URL('../..', import.meta.url).pathname
const run = promisify(execFile)

/** A project of somebody else's, in a folder of its own outside this repository. */
export interface Project {
  folder: string
  write(path: string, text: string): Promise<void>
  /** Runs a command of its `node_modules/.bin`, or `npm` and `node`, and answers with what it printed. */
  run(command: string, args?: string[], env?: Record<string, string>): Promise<string>
  remove(): Promise<void>
}

let packed: Promise<string> | undefined

/** The package as it would be published. Built once for all projects of a run; `dist/` must be there. */
export function packPackage(): Promise<string> {
  return (packed ??= pack())
}

async function pack(): Promise<string> {
  if (!existsSync(join(root, 'dist/server/index.js'))) throw new Error("There is no dist/ to pack; run 'npm run build' first.")
  const folder = await mkdtemp(join(tmpdir(), 'ops-powertools-tarball-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  return join(folder, filename)
}

/** Makes a project with these packages, by exact version, and ours from the tarball. */
export async function makeProject(name: string, packages: Record<string, string>, manifest: object = { type: 'module' }): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), `ops-powertools-${name}-`))
  const dependencies = { 'ops-powertools': `file:${await packPackage()}`, ...packages }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest, dependencies }))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'], { cwd: folder, maxBuffer: 64e6 })
  return {
    folder,
    async write(path, text) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    },
    async run(command, args = [], env = {}) {
      const local = join(folder, 'node_modules/.bin', command)
      const { stdout, stderr } = await run(existsSync(local) ? local : command, args, { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64e6 }).catch((failed: { stdout: string; stderr: string }) => {
        throw new Error(`${command} ${args.join(' ')} failed:\n${failed.stdout}\n${failed.stderr}`)
      })
      return stdout + stderr
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** A version that the repository itself uses, so that a project is tested with the same. */
export function versionOf(name: string): string {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>
  const version = dependencies[name] ?? devDependencies[name]
  if (version === undefined) throw new Error(`package.json names no version of ${name}.`)
  return version
}

/** The files of a recipe: its code blocks with a title, by that title. */
export function filesOf(guide: string): Record<string, string> {
  const text = readFileSync(join(root, guide), 'utf8')
  return Object.fromEntries([...text.matchAll(/^```\w+ title="([^"]+)"\n([\s\S]*?)^```$/gm)].map(([, path, code]) => [path!, code!]))
}
