import { spawn, spawnSync } from 'node:child_process'
import { chown, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { serverAccount } from '../../demo-host/postgres/account.ts'
import { freePort } from '../../demo-host/postgres/free-port.ts'
import { makeTemporaryFolder } from './temporary-cluster.ts'

/** Whether the program is installed; Debian has it as the package `pgbouncer`. */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version'], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0

export interface PgBouncer {
  /** The same database through the pooler. */
  urlOf(direct: string): string
  stop(): Promise<void>
}

/** A pooler in transaction mode with `poolSize` connections to the server of `direct`. `ignore`: parameters that it drops instead of refusing them. */
export async function startPgBouncer(direct: string, { poolSize, ignore = [] }: { poolSize: number; ignore?: string[] }): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(direct)
  const folder = await makeTemporaryFolder()
  const port = await freePort()
  const files = {
    'users.txt': `"${username}" "${decodeURIComponent(password)}"\n`,
    'pgbouncer.ini': `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${folder}/users.txt
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 300
ignore_startup_parameters = ${['extra_float_digits', ...ignore].join(',')}
`,
  }
  const account = serverAccount()
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text)
    if (account) await chown(join(folder, name), account.uid, account.gid)
  }
  const child = spawn('pgbouncer', ['-q', join(folder, 'pgbouncer.ini')], { ...account, env: { PATH: `${process.env.PATH}:/usr/sbin` }, cwd: '/', stdio: 'ignore' })
  const urlOf = (url: string) => {
    const pooled = new URL(url)
    pooled.hostname = '127.0.0.1'
    pooled.port = String(port)
    return pooled.href
  }
  await answers(urlOf(direct), () => child.exitCode)
  return {
    urlOf,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined
      child.kill('SIGINT')
      // A graceful stop would wait for clients.
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string, exitCode: () => number | null): Promise<void> {
  for (;;) {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      return await client.end()
    } catch (error) {
      if (exitCode() !== null) throw new Error(`pgbouncer ended with ${exitCode()}`, { cause: error })
      await sleep(50)
    }
  }
}
