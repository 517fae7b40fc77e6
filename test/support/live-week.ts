import { sql } from 'kysely'
import { Client } from 'pg'
import { query } from '../../server/db/database.ts'
import type { AbandonedBy } from '../../server/incidents/abandoned.ts'
import { claim } from '../../server/cron/tick.ts'
import { openState } from '../../server/cron/state.ts'
import { syncDeclaredEntries } from '../../server/cron/sync.ts'
import { detect } from '../../server/incidents/detector.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import type { Engine, EngineFailure } from '../../server/engines/engine.ts'
import { feedBaselines } from '../../server/errors/baseline.ts'
import { fingerprintOf } from '../../server/errors/fingerprint.ts'
import { groupsOfJob } from '../../server/errors/jobs-of-group.ts'
import { recordFailures } from '../../server/errors/record.ts'
import { recordEngineMinute, recordFigures } from '../../server/figures/queues.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'
import { auth, displayPolicy } from './server.ts'
import { type Condition, queuePlans, randomFrom, SimulatedFailures, SimulatedQueue } from './simulated-host.ts'
import { type Expected, type Happening, planWeek, weekMinutes, weekStart } from './seeded-week.ts'

interface Episode {
  key: string
  from: number
  /** Infinity: still open when the week ended. */
  to: number
}

let database: TestDatabase
let client: Client
let kit: RunningKit

const silent = { info() {}, warn() {}, error() {} }
/** The scheduler's jobs go nowhere: what becomes of them is not of this week. */
const engine: Engine = { ...pgBoss({} as never), transactional: false, enqueue: async ({ queue }) => ({ queue, id: crypto.randomUUID() }), find: async () => [] }

export interface Outcome {
  seed: number
  injected: number
  harmless: number
  precision: number
  recall: number
  /** What went wrong, to be printed. */
  missing: Expected[]
  wrong: Episode[]
}

/** Lives through a week, and compares what the detector found with what was injected. One at a time in a process. */
export async function liveWeek(seed: number): Promise<Outcome> {
  const startedAt = performance.now()
  try {
    const { happenings, episodes } = await live(seed)
    const expected = happenings.flatMap(({ expects }) => expects)
    const harmless = happenings.filter(({ expects }) => !expects.length).length
    const outcome = { seed, injected: expected.length, harmless, ...compare(expected, episodes) }
    const { precision, recall, missing, wrong } = outcome
    console.log(`seed ${seed}: ${expected.length} incidents injected, ${harmless} harmless events; precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, in ${Math.round((performance.now() - startedAt) / 1000)} s`)
    if (missing.length || wrong.length) console.log(JSON.stringify({ missing, wrong, happenings: happenings.map(({ kind, from, to }) => [kind, from, to]) }, null, 1))
    return outcome
  } finally {
    await client?.end()
    await kit?.settled()
    await kit?.db.close()
    await database?.drop()
  }
}

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
  const failing = new SimulatedFailures(random, weekStart)
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
    if (!is('lost Redis')) await recordFailed(now(), failing.fail(minute, going, measured))
    await recordFindings(now(), { going, queues, is, dead: failing.dead(going) })
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

interface Present {
  going: Happening[]
  queues: SimulatedQueue[]
  is: (kind: string) => boolean
  /** Jobs that failed for good and that nobody has repaired. */
  dead: EngineFailure[]
}

/** Failures are read from the engine as they happen, and the minute is added to what is usual. */
async function recordFailed(now: Date, failures: EngineFailure[]): Promise<void> {
  await client.query(
    `insert into ops.error_feed (id, started_at, read_to, sweeps) values (1, $1, $2, 1) on conflict (id) do update set read_to = excluded.read_to`,
    [new Date(weekStart), now],
  )
  if (failures.length) await kit.db.transact((em) => recordFailures(kit, em, failures, { now, startedAt: new Date(weekStart) }))
  await feedBaselines(kit)
}

async function recordFindings(now: Date, { going, queues, is, dead }: Present): Promise<void> {
  const since = (kind: string) => new Date(weekStart + (going.find((each) => each.kind === kind)?.from ?? 0) * 60_000)
  const check = is('lost Redis') || is('one failed check') ? { ok: false, detail: 'connect ECONNREFUSED' } : { ok: true, detail: 'fine' }
  const asked: [key: string, found: unknown][] = [['engine_check', check]]
  if (!is('lost Redis')) {
    asked.push(
      ['abandoned_jobs', queues.flatMap((queue) => abandonedIn(queue, now, going))],
      ['long_running_jobs', is('job that hangs') ? [{ id: '7', queue: 'report', worker: 'Export', attempt: 1, startedAt: since('job that hangs').toISOString() }] : []],
      ['discarded_jobs', discarded(dead)],
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

/** As the engine lists them: the newest ten of each queue. */
function discarded(dead: EngineFailure[]) {
  return [...Map.groupBy(dead, ({ queue }) => queue)].map(([queue, of]) => ({
    queue,
    count: of.length,
    how: 'exact',
    jobs: of.slice(-10).map(({ id, worker, attempt, at, error }) => {
      const groups = groupsOfJob(kit, { queue, worker, error: error.text, errorName: error.name, errorStack: error.stack })
      return { id, queue, worker, attempt, at: at.toISOString(), error: error.text, groups }
    }),
  }))
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

/** The plan names an error by its text; whoever groups it, by its fingerprint. */
function sameTrouble(key: string, expected: string): boolean {
  const [, head, text] = /^(.*)\{(.*)\}$/.exec(expected) ?? []
  if (head === undefined || text === undefined) return key === expected
  return key === `${head}${fingerprintOf({ text }, { queue: 'mail', worker: 'Mailer' }, undefined, silent).fingerprint}`
}
