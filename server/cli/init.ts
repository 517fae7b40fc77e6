import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { version } from '../version.ts'
import { confirm, prompt } from './ask.ts'
import { CliError, reasonOf } from './explain.ts'
import { type Choices, type EngineName, engines, packagesOf, type ServerName, servers } from './init/choices.ts'
import { authFile, configFile, databaseFile } from './init/config.ts'
import { serverFile } from './init/server.ts'
import type { Starter } from './init/starter.ts'
import { print } from './print.ts'

interface Flags {
  engine?: EngineName
  server?: ServerName
  database?: string
  install: boolean
}

export function initCommand(): Command {
  return new Command('init')
    .description('set up a console to try out, in an empty folder or beside a host; existing files are left unchanged')
    .argument('[folder]', "the host's folder", '.')
    .addOption(new Option('--engine <name>', 'the job engine').choices(Object.keys(engines)))
    .addOption(new Option('--server <name>', 'what serves it; docs/hosts has recipes for others').choices(Object.keys(servers)))
    .option('--database <url>', "PostgreSQL's URL, or 'embedded' for one from npm, in this folder (default: DATABASE_URL, or embedded)")
    .option('--no-install', 'do not run npm install')
    .action(async (folder: string, flags: Flags) => {
      const into = resolve(folder)
      if (!existsSync(into)) throw new CliError(`There is no folder ${into}; expected the host's folder.`)
      const choices = await chooseAll(flags)
      for (const starter of startersOf(choices)) await report(into, starter)
      await addStartScript(into)
      await keepPrivate(into, choices)
      if (flags.install) await install(into, choices)
      showNextSteps(into, choices, flags)
    })
}

/** A flag decides; otherwise the terminal is asked; otherwise the first choice is taken. */
async function chooseAll({ engine, server, database }: Flags): Promise<Choices> {
  return {
    engine: engine ?? (await chooseOne('Which job engine?', engines)),
    server: server ?? (await chooseOne('Which server?', servers)),
    database: await chooseDatabase(database),
  }
}

async function chooseOne<Name extends string>(question: string, table: Record<Name, { label: string }>): Promise<Name> {
  const names = Object.keys(table) as Name[]
  if (!process.stdin.isTTY) return names[0]!
  for (;;) {
    names.forEach((name, index) => print(`  ${index + 1}  ${table[name].label}`))
    const answer = (await prompt(`${question} [1]`)) || '1'
    const chosen = names[Number(answer) - 1] ?? names.find((name) => name === answer)
    if (chosen) return chosen
    print(`Expected a number from 1 to ${names.length}, got '${answer}'.`)
  }
}

async function chooseDatabase(flag: string | undefined): Promise<Choices['database']> {
  const given = flag ?? process.env.DATABASE_URL ?? (process.stdin.isTTY ? await prompt('PostgreSQL URL? [a PostgreSQL from npm, in this folder]') : '')
  if (given === '' || given === 'embedded') return 'embedded'
  if (/^postgres(ql)?:\/\//.test(given)) return { url: given }
  throw new CliError(`--database: expected a URL such as postgres://localhost:5432/app, or 'embedded'; got '${given}'.`)
}

function startersOf(choices: Choices): Starter[] {
  return [configFile(choices), authFile(), ...(choices.database === 'embedded' ? [databaseFile()] : []), serverFile(choices)]
}

async function report(into: string, { file, what, text }: Starter): Promise<void> {
  if (await writeNew(into, file, text)) return print(`written  ${file}: ${what}`)
  print(`exists   ${file}, left unchanged. It would be:`)
  print(text.trimEnd().replace(/^(?=.)/gm, '           '))
}

/** False if the file already exists; nothing is ever overwritten, even if two processes run at once. */
async function writeNew(into: string, file: string, text: string): Promise<boolean> {
  const path = join(into, file)
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new CliError(`${path} could not be written: ${reasonOf(error)}.`)
  }
}

/** `npm start`, unless the host starts something else; then `npm run ops`. */
async function addStartScript(into: string): Promise<void> {
  const path = join(into, 'package.json')
  if (!existsSync(path)) {
    await writeNew(into, 'package.json', `${JSON.stringify({ name: 'ops-console', version: '0.0.0', private: true, type: 'module', scripts: { start: 'node ops.server.mjs' } }, null, 2)}\n`)
    return print('written  package.json: npm start')
  }
  const manifest = parseManifest(path, await readFile(path, 'utf8'))
  const name = scriptOf(manifest)
  if (manifest.scripts?.[name]) return
  await writeFile(path, `${JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, [name]: 'node ops.server.mjs' } }, null, 2)}\n`)
  print(`changed  package.json: npm ${name === 'start' ? 'start' : `run ${name}`}`)
}

interface Manifest {
  scripts?: Record<string, string>
}

function parseManifest(path: string, text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest
  } catch (error) {
    throw new CliError(`${path} is not valid JSON: ${reasonOf(error)}.`)
  }
}

function scriptOf({ scripts = {} }: Manifest): string {
  return scripts.start === undefined || scripts.start === 'node ops.server.mjs' ? 'start' : 'ops'
}

/** The database's password, the key of the sign-in link and the embedded database do not belong into a repository. */
async function keepPrivate(into: string, { database }: Choices): Promise<void> {
  if (database !== 'embedded' && !process.env.DATABASE_URL && (await writeNew(into, '.env', `DATABASE_URL=${database.url}\n`))) print('written  .env: DATABASE_URL')
  const path = join(into, '.gitignore')
  const ignored = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : []
  const missing = ['node_modules', '.env', '.ops-key', '.ops-data'].filter((name) => !ignored.some((line) => line.replace(/^\/|\/$/g, '') === name))
  if (missing.length) await appendFile(path, `${ignored.length && ignored.at(-1) !== '' ? '\n' : ''}${missing.join('\n')}\n`)
}

async function install(into: string, choices: Choices): Promise<void> {
  const packages = packagesOf(choices)
  if (!isInstalled(into)) packages.unshift(`ops-powertools@${version}`)
  if (process.stdin.isTTY && !(await confirm(`Run npm install ${packages.join(' ')}?`))) return
  print(`installing ${packages.join(', ')} …`)
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { cwd: into, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  const code = await new Promise<number | null>((done, failed) => npm.once('close', done).once('error', failed)).catch((error: unknown) => {
    throw new CliError(`npm could not be started: ${reasonOf(error)}. Install ${packages.join(' ')} yourself.`)
  })
  if (code !== 0) throw new CliError(`npm install ended with exit code ${code}; what it printed above says why. The files are written; run it again with: npm install ${packages.join(' ')}`)
}

/** Also if it was installed from a file, before it was published. */
function isInstalled(into: string): boolean {
  try {
    createRequire(join(into, 'package.json')).resolve('ops-powertools/package.json')
    return true
  } catch {
    return false
  }
}

function showNextSteps(into: string, choices: Choices, { install: installed }: Flags): void {
  const steps = [
    ...(installed ? [] : [`npm install ${packagesOf(choices).join(' ')}`]),
    ...(process.cwd() === into ? [] : [`cd ${into}`]),
    'npm start        prints the address of the console, which signs you in',
    ...(!engines[choices.engine].sendsJob ? [] : ['In the console, Jobs shows a welcome_mail that failed. Retry it: preview, reason, confirm.']),
    'Before others use it, replace tryOut in ops.config.mjs with your own login and permissions, and run: npx ops-powertools doctor',
  ]
  print('')
  print('Next:')
  steps.forEach((step, index) => print(`  ${index + 1}. ${step}`))
}
