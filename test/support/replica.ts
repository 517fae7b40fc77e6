import { execFileSync } from 'node:child_process'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serverAccount } from '../../demo-host/postgres/account.ts'
import { startCluster } from '../../demo-host/postgres/cluster.ts'
import { copyTemplate } from './postgres.ts'
import { prepareTemplate, runSql } from './template.ts'
import { makeTemporaryFolder, serverSignals, startTemporaryCluster } from './temporary-cluster.ts'

export interface Pair {
  /** The test's database on the primary, and the same on its streaming replica. */
  url: string
  readUrl: string
  pauseReplay(): Promise<void>
  resumeReplay(): Promise<void>
  /** Every process of the replica stays where it is: connections stay open, and nothing answers. */
  freeze(): void
  thaw(): void
  stopReplica(): Promise<void>
  startReplica(): Promise<void>
  promote(): Promise<void>
  remove(): Promise<void>
}

/** A primary and a streaming replica of it, with a migrated database. */
export async function startPair(): Promise<Pair> {
  const primary = await startTemporaryCluster()
  await prepareTemplate(primary)
  const { url } = await copyTemplate(primary.url, false)
  const folder = await makeTemporaryFolder()
  const data = join(folder, 'data')
  await primary.stop()
  await cp(primary.folder, data, { recursive: true, preserveTimestamps: true })
  await writeFile(join(data, 'standby.signal'), '')
  giveToServer(data)
  await primary.start()
  const { hostname, port, username, password } = new URL(primary.url)
  const conninfo = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`
  const replica = await startCluster({ folder: data, temporaryFolder: folder, settings: ['fsync=off', 'max_connections=400', 'timezone=UTC', `primary_conninfo=${conninfo}`] })
  const onReplica = () => {
    const other = new URL(replica.url)
    other.pathname = new URL(url).pathname
    return other.href
  }
  const signal = serverSignals(data)
  return {
    url,
    readUrl: onReplica(),
    pauseReplay: () => runSql(replica.url, 'select pg_wal_replay_pause()'),
    resumeReplay: () => runSql(replica.url, 'select pg_wal_replay_resume()'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    stopReplica: () => replica.stop('immediate'),
    startReplica: () => replica.start(),
    promote: () => runSql(replica.url, 'select pg_promote()'),
    async remove() {
      signal('SIGCONT')
      await replica.stop('immediate')
      await primary.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A copy made by root belongs to root, and PostgreSQL refuses it. */
function giveToServer(path: string): void {
  const account = serverAccount()
  if (account) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, path])
}
