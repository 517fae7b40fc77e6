import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { getCronHistory } from '../../../server/cron/read.ts'
import { startScheduler } from '../../../server/cron/scheduler.ts'
import { syncDeclaredEntries } from '../../../server/cron/sync.ts'
import { query } from '../../../server/db/database.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import type { Kit } from '../../../server/kit.ts'
import { openKit } from '../../../server/open.ts'
import { systemScope } from '../../../server/operations/scope.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { auth, displayPolicy } from '../../support/server.ts'
import { clockOf, type Compressed } from './compressed-clock.ts'

/** A minute of the schedulers lasts six seconds. */
const factor = 10
const healthy = ['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8', 'q9']

interface Host {
  kit: Kit
  boss: PgBoss
  scheduler?: { stop(): Promise<void> }
}

let database: TestDatabase
let clock: Compressed
let hosts: Host[]
let other: Client
const watchers: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  database = await createDatabase()
  hosts = []
  other = new Client({ connectionString: database.url })
  other.on('error', () => {})
  await other.connect()
})

afterEach(async () => {
  for (const watcher of watchers.splice(0)) await watcher.stop()
  await other.end()
  await Promise.all(hosts.map(({ scheduler }) => scheduler?.stop()))
  for (const { kit, boss } of hosts) {
    await kit.db.close()
    await boss.stop({ graceful: false })
  }
  await database.drop()
})

async function openHost(): Promise<Host> {
  const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  await boss.start()
  const quiet = { info() {}, warn() {}, error() {} }
  const kit = await openKit({ database: { url: database.url, poolSize: 4 }, auth, displayPolicy, engine: pgBoss(boss), now: () => clockOf(clock)(), log: quiet })
  const host = { kit, boss }
  hosts.push(host)
  return host
}

function startClock(): void {
  clock = { realStart: Date.now(), start: Date.parse('2026-03-02T10:00:40Z'), factor }
}

/** Nine healthy entries and a tenth whose queue is a partition of its own, which comes first by name. */
async function start(schedulers: number): Promise<Host> {
  startClock()
  const first = await openHost()
  await first.boss.createQueue('a_sick', { partition: true })
  for (const queue of healthy) await first.boss.createQueue(queue, { partition: queue < 'q4' })
  // Of the last three the engine is asked whether their jobs have ended.
  const entry = (queue: string) => ({ name: queue, queue, expression: '* * * * *', overlap: queue > 'q6' ? ('skip' as const) : ('allow' as const) })
  while (hosts.length < schedulers) await openHost()
  startClock()
  await syncDeclaredEntries(first.kit, [...healthy.map(entry), { ...entry('a_sick'), catchUp: 'all', maxCatchUp: 20 }])
  for (const host of hosts) host.scheduler = startScheduler(host.kit, { tickSeconds: 0.2 })
  return first
}

interface Seen {
  entry: string
  at: string
  state: string
  job: string | null
}

function listSlots({ kit }: Host): Promise<Seen[]> {
  return query(
    kit.db.em(),
    sql<Seen>`select entry.name as entry, to_char(slot_at at time zone 'utc', 'HH24:MI') as at, state, job_id as job
              from ops.cron_slot slot join ops.cron_entry entry on entry.id = entry_id order by slot_at, entry.name`,
  )
}

/** Milliseconds, of real time, from the instant of each slot until its job was there for everybody. */
function watchJobs(host: Host): Map<string, number> {
  const late = new Map<string, number>()
  let running = true
  const watch = async () => {
    while (running) {
      for (const { entry, at, job } of await listSlots(host)) {
        const key = `${entry} ${at}`
        const due = clock.realStart + (Date.parse(`2026-03-02T${at}:00Z`) - clock.start) / factor
        if (job && !late.has(key)) late.set(key, Date.now() - due)
      }
      for (const queue of ['q7', 'q8', 'q9']) {
        const [job] = await host.boss.fetch(queue)
        if (job) await host.boss.complete(queue, job.id)
      }
      await sleep(50)
    }
  }
  const watching = watch()
  watchers.push({
    async stop() {
      running = false
      await watching
    },
  })
  return late
}

