import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import { sql } from 'kysely'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationRequest, Slot } from '../../../schemas/index.ts'
import { between } from '../../../server/cron/expression.ts'
import { getCronHistory } from '../../../server/cron/read.ts'
import { syncDeclaredEntries } from '../../../server/cron/sync.ts'
import { query } from '../../../server/db/database.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import type { Kit } from '../../../server/kit.ts'
import { openKit } from '../../../server/open.ts'
import { runOperation } from '../../../server/operations/pipeline.ts'
import { systemScope } from '../../../server/operations/scope.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { auth, displayPolicy } from '../../support/server.ts'
import { clockOf, type Compressed } from './compressed-clock.ts'

/** A minute of the schedulers lasts two seconds. */
const factor = 30
const minute = 60_000
/** Those that schedule, and those that will. */
const children = new Set<ChildProcess>()
const starting = new Set<ChildProcess>()
let database: TestDatabase
let boss: PgBoss
let kit: Kit
let clock: Compressed

interface Row {
  entry: string
  slot_at: string
  state: string
  job_id: string | null
  claimed_at: string | null
  decided_at: string
}

beforeAll(async () => {
  database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('work')
  await boss.createQueue('slow')
  clock = { realStart: Date.now(), start: Date.parse('2026-03-02T10:00:30Z'), factor }
  kit = await openKit({ database: { url: database.url }, auth, displayPolicy, engine: pgBoss(boss), now: clockOf(clock) })
})

afterAll(async () => {
  for (const child of [...children, ...starting]) child.kill('SIGKILL')
  await kit.db.close()
  await boss.stop({ graceful: false })
  await database.drop()
})

