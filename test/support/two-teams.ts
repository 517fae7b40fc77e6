import pg from 'pg'
import { openKit } from '../../server/open.ts'
import { discardedJobs } from '../../server/errors/discarded.ts'
import { readFailures } from '../../server/errors/feed.ts'
import { refreshFinding } from '../../server/figures/finding.ts'
import { recordFigures } from '../../server/figures/queues.ts'
import { sql } from 'kysely'
import { query } from '../../server/db/database.ts'
import { hintChannel } from '../../server/db/hint.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { type JobServer, startJobServer } from './jobs.ts'
import { LiveReader } from './live-reader.ts'
import { auth, displayPolicy, type Person } from './server.ts'

export type Team = 'a' | 'b'
const actors: Record<Team, string> = { a: 'ops-demo', b: 'ops-two' }

/** A number from 0 to below `below`, the same in every run with the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

export interface Step {
  team: Team
  kind: (typeof kinds)[number]
  /** Which of the team's queues, jobs and entries. */
  number: number
}

export const kinds = ['job', 'job', 'failed', 'retry', 'cancel', 'pause', 'resume', 'create', 'run', 'hold', 'release', 'preview', 'bulk', 'export', 'log', 'trespass', 'trouble', 'trouble', 'attend', 'note', 'beat', 'deploy'] as const

/** What a request cost: calls of the engine, and statements of this process. */
export interface Cost {
  engine: number
  /** The statements themselves, without their values. */
  sent: string[]
}

export interface Answered {
  path: string
  status: number
  text: string
  cost: Cost
}

/**
 * Time as both worlds have it. The real one would end a minute, or make an executor late, in one of them only. Each reading is a
 * millisecond later, so that events have an order.
 */
class StepClock {
  #at: number
  #readings = 0

  constructor(startedAt: Date) {
    this.#at = startedAt.getTime()
  }

  readonly now = (): Date => new Date(this.#at + this.#readings++)

  pass(): void {
    this.#at += 5_000
    this.#readings = 0
  }
}

/** One installation in which team `b` works, and in one of the two worlds also team `a`. */
export class World {
  readonly server: JobServer
  readonly #kit: Awaited<ReturnType<typeof openKit>>
  readonly #jobs: Record<Team, string[]> = { a: [], b: [] }
  readonly #calls: { engine: number }
  readonly #clock: StepClock
  readonly #reader: LiveReader

  private constructor(server: JobServer, kit: Awaited<ReturnType<typeof openKit>>, calls: { engine: number }, clock: StepClock, reader: LiveReader) {
    this.server = server
    this.#kit = kit
    this.#calls = calls
    this.#clock = clock
    this.#reader = reader
  }

  /**
   * `strict`: the host refuses what names no queue, unless it is a page; a lax one allows it. Each team that is there begins with
   * a queue that was measured: until a queue is known, nothing tells that a lax host keeps any back.
   */
  static async start(strict: boolean, teams: Team[], startedAt: Date): Promise<World> {
    const calls = { engine: 0 }
    const clock = new StepClock(startedAt)
    const authorize = (person: Person, _action: string, { type, queue }: { type: string; queue?: string }) => {
      if (type === 'page') return true
      if (queue === undefined) return !strict
      return queue.startsWith(person.id === actors.a ? 'a-' : 'b-')
    }
    const server = await startJobServer({ cron: [], now: clock.now, auth: { ...auth, authorize }, wrap: (engine) => counting(engine, calls) })
    const kit = await openKit({ database: { url: server.oban.url }, auth, displayPolicy, engine: server.oban.engine, now: clock.now })
    const world = new World(server, kit, calls, clock, await LiveReader.open(server, actors.b))
    for (const team of teams) await world.take({ team, kind: 'job', number: 0 })
    await world.measure()
    await world.hear()
    return world
  }

  async stop(): Promise<void> {
    await this.#reader.close()
    await this.#kit.db.close()
    await this.server.stop()
  }

  /** Time goes on, in both worlds alike, also for a team that does nothing. */
  pass(): void {
    this.#clock.pass()
  }

