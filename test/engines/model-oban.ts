import { createObanTables } from '../../demo-host/engines/oban-tables.ts'
import { startObanWorker } from '../../demo-host/engines/oban-worker.ts'
import { openDatabase } from '../../server/db/database.ts'
import { startOban } from '../support/oban.ts'
import { startServer } from '../support/server.ts'
import { attempts, type ModelWorld, pauseSeconds, type Raw, type Work } from './model-world.ts'

export async function startObanModel(): Promise<ModelWorld> {
  const world = await startOban(15, { workerOf: () => 'Model.Worker' })
  await createObanTables(world.pool)
  const database = await openDatabase({ url: world.url })
  await database.migrate()
  await database.close()
  const server = await startServer({ engine: world.engine, cron: [], database_: { url: world.url, drop: async () => {} } })
  const waiting = ['scheduled', 'available', 'retryable'] as const
  let trials = 0
  return {
    server,
    engine: world.engine,
    possible: {
      retry: ['retryable', 'discarded', 'cancelled', 'completed'],
      cancel: [...waiting, 'executing'],
      discard: waiting,
      restore: ['discarded'],
      rescue: [],
    },
    tellsWhoRemoved: true,
    keeps: { cancelled: true, completed: true },
    restMilliseconds: 150,
    async begin(perform) {
      trials++
      const queues = [`a${trials}`, `b${trials}`] as const
      const worker = await startObanWorker({
        sql: world.pool,
        url: world.url,
        node: `node-${trials}`,
        queues: { [queues[0]]: 2, [queues[1]]: 2 },
        pollMilliseconds: 50,
        backoff: () => pauseSeconds,
        perform: async ({ id, queue, args }, stopped) => {
          await perform({ id, queue, work: args as Work }, stopped)
          return {}
        },
      })
      return {
        queues,
        async add(queue, work, later) {
          const due = later ? { state: 'scheduled', scheduledIn: pauseSeconds } : {}
          const id = await world.insert({ queue, args: JSON.stringify(work), maxAttempts: attempts, ...due })
          await world.pool.query(`select pg_notify('public.oban_insert', $1)`, [JSON.stringify({ queue })])
          return id
        },
        async look() {
          const { rows } = await world.pool.query<Raw & { id: string }>(
            'select id::text, state::text, j::text as mark from oban_jobs j where queue = any($1) order by j.id',
            [queues],
          )
          return new Map(rows.map(({ id, ...raw }) => [id, raw]))
        },
        async passTime() {
          await world.pool.query(
            `update oban_jobs set scheduled_at = timezone('utc', now())
             where queue = any($1) and state in ('scheduled', 'retryable') and scheduled_at > timezone('utc', now())`,
            [queues],
          )
        },
        isPaused: async (queue) => worker.isPaused(queue),
        // A job that is stopped while it runs is told so by a signal, and its end is written down after that.
        isSettled: (now) => [...now].every(([id, { state }]) => (state === 'executing') === worker.isRunning(id)),
        end: () => worker.stop(),
      }
    },
    async stop() {
      await server.stop()
      await world.stop()
    },
  }
}
