import { sql } from 'kysely'
import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'
import { query } from '../../server/db/database.ts'
import type { AbandonedBy } from '../../server/incidents/abandoned.ts'
import { claim } from '../../server/cron/tick.ts'
import { openState } from '../../server/cron/state.ts'
import { syncDeclaredEntries } from '../../server/cron/sync.ts'
import { detect } from '../../server/incidents/detector.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { recordEngineMinute, recordFigures } from '../../server/figures/queues.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { auth, displayPolicy } from '../support/server.ts'
import { type Condition, queuePlans, randomFrom, SimulatedQueue } from '../support/simulated-host.ts'
import { type Expected, type Happening, planWeek, weekMinutes, weekStart } from '../support/seeded-week.ts'

interface Episode {
  key: string
  from: number
  /** Infinity: still open when the week ended. */
  to: number
}

let database: TestDatabase
let client: Client
let kit: RunningKit
afterEach(async () => {
  await client?.end()
  await kit?.settled()
  await kit?.db.close()
  await database?.drop()
})

const silent = { info() {}, warn() {}, error() {} }
/** The scheduler's jobs go nowhere: what becomes of them is not of this week. */
const engine: Engine = { ...pgBoss({} as never), transactional: false, enqueue: async ({ queue }) => ({ queue, id: crypto.randomUUID() }), find: async () => [] }

/** The week as the real detector sees it, with a real database: one look a minute, all by a clock that the test sets. */
async function live(seed: number): Promise<{ happenings: Happening[]; episodes: Episode[] }> {
  const random = randomFrom(seed)
  const happenings = planWeek(random)
  let minute = 0
  const now = () => new Date(weekStart + minute * 60_000)
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  kit = await openKit({ database: { url: database.url }, auth, displayPolicy, engine, log: silent, now })
  await syncDeclaredEntries(kit, [
    { name: 'nightly', queue: 'hourly', expression: '30 2 * * *', timezone: 'Europe/Berlin', overlap: 'allow', catchUp: 'none' },
    { name: 'hourly', queue: 'hourly', expression: '0 * * * *', timezone: 'Etc/UTC', overlap: 'allow', catchUp: 'latest' },
  ])
  await client.query(`insert into ops.usual_duration (queue, worker, as_of, durations) values ('report', 'Export', $1, '{"16": 500, "17": 300}')`, [now()])
  const queues = queuePlans.map((plan) => new SimulatedQueue(plan, random))
  const scheduler = openState()
  const watch = new EpisodeWatch()
  let covering = false
  for (minute = 1; minute <= weekMinutes; minute++) {
    const going = happenings.filter(({ from, to }) => minute >= from && minute < to)
    const is = (kind: string) => going.some((each) => each.kind === kind)
    const measured = queues.map((queue) => queue.pass(now().getTime(), conditionOf(going, queue.plan.name)))
    if (is('database away')) {
      covering = false
      continue
    }
    if (!is('lost Redis') && !is('nobody measures')) await record(now(), measured)
    await recordFindings(now(), going, queues, is)
    await recordRequest(now(), going)
    covering = await coverTime(now(), !is('scheduler down'), covering)
    // It has something to do only at the hours and half hours, or when it comes back.
    if (!is('scheduler down') && (minute % 30 === 0 || happenings.some(({ to }) => to === minute))) await claim(kit, scheduler)
    await detect(kit)
    watch.see(minute, (await client.query<{ key: string }>(`select key from ops.incident where state = 'open'`)).rows.map(({ key }) => key))
  }
  return { happenings, episodes: watch.end() }
}

function conditionOf(going: Happening[], queue: string): Condition {
  return Object.assign({}, ...going.filter((each) => each.queue === queue).map(({ condition }) => condition)) as Condition
}

async function record(now: Date, queues: ReturnType<SimulatedQueue['pass']>[]): Promise<void> {
  const count = (state: string) => queues.flatMap(({ depth }) => depth).reduce((sum, held) => sum + (held.state === state ? held.count : 0), 0)
  const totals = { waiting: count('available'), executing: count('executing'), finished: 0, waitP95Seconds: null, how: 'exact' as const, queues }
  await kit.db.transact(async (em) => {
    await query(em, sql`insert into ${kit.db.table('snapshot')} (at, seconds, waiting, executing, finished, how) values (${now}, 60, ${totals.waiting}, ${totals.executing}, 0, 'exact')`)
    await recordFigures(kit, em, now, 60, queues)
    await recordEngineMinute(kit, em, now, 60, totals)
  })
}

async function recordFindings(now: Date, going: Happening[], queues: SimulatedQueue[], is: (kind: string) => boolean): Promise<void> {
  const since = (kind: string) => new Date(weekStart + (going.find((each) => each.kind === kind)?.from ?? 0) * 60_000)
  const check = is('lost Redis') || is('one failed check') ? { ok: false, detail: 'connect ECONNREFUSED' } : { ok: true, detail: 'fine' }
  const asked: [key: string, found: unknown][] = [['engine_check', check]]
  if (!is('lost Redis')) {
    asked.push(
      ['abandoned_jobs', queues.flatMap((queue) => abandonedIn(queue, now, going))],
      ['long_running_jobs', is('job that hangs') ? [{ id: '7', queue: 'report', worker: 'Export', attempt: 1, startedAt: since('job that hangs').toISOString() }] : []],
      ['discarded_jobs', is('jobs that failed for good') ? [discarded(since('jobs that failed for good'))] : []],
    )
  }
  const rows = asked.map(([key, found]) => ({ key, as_of: now, data: { found, tookMs: 5 } }))
  await client.query(
    `insert into ops.finding (key, as_of, data) select key, as_of, data from jsonb_to_recordset($1) as given (key text, as_of timestamptz, data jsonb)
     on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`,
    [JSON.stringify(rows)],
  )
}

