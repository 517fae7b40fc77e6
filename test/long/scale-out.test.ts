import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BulkRun, Executed } from '../../schemas/index.ts'
import { createClient } from '../../schemas/client.ts'
import type { DeclaredCronEntry } from '../../server/options.ts'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { within } from '../support/within.ts'
import type { Compressed } from '../server/cron/compressed-clock.ts'

/** A minute of the processes lasts five seconds. */
const factor = 12
const processes = 4
const ticking = Array.from({ length: 20 }, (_, n): DeclaredCronEntry => ({ name: `tick_${n}`, queue: 'ticks', expression: '* * * * *', overlap: 'allow', catchUp: 'all', maxCatchUp: 100, args: { entry: `tick_${n}` } }))
const operated = Array.from({ length: 4 }, (_, n): DeclaredCronEntry => ({ name: `operated_${n}`, queue: 'ticks', expression: '0 0 1 1 *' }))
const mails = ['mail_0', 'mail_1', 'mail_2']
const mailsEach = 2_000

let database: TestDatabase
let boss: PgBoss
let client: Client
let balancer: Balancer
const children: ChildProcess[] = []

beforeAll(async () => {
  database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  await boss.start()
  for (const queue of ['ticks', ...mails]) await boss.createQueue(queue)
  client = new Client({ connectionString: database.url })
  await client.connect()
  const clock: Compressed = { realStart: Date.now(), start: Date.now(), factor }
  const ports = await Promise.all(Array.from({ length: processes }, () => startProcess(clock)))
  balancer = await startBalancer(ports)
})
afterAll(async () => {
  await balancer?.stop()
  for (const child of children) child.kill('SIGKILL')
  await client?.end()
  await boss?.stop({ graceful: false })
  await database?.drop()
})

async function startProcess(clock: Compressed): Promise<number> {
  const child = fork(new URL('../support/api-child.ts', import.meta.url), [JSON.stringify({ url: database.url, clock, cron: [...ticking, ...operated] })])
  children.push(child)
  const [{ port }] = (await within('starting a process', once(child, 'message'))) as [{ port: number }]
  return port
}

const connect = () => createClient({ api: `${balancer.url}/ops/jobs/api/v1`, headers: { authorization: 'Bearer ops-demo' }, maxRetries: 8 })

/** Reads the log as a page does: after each hint, from the newest event back to a page on which everything is known. */
async function followLog(seen: Set<string>, stopped: AbortSignal): Promise<void> {
  const api = connect()
  const readNew = async () => {
    let page: string[] = []
    for await (const { id } of api.listAuditEvents({ query: { limit: 50 }, signal: stopped })) {
      page.push(id)
      if (page.length < 50) continue
      if (page.every((each) => seen.has(each))) return
      for (const each of page) seen.add(each)
      page = []
    }
    for (const each of page) seen.add(each)
  }
  await readNew()
  for await (const { topic } of api.live({ signal: stopped })) if (topic === 'audit' || topic === 'reset') await readNew()
}

/** Pauses and resumes an entry of its own again and again; the ids of the events of what it was told has happened. */
async function operate(name: string, done: Executed[], stopped: AbortSignal): Promise<void> {
  const api = connect()
  for (let turn = 0; !stopped.aborted; turn++) {
    const answer = await api.runOperation({ body: { action: turn % 2 ? 'resume_cron_entry' : 'pause_cron_entry', subject: { type: 'cron_entry', id: name }, reason: 'under load' } })
    done.push(answer as Executed)
    await sleep(100)
  }
}

async function read(stopped: AbortSignal): Promise<void> {
  const api = connect()
  while (!stopped.aborted) {
    await Promise.all([api.listQueues(), api.getOverview(), api.listJobs({ query: { limit: 50 } }), api.listCronEntries({ query: { recent: 12 } })])
    await sleep(50)
  }
}

const ask = async <Row extends object>(statement: string) => (await client.query<Row>(statement)).rows