/** Slots of healthy entries that come more than two seconds later than the slowest of 10:01, when nothing was wrong yet. */
async function lateHealthySlots(late: Map<string, number>, minutes: string[]): Promise<string[]> {
  const slots = minutes.flatMap((at) => healthy.map((entry) => `${entry} ${at}`))
  await expect.poll(() => slots.filter((slot) => !late.has(slot))).toEqual([])
  const usual = Math.max(0, ...[...late].flatMap(([slot, ms]) => (slot.endsWith('10:01') ? [ms] : [])))
  return slots.filter((slot) => late.get(slot)! > 2_000 + usual).map((slot) => `${slot}: ${late.get(slot)} ms`)
}

/** Until the minute has begun for the schedulers, and a little longer. */
async function minuteBegins(at: string): Promise<void> {
  const real = clock.realStart + (Date.parse(`2026-03-02T${at}:00Z`) - clock.start) / factor
  await sleep(Math.max(0, real - Date.now()))
}

async function expectTrueRecord(host: Host, lastMinute: string): Promise<void> {
  const slots = await listSlots(host)
  const sick = slots.filter(({ entry, at }) => entry === 'a_sick' && at <= lastMinute)
  expect(sick.map(({ at }) => at)).toEqual(['10:01', '10:02', '10:03', '10:04', '10:05'].filter((at) => at <= lastMinute))
  expect(sick.filter(({ job }) => job === null)).toEqual([])
  expect(slots.filter(({ state }) => state !== 'claimed')).toEqual([])
  const { rows } = await other.query<{ name: string; jobs: number }>('select name, count(*)::int as jobs from pgboss.job group by name')
  for (const { name, jobs } of rows) expect(slots.filter(({ entry }) => entry === name)).toHaveLength(jobs)
  const window = { from: '2026-03-02T10:01:00Z', to: `2026-03-02T${lastMinute}:00Z` }
  const history = await getCronHistory(systemScope(host.kit, host.kit.db.em()), 'a_sick', window)
  expect(history.completeness.state).toBe('complete')
}

test.each([1, 3])('a queue whose table is locked delays no other, and its own slots are caught up afterwards (%i schedulers)', async (schedulers) => {
  const host = await start(schedulers)
  const late = watchJobs(host)
  await minuteBegins('10:01')
  await expect.poll(() => late.size).toBe(10)
  const { rows } = await other.query<{ partition: string }>(`select table_name as partition from pgboss.queue where name = 'a_sick'`)
  await other.query(`begin; lock table pgboss.${rows[0]!.partition} in access exclusive mode`)
  await minuteBegins('10:04')
  expect(await lateHealthySlots(late, ['10:02', '10:03', '10:04'])).toEqual([])
  expect([...late.keys()].filter((key) => key.startsWith('a_sick'))).toEqual(['a_sick 10:01'])
  await other.query('commit')
  await expect.poll(() => late.has('a_sick 10:04'), { timeout: 30_000 }).toBe(true)
  await expectTrueRecord(host, '10:04')
}, 90_000)

test.each([1, 3])('a queue that takes three seconds for each job delays no other, and loses none of its slots (%i schedulers)', async (schedulers) => {
  const host = await start(schedulers)
  const late = watchJobs(host)
  await minuteBegins('10:01')
  await expect.poll(() => late.size).toBe(10)
  const { rows } = await other.query<{ partition: string }>(`select table_name as partition from pgboss.queue where name = 'a_sick'`)
  await other.query(`
    create function pgboss.slowly() returns trigger language plpgsql as 'begin perform pg_sleep(3); return new; end';
    create trigger slowly before insert on pgboss.${rows[0]!.partition} for each row execute function pgboss.slowly()`)
  await minuteBegins('10:04')
  expect(await lateHealthySlots(late, ['10:02', '10:03', '10:04'])).toEqual([])
  await expect.poll(() => late.has('a_sick 10:04'), { timeout: 30_000 }).toBe(true)
  await expectTrueRecord(host, '10:04')
}, 90_000)
