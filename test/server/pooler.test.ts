import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOps } from '../../server/index.ts'
import { openKit } from '../../server/open.ts'
import { checkConnections } from '../../server/cli/doctor/connections.ts'
import { idleEngine } from '../support/idle-engine.ts'
import { LiveReader } from '../support/live-reader.ts'
import { operate } from '../support/operate.ts'
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { auth, displayPolicy, startServer } from '../support/server.ts'
import { within } from '../support/within.ts'

const subject = { type: 'cron_entry', id: 'nightly_sync' }
const dropped = ['statement_timeout', 'lock_timeout']
const silent = { info() {}, warn() {}, error() {} }

describe.skipIf(!hasPgBouncer)('behind PgBouncer in transaction mode (skipped unless the program pgbouncer is installed)', () => {
  let database: TestDatabase
  let pooler: PgBouncer | undefined
  beforeEach(async () => {
    database = await createDatabase()
  })
  afterEach(async () => {
    await pooler?.stop()
    pooler = undefined
    await database.drop()
  })

  /** The pooler has to end first, because its connections keep the database from being dropped. */
  const kept = (): TestDatabase => ({ ...database, drop: async () => {} })

  async function poolerWith(options: Parameters<typeof startPgBouncer>[1]): Promise<string> {
    pooler = await startPgBouncer(database.url, options)
    return pooler.urlOf(database.url)
  }

  test('everything works with listenUrl: operations, loops, live hints; and no setting stays on a shared connection', async () => {
    // Two connections for many clients: each statement gets another one than the statement before.
    const url = await poolerWith({ poolSize: 2 })
    const server = await startServer({ database_: kept(), loops: true, database: { url, listenUrl: database.url } })
    try {
      const { preview, execute, once } = operate(() => server, 'tried through a pooler')
      const live = await LiveReader.open(server, 'ops-demo')
      const paused = await execute('ops-demo', await preview('ops-demo', { action: 'pause_cron_entry', subject }))
      expect(paused.status).toBe(200)
      await within('a hint about the paused entry', live.takeUntil('cron'))
      await live.close()
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? server.call('ops-demo', 'GET', '/audit-events') : once('ops-demo', { action: n % 4 ? 'resume_cron_entry' : 'pause_cron_entry', subject }))),
      )
      expect(answers.filter(({ status }) => ![200, 409, 503].includes(status)).map(({ text }) => text)).toEqual([])
      const settings = await Promise.all(Array.from({ length: 20 }, () => ask(url, `select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') as limits`)))
      expect(new Set(settings.flat().map(({ limits }) => limits))).toEqual(new Set(['0 0']))
      const failed = server.logged.filter((line) => /"level":"(error|warn)"/.test(line))
      expect(failed).toEqual([])
    } finally {
      await server.stop()
    }
  })

  test('each transaction sets its own limits, and doctor says that single statements have none', async () => {
    const url = await poolerWith({ poolSize: 4 })
    const kit = await openKit({ database: { url, listenUrl: database.url }, auth, displayPolicy, engine: idleEngine, log: silent })
    try {
      const limits = await kit.db.transact(async (em) => (await em.getKysely().executeQuery({ sql: `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: 'limits' } } as never)).rows)
      expect(limits).toEqual([{ lock: '1500ms', statement: '15s' }])
      expect(await checkConnections(kit)).toMatchObject([{ check: 'live updates', status: 'ok' }, { check: 'limits', status: 'warning', hint: expect.stringContaining('alter role') as string }])
    } finally {
      await kit.settled()
      await kit.db.close()
    }
  })

  test('without listenUrl, a pooler that refuses our limits is named in one sentence', async () => {
    const url = await poolerWith({ poolSize: 2 })
    const ops = await createOps({ database: { url }, auth, displayPolicy, engine: idleEngine, log: silent })
    await expect(ops.start()).rejects.toThrow(/^database\.url leads to PgBouncer, .*set database\.listenUrl to the database itself/)
    await ops.stop()
  })

  test('without listenUrl, a pooler through which nothing is heard is logged and found by doctor, and live streams are refused', async () => {
    const url = await poolerWith({ poolSize: 2, ignore: dropped })
    const server = await startServer({ database_: kept(), database: { url } })
    try {
      const logged = server.logged.filter((line) => line.includes('there are no live updates'))
      expect(logged).toHaveLength(1)
      expect(logged[0]).toContain('set database.listenUrl to the database itself')
      expect((await server.call('ops-demo', 'GET', '/live')).status).toBe(503)
      expect((await server.call('ops-demo', 'GET', '/cron-entries')).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}
