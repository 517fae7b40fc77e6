import { randomUUID } from 'node:crypto'
import { Pool } from 'pg'
import { PgBoss } from 'pg-boss'
import type { JobState } from '../../schemas/index.ts'
import type { Engine, SqlExecutor } from '../../server/engines/engine.ts'
import { pgBoss, type PgBossOptions } from '../../server/engines/pg-boss/index.ts'
import type { EngineFixture } from '../engines/contract.ts'
import { createDatabase } from './postgres.ts'

export interface PgBossWorld extends EngineFixture {
  boss: PgBoss
  pool: Pool
  engine: Engine
  row(id: string): Promise<Record<string, unknown>>
}

/** Times are seconds from now. */
const rows: Record<JobState, { state: string; due: number; started?: number; ended?: number; retries?: number }> = {
  scheduled: { state: 'created', due: 600 },
  available: { state: 'created', due: 0 },
  executing: { state: 'active', due: -2, started: -1 },
  retryable: { state: 'retry', due: 600, started: -5, retries: 1 },
  completed: { state: 'completed', due: -20, started: -10, ended: -5 },
  cancelled: { state: 'cancelled', due: -20, started: -10, ended: -5 },
  discarded: { state: 'failed', due: -20, started: -10, ended: -5, retries: 2 },
}

/** pg-boss in a database of its own, polling quickly and leaving lost jobs where they are. */
export async function startPgBoss({ indexes = false, ...options }: PgBossOptions & { indexes?: boolean } = {}): Promise<PgBossWorld> {
  const database = await createDatabase()
  const pool = new Pool({ connectionString: database.url, max: 8 })
  pool.on('error', () => {})
  const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 6 })
  boss.on('error', () => {})
  await boss.start()
  if (indexes) for (const { statement } of await pgBoss(boss, options).advise!([])) await pool.query(statement!)
  let queues = 0
  return {
    boss,
    pool,
    engine: pgBoss(boss, options),
    states: Object.keys(rows) as JobState[],
    missingId: randomUUID(),
    async queue(word) {
      const name = `${word}-${++queues}`
      await boss.createQueue(name)
      return name
    },
    async make({ queue, state, args = '{}', error, lost }, count = 1) {
      const { state: word, due, started = null, ended = null, retries = 0 } = rows[state]
      const { rows: made } = await pool.query<{ id: string }>(
        `insert into pgboss.job (name, data, state, start_after, started_on, heartbeat_on, completed_on, retry_count, retry_limit, output, created_on, policy, keep_until)
         select $1, $2::jsonb, $3::pgboss.job_state, now() + make_interval(secs => $4), now() + make_interval(secs => $5), now() + make_interval(secs => $5),
           now() + make_interval(secs => $6), $7, 2, $8::jsonb, clock_timestamp() + n * interval '1 microsecond', 'standard', now() + interval '14 days'
         from generate_series(1, $9::int) n returning id::text`,
        [queue, args, word, due, lost ? -86_400 : started, ended, retries, error === undefined ? null : JSON.stringify({ name: 'Error', message: error }), count],
      )
      return made.map(({ id }) => id)
    },
    async transact(work) {
      const client = await pool.connect()
      const tx: SqlExecutor = { executeSql: (text, values) => client.query(text, values) }
      try {
        await client.query('begin')
        const answer = await work(tx)
        await client.query('commit')
        return answer
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    },
    async work(queue, run) {
      await boss.work(queue, { pollingIntervalSeconds: 0.5, localConcurrency: 2 }, async (jobs) => {
        for (const { id, data } of jobs) await run({ id, args: data })
      })
    },
    async row(id) {
      const { rows: found } = await pool.query<Record<string, unknown>>('select * from pgboss.job where id = $1', [id])
      return found[0]!
    },
    async stop() {
      await boss.stop({ graceful: false })
      await pool.end()
      await database.drop()
    },
  }
}