/** An executor that died counts as missing after two minutes. */
function abandonedIn({ plan, zombies }: SimulatedQueue, now: Date, going: Happening[]): AbandonedBy[] {
  const died = going.find(({ queue, condition }) => queue === plan.name && condition?.dead)
  if (!died || !zombies || now.getTime() - (weekStart + died.from * 60_000) < 120_000) return []
  const beatAt = new Date(weekStart + died.from * 60_000).toISOString()
  const jobs = [{ id: `${plan.name}-1`, queue: plan.name, worker: plan.worker, startedAt: beatAt }]
  return [{ executor: `${plan.name}-0`, name: `${plan.name}-0`, host: 'app-1', version: null, beatAt, count: 1, jobs, queues: [{ queue: plan.name, count: 1 }], deserted: plan.executors === 1 ? [plan.name] : [] }]
}

function discarded(at: Date) {
  return { queue: 'mail', count: 1, how: 'exact', jobs: [{ id: '1', queue: 'mail', worker: 'Mailer', attempt: 3, at: at.toISOString(), error: 'Error: no such mailbox' }] }
}

async function recordRequest(now: Date, going: Happening[]): Promise<void> {
  const lost = going.some(({ kind }) => kind === 'request without an outcome')
  if (!lost) return void (await client.query('delete from ops.open_request'))
  await client.query(
    `insert into ops.open_request (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, requested_at, request_id, source, detail)
     values ('01920000-0000-7000-8000-000000000001', '01920000-0000-7000-8000-000000000002', 'retry_job', 'job.retried', '{"id":"a","type":"user","label":"a"}', 'job', '42', $1, 'r', 'api', '{"resource":{"queue":"mail"}}')
     on conflict do nothing`,
    [now],
  )
}

/** Extends the record of a scheduler that is alive, or begins a new one. */
async function coverTime(now: Date, alive: boolean, covering: boolean): Promise<boolean> {
  if (alive && covering) await client.query(`update ops.cron_coverage set to_at = $1 where id = (select max(id) from ops.cron_coverage)`, [now])
  if (alive && !covering) await client.query(`insert into ops.cron_coverage (kind, from_at, to_at) values ('scheduling', $1, $1)`, [now])
  return alive
}

class EpisodeWatch {
  readonly #open = new Map<string, number>()
  readonly #closed: Episode[] = []

  see(minute: number, keys: string[]): void {
    for (const key of keys) if (!this.#open.has(key)) this.#open.set(key, minute)
    for (const [key, from] of this.#open) {
      if (keys.includes(key)) continue
      this.#open.delete(key)
      this.#closed.push({ key, from, to: minute })
    }
  }

  end(): Episode[] {
    return [...this.#closed, ...[...this.#open].map(([key, from]) => ({ key, from, to: Infinity }))].toSorted((a, b) => a.from - b.from)
  }
}

/** How long after its end an incident may still be open. */
const closesWithin = 75

/** Each expected incident is matched by one episode that begins while it lasts and ends soon after it; any other is false. */
function compare(expected: Expected[], episodes: Episode[]): { precision: number; recall: number; missing: Expected[]; wrong: Episode[] } {
  const left = [...episodes]
  const missing = expected.filter(({ key, from, to }) => {
    const index = left.findIndex((each) => sameTrouble(each.key, key) && each.from >= from && each.from <= to + 2 && each.to <= to + closesWithin)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  const found = expected.length - missing.length
  return { precision: found / (found + left.length), recall: found / expected.length, missing, wrong: left }
}

/** The fingerprint of an error is none of the plan's business. */
function sameTrouble(key: string, expected: string): boolean {
  return key === expected || (expected.startsWith('retry_exhausted:mail:') && key.startsWith('retry_exhausted:mail:'))
}

test.each([[20_260_325, 1], [7, 0.95]])('a week with the seed %i is diagnosed as it was: every incident that was injected, and no other', async (seed, least) => {
  const startedAt = performance.now()
  const { happenings, episodes } = await live(seed)
  const expected = happenings.flatMap(({ expects }) => expects)
  const { precision, recall, missing, wrong } = compare(expected, episodes)
  const harmless = happenings.filter(({ expects }) => !expects.length).length
  console.log(`seed ${seed}: ${expected.length} incidents injected, ${harmless} harmless events; precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  if (missing.length || wrong.length) console.log(JSON.stringify({ missing, wrong, happenings: happenings.map(({ kind, from, to }) => [kind, from, to]) }, null, 1))
  expect(Math.min(precision, recall)).toBeGreaterThanOrEqual(least)
})
