import { Pool } from 'pg'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { startServer } from '../support/server.ts'
import { attempts, type ModelWorld, pauseSeconds, type Raw, type Work } from './model-world.ts'

const stateOf = `case when state = 'created' and start_after > now() then 'scheduled' when state = 'created' then 'available'
  when state = 'retry' then 'retryable' when state = 'active' then 'executing' when state = 'failed' then 'discarded' else state::text end`

export async function startPgBossModel(): Promise<ModelWorld> {
  const server = await startServer({ cron: [] })
  const { boss } = server
  const pool = new Pool({ connectionString: server.database.url, max: 2 })
  pool.on('error', () => {})
  const all = ['scheduled', 'available', 'executing', 'retryable'] as const
  let trials = 0
  return {
    server,
    engine: pgBoss(boss),
    possible: { retry: ['retryable', 'discarded', 'cancelled', 'completed'], cancel: all, discard: all, restore: ['discarded'], rescue: [] },
    tellsWhoRemoved: true,
    keeps: { cancelled: true, completed: true },
    // Its workers look twice a second.
    restMilliseconds: 650,
    async begin(perform) {
      trials++
      const queues = [`a${trials}`, `b${trials}`] as const
      for (const queue of queues) {
        await boss.createQueue(queue, { retryLimit: attempts - 1, retryDelay: pauseSeconds })
        await boss.work<Work>(queue, { pollingIntervalSeconds: 0.5, localConcurrency: 2 }, async (jobs) => {
          for (const { id, data } of jobs) await perform({ id, queue, work: data })
        })
      }
      return {
        queues,
        add: async (queue, work, later) => (await boss.send(queue, work, later ? { startAfter: pauseSeconds } : {}))!,
        async look() {
          const { rows } = await pool.query<Raw & { id: string }>(
            `select id::text, ${stateOf} as state, j::text as mark from pgboss.job j where name = any($1) order by created_on, id`,
            [queues],
          )
          return new Map(rows.map(({ id, ...raw }) => [id, raw]))
        },
        async passTime() {
          await pool.query(
            `update pgboss.job set start_after = now() where name = any($1) and state < 'active' and start_after > now()`,
            [queues],
          )
        },
        // What is cancelled while it runs goes on to its end.
        isSettled: (now, running) => [...now].every(([id, { state }]) => state !== 'executing' || running.has(id)),
        async end() {
          for (const queue of queues) await boss.offWork(queue, { wait: false })
        },
      }
    },
    async stop() {
      await pool.end()
      await server.stop()
    },
  }
}
