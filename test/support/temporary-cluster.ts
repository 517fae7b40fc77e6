import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isReachable, serverAccount } from '../../demo-host/postgres/account.ts'
import { type Cluster, startCluster } from '../../demo-host/postgres/cluster.ts'
import { within } from './within.ts'

/** Nobody needs this data after a power cut; what was committed does survive a crash of the server. */
const careless = ['fsync=off', 'full_page_writes=off']
const settings = ['max_connections=400', 'shared_buffers=128MB', 'timezone=UTC']

export interface TemporaryCluster extends Cluster {
  /** Stops the server and removes its data. */
  remove(): Promise<void>
}

/** A PostgreSQL server that leaves nothing behind. */
export async function startTemporaryCluster({ durable = false, settings: more = [] }: { durable?: boolean; settings?: string[] } = {}): Promise<TemporaryCluster> {
  const folder = await makeTemporaryFolder()
  const cluster = await startCluster({ folder: join(folder, 'data'), temporaryFolder: folder, settings: [...(durable ? [] : careless), ...settings, ...more] })
  return Object.assign(cluster, {
    async remove() {
      await within('stopping PostgreSQL', cluster.stop())
      await rm(folder, { recursive: true, force: true })
    },
  })
}

/** A folder that PostgreSQL's own account may enter, also when the tests run as root. */
export async function makeTemporaryFolder(): Promise<string> {
  const parent = isReachable(tmpdir(), serverAccount()) ? tmpdir() : '/var/tmp'
  const folder = await mkdtemp(join(parent, 'ops-powertools-'))
  await chmod(folder, 0o755)
  return folder
}
