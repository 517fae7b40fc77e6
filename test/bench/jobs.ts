import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Pool } from 'pg'
import { fillJobs, queues } from './jobs-data.ts'
import { type Bench, measure, say, sayRatio, type Timing } from './world.ts'

const sizes = (process.env.BENCH_JOBS ?? '1000000,10000000').split(',').map(Number)
const bulkJobs = Number(process.env.BENCH_BULK ?? 100_000)
const headers = { authorization: 'Bearer ops-demo' }
const aimMilliseconds = 10

/** Lists, details, figures and a bulk retry on pg-boss tables of each size, beside pg-boss's own dashboard on the same database. */
export async function benchJobs(world: Bench): Promise<void> {
  const firstPages: Record<string, Timing>[] = []
  for (const size of sizes) {
    firstPages.push(await benchSize(world, size))
    await world.drop(`jobs_${size}`)
  }
  const [small, large] = firstPages
  if (!small || !large) return
  console.log(`\nLists at ${count(sizes[1]!)} jobs beside the same at ${count(sizes[0]!)}, medians`)
  for (const [name, timing] of Object.entries(large)) sayRatio(name, timing.median / small[name]!.median, '≤ 1.20')
}

async function benchSize(world: Bench, size: number): Promise<Record<string, Timing>> {
  console.log(`\npg-boss with ${count(size)} jobs, one request at a time`)
  const { url, pool } = await world.database(`jobs_${size}`)
  const start = () => startChild('server.ts', url, { SNAPSHOTS: '1', QUEUES: queues.join(',') })
  let ops = await start()
  const board = await startChild('dashboard-server.ts', url)
  try {
    await fillJobs(pool, size)
    await pool.query('analyze')
    // What it knows of the tables is a minute old at most; begun anew it knows at once.
    await ops.stop()
    ops = await start()
    await addProposedIndexes(ops)
    await pool.query('vacuum analyze')
    await ops.stop()
    ops = await start()
    const lists = await benchLists(ops.api!, pool)
    await benchDashboard(board.dashboard!, lists)
    await benchFigures(ops)
    await benchBulk(ops, pool)
    return lists
  } finally {
    await Promise.all([ops.stop(), board.stop(), pool.end()])
  }
}

async function benchLists(api: string, pool: Pool): Promise<Record<string, Timing>> {
  say('GET /healthz (the floor: HTTP and nothing else)', await measure(1, 1, getter(`${api}/healthz`)))
  const { rows } = await pool.query<{ id: string; middle: string; name: string }>(
    `select id, name, (select min(created_on) + (max(created_on) - min(created_on)) / 10 from pgboss.job)::text as middle
     from pgboss.job where state = 'failed' limit 1`,
  )
  const { id, middle } = rows[0]!
  const to = new Date(middle).toISOString()
  const filters: Record<string, string> = {
    'no filter': '',
    'one state (discarded)': 'state=discarded',
    'the largest state (completed)': 'state=completed',
    'two states': 'state=retryable,discarded',
    'one queue': `queue=${queues[3]}`,
    'one queue, one state': `queue=${queues[3]}&state=discarded`,
    'arguments contain': `args=${encodeURIComponent('{"n":777}')}`,
    'error text': 'error=timeout',
    'a window of time': `time=created&to=${encodeURIComponent(to)}`,
    'one id': `id=${id}`,
  }
  const timings: Record<string, Timing> = {}
  for (const [name, query] of Object.entries(filters)) {
    timings[name] = await measure(1, 2, getter(`${api}/jobs?${query}`))
    say(`GET /jobs, ${name}`, timings[name])
    const cursor = name === 'one id' ? undefined : await deepCursor(api, query, to)
    if (!cursor) continue
    const deep = `${name}, nine tenths down`
    timings[deep] = await measure(1, 2, getter(`${api}/jobs?${query}${query && '&'}cursor=${encodeURIComponent(cursor)}`))
    say(`GET /jobs, ${deep}`, timings[deep])
  }
  say('GET /jobs/count, discarded', await measure(1, 1, getter(`${api}/jobs/count?state=discarded`)))
  say('GET /jobs/count, completed', await measure(1, 1, getter(`${api}/jobs/count?state=completed`)))
  say('GET /jobs/hints, queue', await measure(1, 1, getter(`${api}/jobs/hints?field=queue&prefix=`)))
  say('GET /jobs/{id}', await measure(1, 2, getter(`${api}/jobs/${id}`)))
  const slowest = Math.max(...Object.values(timings).map(({ median }) => median))
  sayRatio('slowest list page, median in ms', slowest, `≤ ${aimMilliseconds}`)
  return timings
}

