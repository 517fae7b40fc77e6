import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Project } from './project.ts'

/** A consumer's server as a process of its own. */
export interface Served {
  url: string
  /** Everything it printed. */
  printed(): string
  /** Asks it to end, as a deploy does. Answers with its exit code, or the signal's name if it had to be killed. */
  stop(): Promise<number | string>
}

/** Starts the project's server with `PORT` and `DATABASE_URL`, and answers once it is ready. */
export async function serve(project: Project, command: string, args: string[], env: Record<string, string>): Promise<Served> {
  const port = await findPort()
  const local = join(project.folder, 'node_modules/.bin', command)
  const child = spawn(existsSync(local) ? local : command, args, { cwd: project.folder, env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const served = { url: `http://127.0.0.1:${port}`, printed: () => printed, stop: () => stop(child) }
  for (const end = Date.now() + 60_000; Date.now() < end && child.exitCode === null; await wait(50)) {
    const ready = await fetch(`${served.url}/ops/jobs/api/v1/readyz`).catch(() => undefined)
    if (ready?.ok) return served
  }
  await stop(child)
  throw new Error(`The server of ${project.folder} is not ready:\n${printed}`)
}

async function stop(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null) return child.exitCode
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
  const [code, signal] = await ended
  clearTimeout(force)
  return code ?? signal ?? 'ended'
}

async function findPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
