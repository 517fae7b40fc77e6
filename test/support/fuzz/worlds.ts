import { createObanTables } from '../../../demo-host/engines/oban-tables.ts'
import type { JobState } from '../../../schemas/index.ts'
import type { MadeJob } from '../../engines/contract.ts'
import { openDatabase } from '../../../server/db/database.ts'
import type { Engine } from '../../../server/engines/engine.ts'
import { startBullFixture } from '../bullmq-fixture.ts'
import { bullBackends } from '../bullmq.ts'
import { startGraphileWorker } from '../graphile-worker.ts'
import { startOban } from '../oban.ts'
import { startPgBoss } from '../pg-boss.ts'
import { createDatabase } from '../postgres.ts'
import { startServer, type TestServer } from '../server.ts'

/** A server over one engine that has jobs in every state it knows. */
export interface FuzzWorld {
  server: TestServer
  stop(): Promise<void>
}

export const worlds: Record<string, () => Promise<FuzzWorld>> = {
  async 'pg-boss'() {
    const fixture = await startPgBoss()
    return open({ ...fixture, url: String(fixture.pool.options.connectionString) })
  },
  async oban() {
    const world = await startOban(14)
    await createObanTables(world.pool)
    const database = await openDatabase({ url: world.url })
    await database.migrate()
    await database.close()
    const make = ({ queue, state, args, tags, error = 'it failed' }: MadeJob) => {
      const errors = [{ attempt: 1, at: new Date().toISOString(), error }]
      return world.insertMany({ queue, state, args, tags, ...(state === 'scheduled' ? { scheduledIn: 600 } : { attempt: 1, attemptedIn: -5, errors }) }, 3)
    }
    return open({ engine: world.engine, url: world.url, states: ['scheduled', 'available', 'executing', 'retryable', 'completed', 'cancelled', 'discarded'], queue: async (word) => word, make, stop: () => world.stop() })
  },
  async 'graphile-worker'() {
    return open(await startGraphileWorker())
  },
  async bullmq() {
    const fixture = await startBullFixture(bullBackends[0]!.start)
    const database = await createDatabase()
    return open({ ...fixture, url: database.url, stop: async () => {
      await fixture.stop()
      await database.drop()
    } })
  },
}

interface Parts {
  engine: Engine
  url: string
  states: readonly JobState[]
  queue(word: string): Promise<string>
  make(job: MadeJob, count?: number): Promise<string[]>
  stop(): Promise<void>
}

/** What a job may carry that is awkward to show, to search and to write out. */
const awkward = [
  '{}', '{"orderId":1}', '{"n":12345678901234567890,"m":1e200}', '{"password":"canary-of-the-fuzz"}', `{"text":"${'é👩‍👩‍👧 '.repeat(200)}"}`, `{"a":${'['.repeat(150)}${']'.repeat(150)}}`, '{"__proto__":{"a":1},"constructor":null}', '{"formula":"=1+1","esc":"\\u001b[2J"}',
]

async function open({ engine, url, states, queue, make, stop }: Parts): Promise<FuzzWorld> {
  const queues = [await queue('mail'), await queue('books')]
  for (const name of queues) {
    for (const state of states) for (const args of awkward) await make({ queue: name, state, args, error: `Error: it\u001b[31m failed\n    at x (=1+1)` }, 2)
  }
  const server = await startServer({
    engine,
    database_: { url, drop: async () => {} },
    loops: true,
    cron: queues.map((name, number) => ({ name: `entry-${number}`, queue: name, expression: '0 2 * * *', worker: 'Shop.Mailer' })),
  })
  return {
    server,
    async stop() {
      await server.stop()
      await stop()
    },
  }
}
