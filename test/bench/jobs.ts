import type { Pool } from 'pg'
import { type Child, startChild } from './child.ts'
import { get, getter } from './http.ts'
import { benchBulk } from './jobs-bulk.ts'
import { fillJobs, queues } from './jobs-data.ts'
import { type Bench, count, measure, say, sayRatio, sayTime, type Timing, timed } from './world.ts'

const sizes = (process.env.BENCH_JOBS ?? '1000000,10000000').split(',').map(Number)
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
    console.log(' As pg-boss makes its tables')
    const shipped = await benchDashboard(board.dashboard!, await benchLists(ops.api!, pool))
    await addProposedIndexes(ops)
    await pool.query('vacuum analyze')
    await ops.stop()
    ops = await start()
    console.log(' With the indexes that doctor proposes, which the dashboard profits from too')
    const lists = await benchLists(ops.api!, pool)
    await benchDashboard(board.dashboard!, lists, shipped)
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

type DashboardTimings = Record<string, Timing>

/** `shipped`: what the dashboard took before there were indexes that pg-boss does not make. */
async function benchDashboard(dashboard: string, lists: Record<string, Timing>, shipped?: DashboardTimings): Promise<DashboardTimings> {
  const pages = {
    'all jobs': ['/jobs', 'no filter'],
    'failed jobs': ['/jobs?state=failed', 'one state (discarded)'],
    'completed jobs': ['/jobs?state=completed', 'the largest state (completed)'],
    'failed jobs, page 500': ['/jobs?state=failed&page=500', 'one state (discarded), nine tenths down'],
  } as const
  const timings: DashboardTimings = {}
  for (const [name, [path, ours]] of Object.entries(pages)) {
    const timing = await measure(1, 3, getter(dashboard + path, true))
    timings[name] = timing
    say(`@pg-boss/dashboard, ${name}`, timing)
    if (!lists[ours]) continue
    sayRatio('  ours / dashboard', lists[ours].median / timing.median, '≤ 0.05')
    if (shipped?.[name]) sayRatio('  ours / dashboard before the indexes', lists[ours].median / shipped[name].median, '≤ 0.05')
  }
  return timings
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

/** As a host's administrator does what `doctor` proposes. */
async function addProposedIndexes(ops: Child): Promise<void> {
  const taken = await timed(() => ops.ask('index'))
  sayTime('indexes that doctor proposes, created', taken)
}