  /** Does it; what it answered is part of what the team sees. */
  async take({ team, kind, number }: Step): Promise<Answered> {
    const queue = `${team}-${number % 3}`
    const entry = `${team}_entry_${number % 2}`
    const jobs = this.#jobs[team]
    const job = jobs[number % Math.max(1, jobs.length)] ?? '1'
    const cron = { type: 'cron_entry', id: entry }
    const reason = `team ${team} has its reason`
    const once = (body: object) => this.#ask(team, 'POST', '/operations', { reason, ...body }, { 'idempotency-key': crypto.randomUUID() })
    const nothing: Answered = { path: kind, status: 200, text: '', cost: { engine: 0, sent: [] } }
    switch (kind) {
      case 'job':
        jobs.push(await this.server.oban.insert({ queue, worker: `${team}.Worker${number % 2}`, tags: [`${team}-tag`], args: JSON.stringify({ team, number }) }))
        return nothing
      case 'failed':
        jobs.push(await this.server.oban.insert({ queue, worker: `${team}.Worker`, state: 'discarded', attempt: 1, maxAttempts: 1, discardedIn: -10, args: '{}', errors: [{ attempt: 1, at: new Date().toISOString(), error: `team ${team} failed` }] }))
        return nothing
      case 'retry':
        return once({ action: 'retry_job', subject: { type: 'job', id: job } })
      case 'cancel':
        return once({ action: 'cancel_job', subject: { type: 'job', id: job } })
      case 'pause':
        return once({ action: 'pause_queue', subject: { type: 'queue', id: queue } })
      case 'resume':
        return once({ action: 'resume_queue', subject: { type: 'queue', id: queue } })
      case 'create':
        return once({ action: 'create_cron_entry', subject: cron, input: { queue, expression: '0 2 * * *' } })
      case 'run':
        return once({ action: 'run_cron_entry', subject: cron })
      case 'hold':
        return once({ action: 'pause_cron_entry', subject: cron })
      case 'release':
        return once({ action: 'resume_cron_entry', subject: cron })
      case 'preview':
        return this.#ask(team, 'POST', '/previews', { action: 'cancel_job', selection: { filter: { queue } } })
      case 'bulk':
        return once({ action: 'retry_job', selection: { filter: { queue, state: 'discarded' } } })
      case 'export':
        return this.#ask(team, 'GET', `/jobs/export?format=csv&queue=${queue}`)
      case 'log':
        return this.#ask(team, 'GET', '/audit-events/export?format=ndjson')
      case 'trouble':
        await this.#trouble(queue, number)
        return nothing
      case 'attend':
        return once({ action: 'acknowledge_incident', subject: { type: 'incident', id: await this.#incidentOf(queue) } })
      case 'note':
        return once({ action: 'note_incident', subject: { type: 'incident', id: await this.#incidentOf(queue) } })
      case 'beat':
        await this.#beat(queue, number)
        return nothing
      case 'deploy':
        // A deploy is not about a queue: whoever may see deploys sees all of them, so only one team marks any.
        return team === 'a' ? nothing : this.#ask(team, 'POST', '/deploys', { version: `v${number}` })
      case 'trespass':
        // At what is the other team's, or nobody's. Not by `a`: that somebody tried it on a queue of `b` is for `b` to know.
        return team === 'a' ? nothing : once({ action: 'pause_queue', subject: { type: 'queue', id: `a-${number % 3}` } })
    }
  }

  /** As the detector writes it: opened, or resolved. */
  async #trouble(queue: string, number: number): Promise<void> {
    const { db } = this.#kit
    const at = this.#clock.now()
    const facts = { queue, due: number, how: 'exact', oldestDueAt: at, movedAt: null, executing: 0, executors: 0, slots: null, minutes: 10, failed: 0, asOf: at }
    const state = number % 4 ? 'open' : 'resolved'
    await query(
      db.em(),
      sql`insert into ${db.table('incident')} (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, resolved_at, facts, facts_at)
          values (gen_random_uuid(), ${`stuck_queue:${queue}`}, 'stuck_queue', 0, ${JSON.stringify({ queue })}::jsonb, ${state}, ${at}, ${at}, ${at}, ${state === 'open' ? null : at}, ${JSON.stringify(facts)}::jsonb, ${at})
          on conflict (key) do update set state = excluded.state, resolved_at = excluded.resolved_at, facts = excluded.facts`,
    )
  }

  async #incidentOf(queue: string): Promise<string> {
    const { db } = this.#kit
    const [row] = await query(db.em(), sql<{ id: string }>`select id::text from ${db.table('incident')} where key = ${`stuck_queue:${queue}`}`)
    return row?.id ?? '00000000-0000-4000-8000-000000000000'
  }

  /** A worker process that serves one queue reports itself. */
  async #beat(queue: string, number: number): Promise<void> {
    const { db } = this.#kit
    const at = this.#clock.now()
    const served = [{ queue, slots: 2, used: 1, done: number, failed: 0, lately: { done: number, failed: 0 }, paused: false, limit: null }]
    await query(
      db.em(),
      sql`insert into ${db.table('executor')} (id, name, host, engine, started_at, beat_at, queues)
          values (md5(${queue})::uuid, ${`worker of ${queue}`}, ${`host ${queue}`}, 'any', ${at}, ${at}, ${JSON.stringify(served)}::jsonb)
          on conflict (id) do update set beat_at = excluded.beat_at, queues = excluded.queues`,
    )
  }

  /** What the background loops would do by now. */
  async measure(): Promise<void> {
    const now = this.#clock.now()
    const { queues, waiting, executing } = await this.#kit.engine.measure(new Date(now.getTime() - 3_000))
    const { db } = this.#kit
    await db.transact(async (em) => {
      // What ended since the last time depends on when that was, which is another moment in each world.
      await recordFigures(this.#kit, em, now, 3, queues.map((queue) => ({ ...queue, finished: 0, failed: 0, waitP95Seconds: null, started: 0, discarded: 0, waits: null, runs: null })))
      await query(em, sql`insert into ${db.table('snapshot')} values (${now}, 3, ${waiting}, ${executing}, 0, null, 'exact') on conflict do nothing`)
    })
    await query(db.em(), sql`delete from ${db.table('finding')} where key like '% turn'`)
    await refreshFinding(this.#kit, discardedJobs)
    await readFailures(this.#kit, () => false, 0)
  }

  /** Everything that team `b` can look at, lists page by page. */
  async look(): Promise<Answered[]> {
    const seen: Answered[] = []
    const incidents = new Map<string, string>()
    for (const path of paths) {
      const [, queue] = /\{(.*)\}/.exec(path) ?? []
      if (queue !== undefined) incidents.set(path, await this.#incidentOf(queue))
    }
    for (const path of paths) {
      for (let cursor = ''; ; ) {
        const answer = await this.#ask('b', 'GET', path.replace(/\{(.*)\}/, incidents.get(path) ?? '') + cursor)
        seen.push({ ...answer, path })
        const next = /"nextCursor":"([^"]+)"/.exec(answer.text)?.[1]
        if (next === undefined) break
        cursor = `${path.includes('?') ? '&' : '?'}cursor=${next}`
      }
    }
    return seen
  }

  /** What `b` has heard live since the last time: which hints, not how often, since equal ones that are sent together are one. */
  async hear(): Promise<string[]> {
    // Hints are held back for 40 ms; a timer that is set now ends behind theirs.
    await new Promise((resolve) => setTimeout(resolve, 50))
    while (statements.notifying.size) await Promise.all(statements.notifying)
    const { db } = this.#kit
    await query(db.em(), sql`select pg_notify(${hintChannel(db.schema)}, ${JSON.stringify({ topic: 'reset' })})`)
    const hints = await this.#reader.takeUntil('reset')
    return [...new Set(hints.map((hint) => withoutAccidents(JSON.stringify(hint))))].toSorted()
  }

  async #ask(team: Team, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered> {
    const [engine, before] = [this.#calls.engine, statements.sent.length]
    const { status, text } = await this.server.call(actors[team], method, path, body, headers)
    return { path: path.replace(/cursor=.*/, 'cursor'), status, text, cost: { engine: this.#calls.engine - engine, sent: statements.sent.slice(before) } }
  }
}

const paths = [
  '/jobs?limit=2', '/jobs?order=oldest&limit=5', '/jobs?queue=a-1', '/jobs?queue=nowhere', '/jobs?state=discarded&limit=1', '/jobs?worker=a.Worker0', '/jobs?args=%7B%22team%22%3A%22a%22%7D',
  '/jobs/count', '/jobs/count?queue=a-1', '/jobs/count?state=available', '/jobs/count?args=%7B%22team%22%3A%22a%22%7D', '/jobs/count?tag=a-tag',
  '/jobs/hints?field=queue&prefix=', '/jobs/hints?field=worker&prefix=', '/jobs/hints?field=tag&prefix=',
  '/queues?limit=1', '/queues?name=a-', '/cron-entries?limit=1', '/cron-entries?q=a_', '/cron-entries/a_entry_0', '/cron-entries?limit=1&sort=next', '/cron-entries?limit=1&sort=health&group=queue', '/cron-entries?queue=a-1', '/cron-runs', '/cron-runs?queue=a-1', '/cron-schedule?expression=0%202%20*%20*%20*',
  '/audit-events?limit=3', '/audit-events?actor=ops-demo', '/audit-events?q=reason&limit=2', '/audit-events?subjectType=queue',
  '/audit-events?actors=people&batches=no&limit=3', '/audit-events?actors=accounts&notEventType=audit.,jobs.&batches=no', '/audit-events?notActor=ops-two', '/audit-events?subjectType=bulk', '/audit-events?actors=system',
  '/audit-events/count?bounds=2999-01-01T00:00:00Z,2026-01-01T00:00:00Z,2001-01-01T00:00:00Z', '/audit-events/count?actors=system&bounds=2001-01-01T00:00:00Z,2999-01-01T00:00:00Z', '/audit-events/count?notActor=ops-two&bounds=2001-01-01T00:00:00Z,2999-01-01T00:00:00Z',
  '/bulk?limit=1',
  '/overview', '/forensics/queue/a-1', '/forensics/queue/b-1', '/forensics/cron_entry/a_entry_0', '/jobs/export?format=ndjson&queue=a-0',
  '/incidents?limit=1', '/incidents?state=resolved', '/incidents?queue=a-1', '/incidents/count', '/incidents/{a-1}', '/incidents/{b-1}', '/jobs?incident={a-1}', '/jobs/count?incident={a-1}', '/jobs/count?incident={b-1}',
  '/executors?limit=1', '/executors?queue=a-1', '/executors?q=a-', '/errors?limit=1', '/errors?queue=a-1', '/errors?text=team', '/deploys?limit=2',
  '/forensics/incident/{a-1}', '/forensics/incident/{b-1}', '/forensics/queue/a-1/chronology', '/forensics/queue/b-1/chronology',
]

/** Statements that this process sent to PostgreSQL, whoever sent them; `notifying`: those with hints that are under way. */
const statements = { sent: [] as string[], notifying: new Set<Promise<unknown>>() }
const send = pg.Client.prototype.query as (...given: unknown[]) => unknown
pg.Client.prototype.query = function (this: unknown, ...given: unknown[]) {
  // What keeps a connection listening goes on beside every request.
  if (!/^(un)?listen /i.test(textOf(given[0]))) statements.sent.push(textOf(given[0]))
  const sent = send.apply(this, given)
  if (sent instanceof Promise && textOf(given[0]).includes('pg_notify')) {
    const settled: Promise<unknown> = sent.catch(() => {}).finally(() => statements.notifying.delete(settled))
    statements.notifying.add(settled)
  }
  return sent
} as typeof pg.Client.prototype.query

function textOf(statement: unknown): string {
  return typeof statement === 'object' && statement !== null && 'text' in statement ? String(statement.text) : String(statement)
}

function counting(engine: Engine, calls: { engine: number }): Engine {
  return new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        if (key !== 'check' && key !== 'refuses' && key !== 'becomes') calls.engine += 1
        return Reflect.apply(value, target, given) as unknown
      }
    },
  })
}

/**
 * The text without what differs between any two runs: each id is called by its place among the ids of this text, times and
 * cursors lose their value. Numbers of jobs count up over both teams, so they are ids too.
 */
export function withoutAccidents(text: string): string {
  const names = new Map<string, string>()
  const called = (id: string) => names.get(id) ?? (names.set(id, `id${names.size + 1}`), names.get(id)!)
  return text
    // Rates are made of whole minutes, and the minute of one world may end before that of the other.
    .replace(/ In the last hour, [\d.]+ ended and [\d.]+ failed per minute\./g, '')
    .replace(/ (?:for|waits) \d+ (s|min)/g, ' for a while')
    // How long the engine has listened for Oban's nodes is real time.
    .replace(/,"No Oban node was heard[^"]*"/g, '')
    .replace(/measured in \d+ of/g, 'measured in … of')
    .replace(/"(finishedPerMinute|failedPerMinute|perMinute)":[^,}]+/g, '"$1":0')
    // In which second the engine wrote a job is real time; how many there are is not.
    .replace(/"counts":\[([^\]]*)\]/g, (_, counts: string) => `"counts":${counts.split(',').reduce((sum, count) => sum + (Number(count) || 0), 0)}`)
    .replace(/"stepSeconds":[\d.]+/g, '"stepSeconds":…')
    .replace(/"gaps":\[[^\]]*\]/g, '"gaps":[]')
    .replace(/"series":\[[^\]]*\]/g, '"series":[]')
    .replace(/("key":"(?:finished_per_minute|wait_p95_seconds)"[^}]*?"value":)[^,]+/g, '$1…')
    .replace(/\boldest waits [\d.]+ (s|min|h)(?: \d+ (?:s|min))?/g, 'oldest waits a while')
    .replace(/"nextCursor":"[^"]+"/g, '"nextCursor":"…"')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00)?/g, 'time')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, called)
    .replace(/"(version|token)":"[^"]*"/g, '"$1":"…"')
    .replace(/^(\d+)(?=,)/gm, (id: string) => called(`job ${id}`))
    .replace(/("(?:id|jobId|subjectId)":|\/job\/|\b[Jj]ob[: ]|forensics\/job\/)"?(\d+)"?/g, (_whole, before: string, id: string) => `${before}${called(`job ${id}`)}`)
    .replace(/"(minuteAge|age|waitP95Seconds)":[\d.]+/g, '"$1":0')
}