/** Where the page that begins at nine tenths of the table stands. A cursor names a place, so it serves without the window too. */
async function deepCursor(api: string, query: string, to: string): Promise<string | undefined> {
  if (query.includes('to=')) return undefined
  const page = await get(`${api}/jobs?${query}${query && '&'}time=created&to=${encodeURIComponent(to)}&limit=1`)
  return (page as { nextCursor?: string }).nextCursor
}

async function benchDashboard(dashboard: string, lists: Record<string, Timing>): Promise<void> {
  const pages = {
    'all jobs': ['/jobs', 'no filter'],
    'failed jobs': ['/jobs?state=failed', 'one state (discarded)'],
    'completed jobs': ['/jobs?state=completed', 'the largest state (completed)'],
    'failed jobs, page 500': ['/jobs?state=failed&page=500', 'one state (discarded), nine tenths down'],
  } as const
  for (const [name, [path, ours]] of Object.entries(pages)) {
    const timing = await measure(1, 3, getter(dashboard + path, true))
    say(`@pg-boss/dashboard, ${name}`, timing)
    if (lists[ours]) sayRatio(`  GET /jobs, ${ours} / dashboard`, lists[ours].median / timing.median, '≤ 0.05')
  }
}

async function benchFigures({ api }: Child): Promise<void> {
  say('GET /queues', await measure(1, 2, getter(`${api!}/queues`)))
  say('GET /overview', await measure(1, 2, getter(`${api!}/overview`)))
  const ages: number[] = []
  for (let seconds = 0; seconds < 30; seconds += 0.25) {
    const { items } = (await get(`${api!}/queues`)) as { items: { asOf: string }[] }
    ages.push(Math.max(...items.map(({ asOf }) => (Date.now() - Date.parse(asOf)) / 1000)))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  sayRatio('oldest figure seen in 30 s, in seconds', Math.max(...ages), '≤ 5')
}

/** Through the API as a page does it, beside one statement that changes the same number of rows and nothing else. */
async function benchBulk(ops: Child, pool: Pool): Promise<void> {
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
  const restedMegabytes = await ops.memory()
  const selection = { filter: { queue: ourQueue, state: 'discarded' } }
  const preview = { id: '', token: '' }
  const previewed = await timed(async () => Object.assign(preview, await post(`${ops.api!}/previews`, { action: 'retry_job', selection })))
  sayTime(`preview of ${count(bulkJobs)}: frozen, judged, authorised one by one`, previewed)
  let highest = restedMegabytes
  let bulk = { id: '', status: '', outcomes: {} as Record<string, number> }
  const executed = await timed(async () => {
    bulk = ((await post(`${ops.api!}/previews/${preview.id}/execute`, { token: preview.token, reason: 'bench: retry them all' })) as { bulk: typeof bulk }).bulk
    while (bulk.status !== 'finished') {
      await new Promise((resolve) => setTimeout(resolve, 50))
      bulk = (await get(`${ops.api!}/bulk/${bulk.id}`)) as typeof bulk
      highest = Math.max(highest, await ops.memory())
    }
  })
  if (bulk.outcomes.done !== bulkJobs) throw new Error(`the bulk run ended with ${JSON.stringify(bulk.outcomes)}`)
  sayTime(`bulk retry of ${count(bulkJobs)}, from confirm to finished`, executed)
  sayRatio('bulk retry / bare UPDATE', executed / bare, '≤ 2.00')
  sayRatio('with its preview / bare UPDATE', (executed + previewed) / bare, '')
  sayRatio('memory of the process, before and highest, in MB', restedMegabytes, `highest ${highest.toFixed(0)}`)
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

/** As a host's administrator does what `doctor` proposes. */
async function addProposedIndexes(ops: Child): Promise<void> {
  const taken = await timed(() => ops.ask('index'))
  sayTime('indexes that doctor proposes, created', taken)
}

interface Child {
  api?: string
  dashboard?: string
  ask(what: string): Promise<unknown>
  memory(): Promise<number>
  stop(): Promise<void>
}

async function startChild(file: string, url: string, env: Record<string, string> = {}): Promise<Child> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { env: { ...process.env, DATABASE_URL: url, ...env }, execArgv: ['--expose-gc'] })
  const [addresses] = (await once(child, 'message')) as [{ api?: string; dashboard?: string }]
  const ask = async (what: string) => {
    child.send(what)
    return ((await once(child, 'message')) as [unknown])[0]
  }
  return {
    ...addresses,
    ask,
    memory: async () => Number(await ask('memory')),
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function getter(url: string, html = false): () => Promise<void> {
  return async () => {
    const answer = await fetch(url, { headers: html ? {} : headers })
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    await answer.arrayBuffer()
  }
}

async function get(url: string): Promise<unknown> {
  return (await fetch(url, { headers })).json()
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (answer.status >= 300) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  return answer.json()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function sayTime(name: string, milliseconds: number): void {
  console.log(`  ${name.padEnd(58)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s`)
}

function count(jobs: number): string {
  return jobs.toLocaleString('en')
}