/** When somebody is killed, and whom. `SEED=… npx vitest run <file>` does it again as the failed run did. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const kills = fc.sample(fc.record({ afterMs: fc.integer({ min: 700, max: 1_700 }), victim: fc.nat(1_000) }), { seed, numRuns: 4 })

test(`three schedulers, one killed again and again, then a time with none: every due slot has one row and at most one job (seed ${seed})`, async () => {
  const entry = (name: string, over: object) => ({ name, queue: 'work', expression: '* * * * *', overlap: 'allow' as const, args: { entry: name }, ...over })
  await syncDeclaredEntries(kit, [
    entry('none', { catchUp: 'none' }),
    entry('latest', { catchUp: 'latest' }),
    entry('all', { catchUp: 'all', maxCatchUp: 2 }),
    entry('queue', { queue: 'slow', overlap: 'queue_one', catchUp: 'none' }),
    entry('paused', { catchUp: 'all', maxCatchUp: 100 }),
  ])
  const workers = workSlowly(1.4 * (minute / factor))
  await Promise.all([startChild(), startChild(), startChild()])

  const pausedFrom = await operate('pause_cron_entry', 'paused')
  const restarts: Promise<void>[] = []
  for (const { afterMs, victim: index } of kills) {
    await sleep(afterMs)
    const victim = [...children][index % Math.max(children.size, 1)]
    if (victim) await kill(victim)
    restarts.push(startChild())
  }
  await Promise.all(restarts)
  const pausedTo = await operate('resume_cron_entry', 'paused')
  await sleep(1_000)

  await Promise.all([...children].map(kill))
  const down = kit.now()
  await sleep((4.6 * minute) / factor)
  const up = kit.now()
  await Promise.all([startChild(), startChild(), startChild()])
  await sleep(4_000)
  await Promise.all([...children].map(stop))
  workers.stop()
  const end = kit.now()

  const rows = await query(
    kit.db.em(),
    sql<Row>`select entry.name as entry, slot_at::text, state, job_id, claimed_at::text, decided_at::text from ops.cron_slot slot
             join ops.cron_entry entry on entry.id = slot.entry_id where slot.kind = 'scheduled' order by slot_at`,
  )
  const of = (name: string) => rows.filter((row) => row.entry === name)
  // The slots of the last minute may not have been anybody's turn when the schedulers stopped.
  const due = between({ expression: '* * * * *', timezone: 'Etc/UTC' }, new Date(clock.start), new Date(end.getTime() - minute), 1_000).map(String)

  for (const name of ['none', 'latest', 'all', 'queue']) {
    const instants = of(name).map(({ slot_at }) => String(new Date(slot_at)))
    expect(instants).toHaveLength(new Set(instants).size)
    expect(instants).toEqual(expect.arrayContaining(due))
    expect(of(name).filter(({ job_id }) => job_id !== null).length).toBeGreaterThan(3)
  }

  const jobs = await query(kit.db.em(), sql<{ id: string; entry: string }>`select id::text, data->>'entry' as entry from pgboss.job`)
  const made = rows.filter(({ job_id }) => job_id !== null)
  expect(jobs.map(({ id, entry }) => `${entry} ${id}`).sort()).toEqual(made.map(({ job_id, entry }) => `${entry} ${job_id}`).sort())

  /** What was due between the last scheduler's end and the moment the first new one decided about it. */
  const downtime = (name: string) => {
    const since = of(name).filter(({ slot_at }) => new Date(slot_at) > down)
    const decidedAt = Math.min(...since.map(({ decided_at }) => Date.parse(decided_at)))
    return since.filter(({ slot_at }) => Date.parse(slot_at) <= decidedAt)
  }
  const isLate = ({ slot_at, claimed_at }: Row) => claimed_at !== null && Date.parse(claimed_at) - Date.parse(slot_at) < minute
  expect(downtime('none').length).toBeGreaterThanOrEqual(4)
  expect(downtime('none').filter((row) => !isLate(row)).every(({ state, job_id }) => state === 'scheduler_down' && job_id === null)).toBe(true)
  expect(downtime('latest').slice(0, -1).every(({ state }) => state === 'scheduler_down')).toBe(true)
  const caughtUp = downtime('all').filter((row) => row.job_id !== null && !isLate(row))
  expect(caughtUp).toHaveLength(2)
  expect(downtime('all').filter(({ state }) => state === 'scheduler_down')).toEqual(downtime('all').slice(0, downtime('all').indexOf(caughtUp[0]!)))

  const followUps = of('queue').filter(({ state }) => state === 'queued_follow_up')
  expect(followUps.filter(({ job_id }) => job_id !== null).length).toBeGreaterThan(1)
  expect(followUps.filter(({ job_id }) => job_id === null).length).toBeLessThanOrEqual(1)
  expect(of('queue').some(({ state }) => state === 'skipped_overlap')).toBe(true)

  const paused = await outcomes('paused', pausedFrom, pausedTo)
  expect(paused.length).toBeGreaterThanOrEqual(2)
  expect(new Set(paused.map(({ outcome }) => outcome))).toEqual(new Set(['paused']))
  const gap = await getCronHistory(systemScope(kit, kit.db.em()), 'latest', { from: down.toISOString(), to: up.toISOString() })
  expect(gap.completeness.state).not.toBe('complete')
}, 120_000)

/** Instants of the window that were due while it was paused; ends are left out, they belong to one side or the other. */
async function outcomes(name: string, from: Date, to: Date): Promise<Slot[]> {
  const window = { from: new Date(from.getTime() + 1_000).toISOString(), to: new Date(to.getTime() - 1_000).toISOString() }
  return (await getCronHistory(systemScope(kit, kit.db.em()), name, window)).slots
}

async function operate(action: string, name: string): Promise<Date> {
  const scope = systemScope(kit, kit.db.em())
  await runOperation(scope, { action, subject: { type: 'cron_entry', id: name }, input: {} } as OperationRequest)
  return scope.now
}

async function startChild(): Promise<void> {
  const child = fork(new URL('scheduler-child.ts', import.meta.url), [JSON.stringify({ url: database.url, clock })], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  starting.add(child)
  await once(child, 'message')
  starting.delete(child)
  children.add(child)
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function stop(child: ChildProcess): Promise<void> {
  children.delete(child)
  child.send('stop')
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
}

/** A worker that takes longer than a minute of the schedulers for each job. */
function workSlowly(milliseconds: number): { stop(): void } {
  let running = true
  const work = async () => {
    while (running) {
      const [job] = await boss.fetch('slow')
      await sleep(job ? milliseconds : 100)
      if (job) await boss.complete('slow', job.id)
    }
  }
  void work().catch(() => {})
  return { stop: () => void (running = false) }
}
