import type { Pool } from 'pg'
import type { Child } from './child.ts'
import { get, post } from './http.ts'
import { count, sayRatio, sayTime, timed } from './world.ts'

const bulkJobs = Number(process.env.BENCH_BULK ?? 100_000)

/** Through the API as a page does it, beside one statement that changes the same number of rows and nothing else. */
export async function benchBulk(ops: Child, pool: Pool): Promise<void> {
  const [bareQueue, ourQueue] = ['bench_bare', 'bench_ours']
  for (const queue of [bareQueue, ourQueue]) await failedJobs(pool, queue, bulkJobs)
  const bare = await timed(() =>
    pool.query(
      `update pgboss.job set state = 'retry', completed_on = null, started_on = null, start_after = now(), retry_limit = retry_limit + 1
       where name = $1 and state = 'failed'`,
      [bareQueue],
    ),
  )
  sayTime(`bare UPDATE of ${count(bulkJobs)} failed jobs`, bare)
  const memory = await watch(() => ops.memory())
  const { previewed, executed } = await retryAll(ops, ourQueue)
  const { first, highest } = await memory.end()
  sayTime(`preview of ${count(bulkJobs)}: frozen, judged, authorised one by one`, previewed)
  sayTime(`bulk retry of ${count(bulkJobs)}, from confirm to finished`, executed)
  sayRatio('bulk retry / bare UPDATE', executed / bare, '≤ 2.00')
  sayRatio('with its preview / bare UPDATE', (executed + previewed) / bare, '')
  sayRatio('memory of the process, highest / before', highest / first, `flat (${first.toFixed(0)} MB, ${highest.toFixed(0)} MB)`)
  await benchHeap(ops, pool)
}

/** The same once more for its memory alone: what is really held, because garbage is collected before each look. */
async function benchHeap(ops: Child, pool: Pool): Promise<void> {
  const queue = 'bench_heap'
  await failedJobs(pool, queue, bulkJobs)
  const heap = await watch(() => ops.memory(true))
  await retryAll(ops, queue)
  const { first, highest } = await heap.end()
  sayRatio('heap in use, highest / before', highest / first, `flat (${first.toFixed(0)} MB, ${highest.toFixed(0)} MB)`)
}

async function retryAll({ api }: Child, queue: string): Promise<{ previewed: number; executed: number }> {
  const selection = { filter: { queue, state: 'discarded' } }
  const preview = { id: '', token: '' }
  const previewed = await timed(async () => Object.assign(preview, await post(`${api!}/previews`, { action: 'retry_job', selection })))
  const executed = await timed(async () => {
    const answer = await post(`${api!}/previews/${preview.id}/execute`, { token: preview.token, reason: 'bench: retry them all' })
    let { bulk } = answer as { bulk: { id: string; status: string; outcomes: Record<string, number> } }
    while (bulk.status !== 'finished') {
      await new Promise((resolve) => setTimeout(resolve, 50))
      bulk = (await get(`${api!}/bulk/${bulk.id}`)) as typeof bulk
    }
    if (bulk.outcomes.done !== bulkJobs) throw new Error(`the bulk run ended with ${JSON.stringify(bulk.outcomes)}`)
  })
  return { previewed, executed }
}

/** Looks again and again until it is told to end. */
async function watch(look: () => Promise<number>) {
  const seen = [await look()]
  let ended = false
  const watching = (async () => {
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      seen.push(await look())
    }
  })()
  return {
    async end(): Promise<{ first: number; highest: number }> {
      ended = true
      await watching
      return { first: seen[0]!, highest: Math.max(...seen) }
    },
  }
}

async function failedJobs(pool: Pool, queue: string, jobs: number): Promise<void> {
  await pool.query(`select pgboss.create_queue($1, '{"policy":"standard"}')`, [queue])
  await pool.query(
    `insert into pgboss.job (name, data, state, retry_limit, retry_count, created_on, started_on, completed_on, output)
     select $1, jsonb_build_object('n', n, 'customer', 'customer-' || n % 1000), 'failed', 2, 2, now() - interval '1 hour', now() - interval '30 minutes',
       now() - interval '29 minutes', '{"message":"connection timeout"}'
     from generate_series(1, $2::int) n`,
    [queue, jobs],
  )
  await pool.query('vacuum analyze pgboss.job')
  await pool.query('checkpoint')
}
