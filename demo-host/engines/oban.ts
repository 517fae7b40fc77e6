import { hostname } from 'node:os'
import { obanWeb } from 'ops-powertools/bridges/oban-web'
import { oban } from 'ops-powertools/engines/oban'
import { jobKinds } from '../jobs/index.ts'
import { takingTime, workerOf } from '../jobs/kind.ts'
import type { OpenEngineOptions, ShopEngine } from './engine.ts'
import { createObanTables } from './oban-tables.ts'
import { type ObanWorker, startObanWorker } from './oban-worker.ts'
import { reportEveryMinute } from './report.ts'

/**
 * Oban's tables in the schema `public`, which an Elixir application may have created and may use at the same time, and
 * a stand-in for an Oban node that does the shop's work. `OBAN_WEB_URL` is the URL of a running Oban Web to show as its dashboard. Job
 * data is made up here, so the pages that show it are open too.
 */
export function openOban({ url, sql }: OpenEngineOptions): ShopEngine {
  const attempts = new Map<string, number>()
  let worker: ObanWorker | undefined
  return {
    engine: oban({ pool: sql, queues: jobKinds.map(({ queue }) => queue), workerOf }),
    bridges: [obanWeb({ url: process.env.OBAN_WEB_URL, showsJobData: true })],
    dashboard: process.env.OBAN_WEB_URL ? { name: 'Oban Web bridge', href: '/ops/jobs/oban' } : undefined,
    prepare: () => createObanTables(sql),
    async start(kinds, closing) {
      const byQueue = new Map(kinds.map((kind) => [kind.queue, kind]))
      for (const { queue, attempts: most = 3 } of kinds) attempts.set(queue, most)
      const attended = kinds.filter((kind) => kind.attended !== false)
      worker = await startObanWorker({
        sql,
        url,
        node: `shop@${hostname()}`,
        queues: Object.fromEntries(attended.map(({ queue, concurrency = 1 }) => [queue, concurrency])),
        perform: ({ queue, args, attempt }, cancelled) =>
          byQueue.get(queue)!.run(args, { sql, startedAt: new Date(), attempt, take: takingTime({ closing, cancelled }) }),
        backoff: ({ queue }) => byQueue.get(queue)!.retryDelaySeconds ?? 10,
        onError: reportEveryMinute('oban stand-in'),
      })
    },
    async send({ queue, args, inSeconds = 0 }) {
      await sql.query(
        `with made as (
           insert into public.oban_jobs (state, queue, worker, args, max_attempts, scheduled_at)
           values (case when $5 > 0 then 'scheduled' else 'available' end::public.oban_job_state, $1, $2, $3::jsonb, $4,
             timezone('utc', now()) + make_interval(secs => $5::int))
         ) select pg_notify('public.oban_insert', json_build_object('queue', $1::text)::text)`,
        [queue, workerOf(queue), JSON.stringify(args), attempts.get(queue) ?? 3, inSeconds],
      )
    },
    async stop() {
      await worker?.stop()
    },
  }
}
