import { readFailures } from '../../server/errors/feed.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { idle } from '../../server/repeat.ts'
import { auth, displayPolicy, type Person, type TestServer } from './server.ts'
import type { OpsOptions } from '../../server/index.ts'

/** A process that reads failures when the test says so, by a clock that the test moves. */
export interface FailureReader {
  kit: RunningKit
  /** Reads to the end, without the pause between two reads. */
  read(): Promise<void>
  /** Milliseconds that its clock is ahead. */
  ahead: number
  close(): Promise<void>
}

export async function openFailureReader(url: string, engine: OpsOptions<Person>['engine'], options: Partial<OpsOptions<Person>> = {}): Promise<FailureReader> {
  const reader: FailureReader = {
    ahead: 0,
    kit: undefined as unknown as RunningKit,
    async read() {
      if ((await readFailures(reader.kit, () => false, 0)) === idle) throw new Error('nothing was read')
    },
    async close() {
      await reader.kit.settled()
      await reader.kit.db.close()
    },
  }
  reader.kit = await openKit<Person>({
    database: { url },
    auth,
    displayPolicy,
    engine,
    log: { info() {}, warn() {}, error() {} },
    now: () => new Date(Date.now() + reader.ahead),
    ...options,
  })
  return reader
}

export interface ErrorCall {
  status: number
  items: Record<string, unknown>[]
}

export async function listErrors(server: Pick<TestServer, 'call'>, query = '', who = 'ops-demo') {
  const { status, body, text } = await server.call(who, 'GET', `/errors?${query}`)
  if (status !== 200) throw new Error(`${status}: ${text}`)
  return body
}
