import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const project = resolve(import.meta.dirname, '../..')

export interface DemoOptions {
  /** 0, the default, takes any free port. */
  port?: number
  flags?: string[]
  /** E.g. `DATABASE_URL`, or `DEMO_DATA` for an embedded database in a folder of the test's own. */
  env?: Record<string, string>
}

export interface DemoProcess {
  readonly child: ChildProcess
  /** Everything it wrote, standard output and error. */
  output(): string
  /** Settled with the exit code, or the signal's name when it was killed. */
  readonly ended: Promise<number | string>
  /** To the whole process group, as a terminal does. */
  signal(name: NodeJS.Signals): void
  /** Ends it, by force if it does not end by itself within ten seconds. */
  stop(): Promise<number | string>
}

export interface RunningDemo extends DemoProcess {
  /** e.g. `http://127.0.0.1:43211`. */
  url: string
}

/** Starts the real demo host and answers once it is open. The package must be built. The caller stops it. */
export async function startDemo(options: DemoOptions = {}): Promise<RunningDemo> {
  const demo = spawnDemo(options)
  const url = await Promise.race([addressOf(demo), demo.ended.then(() => undefined)])
  if (url) return { ...demo, url }
  await demo.stop()
  throw new Error(`The demo did not open:\n${demo.output()}`)
}

/** The demo as a process, opened or not. */
export function spawnDemo({ port = 0, flags = [], env = {} }: DemoOptions = {}): DemoProcess {
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(process.execPath, [join(project, 'demo-host/main.ts'), ...flags], {
    cwd: project,
    env: { ...inherited, PORT: String(port), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name)
  }
  return { child, output: () => output, ended, signal, stop: () => stopDemo({ ended, signal }) }
}

async function stopDemo({ ended, signal }: Pick<DemoProcess, 'ended' | 'signal'>): Promise<number | string> {
  signal('SIGTERM')
  const patience = new AbortController()
  const force = wait(10_000, undefined, { signal: patience.signal }).then(() => signal('SIGKILL'), () => {})
  const code = await ended
  patience.abort()
  await force
  return code
}

async function addressOf(demo: DemoProcess): Promise<string | undefined> {
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(50)) {
    const url = /The shop is open at (\S+)/.exec(demo.output())?.[1]
    if (url) return url
  }
  return undefined
}