test('four processes behind a balancer, one of them killed under load: each deed once, nothing is missed', async () => {
  const ids = new Map<string, string[]>()
  for (const queue of mails) ids.set(queue, await insertJobs(client, mailsEach, { queue, error: 'the mail server is away' }))
  const stopLoad = new AbortController()
  const stopLive = new AbortController()
  const logs = Array.from({ length: 12 }, () => new Set<string>())
  const following = logs.map((seen) => followLog(seen, stopLive.signal).catch((error: unknown) => (stopLive.signal.aborted ? undefined : Promise.reject(error))))
  const done = operated.map((): Executed[] => [])
  const load = [...operated.map(({ name }, n) => operate(name, done[n]!, stopLoad.signal)), read(stopLoad.signal), read(stopLoad.signal)]

  await expect.poll(async () => (await ask(`select from ops.incident where class = 'retry_exhausted' and state <> 'resolved'`)).length, { timeout: 60_000 }).toBe(mails.length)
  const api = connect()
  const runs = await Promise.all(
    mails.map(async (queue) => ((await api.runOperation({ body: { action: 'retry_job', selection: { filter: { state: 'discarded', queue } }, reason: 'the mail server is back' } })) as { bulk: BulkRun }).bulk.id),
  )
  await expect.poll(async () => (await ask(`select from ops.audit_event where event_type = 'job.retried'`)).length).toBeGreaterThan(0)
  const [victim] = children
  victim!.kill('SIGKILL')
  await expect.poll(async () => (await Promise.all(runs.map((id) => api.getBulkRun({ params: { id } })))).map(({ status }) => status), { timeout: 90_000 }).toEqual(mails.map(() => 'finished'))
  // Long enough for several slots of each entry after the kill.
  await sleep(15_000)
  stopLoad.abort()
  await within('the load', Promise.all(load))

  // Bulk: each job has one more attempt, and is named by one event.
  for (const queue of mails) {
    expect(await ask(`select state::text, retry_limit, count(*)::int as n from pgboss.job where name = '${queue}' group by 1, 2`)).toEqual([{ state: 'retry', retry_limit: 3, n: mailsEach }])
  }
  const named = (await ask<{ jobs: string[] }>(`select jobs from ops.audit_event where event_type = 'job.retried'`)).flatMap(({ jobs }) => jobs)
  expect(named.toSorted()).toEqual([...ids.values()].flat().toSorted())

  // Operations: what was confirmed is in the log once, in the order of each operator, and nothing else is.
  for (const [n, { name }] of operated.entries()) {
    const logged = await ask<{ id: string }>(`select id::text from ops.audit_event where subject_id = '${name}' and event_type in ('cron.paused', 'cron.resumed') order by occurred_at, id`)
    expect(logged.map(({ id }) => id)).toEqual(done[n]!.map(({ event }) => event.id))
    expect(done[n]!.length).toBeGreaterThan(5)
  }

  // Scheduler: one row for each minute of each entry, one job for each row, and no job without a row.
  const slots = await ask<{ entry: string; slots: number; jobs: number; minutes: number }>(`
    select entry.name as entry, count(*)::int as slots, count(distinct job_id)::int as jobs,
      (extract(epoch from max(slot_at) - min(slot_at)) / 60 + 1)::int as minutes
    from ops.cron_slot slot join ops.cron_entry entry on entry.id = entry_id where entry.name like 'tick_%' and state = 'claimed' group by 1`)
  expect(slots).toHaveLength(ticking.length)
  for (const { entry, slots: rows, jobs, minutes } of slots) {
    expect({ entry, rows, jobs }).toEqual({ entry, rows: minutes, jobs: minutes })
    expect(await ask(`select from pgboss.job where name = 'ticks' and data @> '{"entry": "${entry}"}'`).then(({ length }) => length)).toBeGreaterThanOrEqual(jobs)
  }
  const [loose] = await ask<{ n: number }>(`
    select count(*)::int as n from pgboss.job job where name = 'ticks' and not exists (select from ops.cron_slot slot where slot.job_id = job.id::text)
      and created_on < now() - interval '2 seconds'`)
  expect(loose!.n).toBe(0)

  // Detector: each incident was opened once, although four processes looked and one of them died.
  expect(await ask(`select subject_id from ops.audit_event where event_type = 'incident.opened' group by 1 having count(*) > 1`)).toEqual([])
  expect((await ask<{ n: number }>(`select count(*)::int as n from ops.incident where class = 'retry_exhausted'`))[0]!.n).toBe(mails.length)

  // Live: every reader has every event, without any polling.
  const all = () => ask<{ id: string }>('select id::text from ops.audit_event')
  await expect.poll(async () => {
    const events = await all()
    return logs.map((seen) => events.filter(({ id }) => !seen.has(id)).length)
  }, { timeout: 30_000 }).toEqual(logs.map(() => 0))
  stopLive.abort()
  await within('the live readers', Promise.all(following))
  const given = [...balancer.given.values()]
  console.log(`requests by process: ${given.join(', ')}; ${done.flat().length} operations, ${slots.reduce((sum, each) => sum + each.slots, 0)} slots, ${(await all()).length} events`)
  expect(Math.min(...given)).toBeGreaterThan(0)
}, 180_000)
