import { type ChildProcess, spawn } from 'node:child_process'
import type { Account } from './account.ts'

export interface ServerOptions {
  program: string
  folder: string
  port: number
  account: Account | undefined
  /** `name=value`, as in postgresql.conf. */
  settings: string[]
  /** Removed if this process is killed outright; for temporary data. */
  temporaryFolder?: string
}

export interface ServerProcess {
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>
  stop(how?: 'fast' | 'immediate'): Promise<void>
}

/** Resolves when the server accepts connections; rejects with its last output if it ends before that. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = spawnServer(options)
  const guard = stopWithUs(child, options.temporaryFolder)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  void ended.then(() => guard.kill('SIGKILL'))
  await ready(child)
  return {
    ended,
    async stop(how = 'fast') {
      child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await ended
    },
  }
}

/** A separate process group, so that Ctrl-C in the terminal does not end the database before its clients. */
function spawnServer({ program, folder, port, account, settings }: ServerOptions): ChildProcess {
  const always = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'lc_messages=C', 'log_min_messages=warning']
  return spawn(program, ['-D', folder, ...[...always, ...settings].flatMap((setting) => ['-c', setting])], {
    ...account,
    cwd: '/',
    env: { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** If this process is killed outright, the pipe closes and the shell stops the server. */
function stopWithUs(server: ChildProcess, temporaryFolder = ''): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', String(server.pid), temporaryFolder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  return guard
}

const guardScript = `
  read -r _
  kill -INT "$1"
  [ -n "$2" ] || exit
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" || break; sleep 1; done
  rm -rf "$2"`

async function ready(child: ChildProcess): Promise<void> {
  let serverOutput = ''
  return new Promise((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      serverOutput = (serverOutput + text).slice(-4000)
      // A replica is ready for read-only connections.
      if (/ready to accept (read-only )?connections/.test(serverOutput)) resolve()
    })
    child.once('error', reject)
    child.once('close', () => reject(new Error(serverOutput.trim() || 'it ended without any output')))
  })
}
