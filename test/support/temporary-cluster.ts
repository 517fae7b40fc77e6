import { readdirSync, readFileSync } from 'node:fs'
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
  /** Its data folder. */
  readonly folder: string
  /** Stops the server and removes its data. */
  remove(): Promise<void>
  /** Stops every process of the server where it is: connections stay open, and nothing answers. */
  freeze(): void
  thaw(): void
}

/** A PostgreSQL server that leaves nothing behind. */
export async function startTemporaryCluster({ durable = false, settings: more = [] }: { durable?: boolean; settings?: string[] } = {}): Promise<TemporaryCluster> {
  const folder = await makeTemporaryFolder()
  const cluster = await startCluster({ folder: join(folder, 'data'), temporaryFolder: folder, settings: [...(durable ? [] : careless), ...settings, ...more] })
  const signal = serverSignals(join(folder, 'data'))
  return Object.assign(cluster, {
    folder: join(folder, 'data'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async remove() {
      signal('SIGCONT')
      await within('stopping PostgreSQL', cluster.stop())
      await rm(folder, { recursive: true, force: true })
    },
  })
}

/** Sends a signal to every process of the server with this data folder. */
export function serverSignals(data: string): (name: NodeJS.Signals) => void {
  return (name) => processesOf(data).forEach((id) => send(id, name))
}

/** A folder that PostgreSQL's own account may enter, also when the tests run as root. */
export async function makeTemporaryFolder(): Promise<string> {
  const parent = isReachable(tmpdir(), serverAccount()) ? tmpdir() : '/var/tmp'
  const folder = await mkdtemp(join(parent, 'ops-powertools-'))
  await chmod(folder, 0o755)
  return folder
}

/** A connection that has just ended took its process with it. */
function send(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The server and its children, which are the same for as long as it is frozen. None when it does not run. */
function processesOf(data: string): number[] {
  const server = readServerId(data)
  if (server === undefined) return []
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === server)
  return [server, ...children.map(Number)]
}

function readServerId(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return undefined
  }
}

function parentOf(id: string): number | undefined {
  try {
    // The name before it may hold anything, in brackets.
    return Number(readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1])
  } catch {
    return undefined
  }
}
