import { Pool } from 'pg'
import type { IncidentScope } from '../../schemas/index.ts'
import type { EngineCheck, QueueMeasurement } from '../../server/engines/engine.ts'
import { recordEngineMinute, recordFigures } from '../../server/figures/queues.ts'
import { detect } from '../../server/incidents/detector.ts'
import { idle } from '../../server/repeat.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import type { OpsOptions } from '../../server/options.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'
import { auth, displayPolicy, type Person } from './server.ts'

export interface SeenIncident {
  id: string
  class: string
  key: string
  state: 'pending' | 'open' | 'resolved'
  scope: IncidentScope
  began_at: Date
  opened_at: Date | null
  resolved_at: Date | null
  reopened: number
  facts: Record<string, unknown>
  explained_by: string | null
}

/** A host whose figures are written by the test, and whose detector looks when the test says so, by a clock that the test sets. */
export interface DetectorWorld {
  database: TestDatabase
  client: Pool
  kit: RunningKit
  now(): Date
  /** Sets the clock forward. */
  pass(seconds: number): void
  /** Writes figures as the measurement of the engine would. Unmentioned queues have not been measured. */
  measure(queues: (Partial<QueueMeasurement> & { name: string })[], seconds?: number): Promise<void>
  /** Writes what the engine answered to a check. */
  check(answer: EngineCheck): Promise<void>
  /** One look. */
  look(): Promise<'looked' | 'idle'>
  incidents(where?: string): Promise<SeenIncident[]>
  /** The system's events about incidents, oldest first. */
  events(): Promise<{ type: string; subject: string; metadata: Record<string, unknown> }[]>
  stop(): Promise<void>
}

/** In the past, so that nothing that the database dates itself is later. */
const start = Date.UTC(2026, 4, 4, 3)

/** `given`: a database of the caller's own, who takes it away again. */
export async function startDetector(options: Partial<OpsOptions<Person>> = {}, given?: TestDatabase): Promise<DetectorWorld> {
  const database = given ?? (await createDatabase())
  // A pool, because the database may be away for a time.
  const client = new Pool({ connectionString: database.url, max: 2 })
  client.on('error', () => {})
  let time = start
  const now = () => new Date(time)
  const kit = await openKit<Person>({ database: { url: database.url }, auth, displayPolicy, engine: pgBoss({} as never), log: { info() {}, warn() {}, error() {} }, now, ...options })
  return {
    database,
    client,
    kit,
    now,
    pass(seconds) {
      time += seconds * 1000
    },
    async measure(queues, seconds = 10) {
      const measured = queues.map((queue) => measurementOf(queue))
      const count = (state: string) => measured.flatMap(({ depth }) => depth).reduce((sum, held) => sum + (held.state === state ? held.count : 0), 0)
      const totals = { waiting: count('available'), executing: count('executing'), finished: measured.reduce((sum, { finished }) => sum + finished, 0), waitP95Seconds: null, how: 'exact' as const }
      await client.query(`insert into ops.snapshot (at, seconds, waiting, executing, finished, how) values ($1, $2, $3, $4, $5, 'exact') on conflict do nothing`, [now(), seconds, totals.waiting, totals.executing, totals.finished])
      await kit.db.transact(async (em) => {
        await recordFigures(kit, em, now(), seconds, measured)
        await recordEngineMinute(kit, em, now(), seconds, { ...totals, queues: measured })
      })
    },
    async check(answer) {
      await client.query(`insert into ops.finding (key, as_of, data) values ('engine_check', $1, $2) on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`, [
        now(),
        JSON.stringify({ found: answer, tookMs: 1 }),
      ])
    },
    look: async () => ((await detect(kit)) === idle ? 'idle' : 'looked'),
    incidents: async (where = 'true') => (await client.query<SeenIncident>(`select * from ops.incident where ${where} order by key`)).rows,
    events: async () =>
      (await client.query<{ type: string; subject: string; metadata: Record<string, unknown> }>(`select event_type as type, subject_id as subject, metadata from ops.audit_event where subject_type = 'incident' order by occurred_at, id`)).rows,
    async stop() {
      await client.end()
      await kit.settled()
      await kit.db.close()
      if (!given) await database.drop()
    },
  }
}

function measurementOf(queue: Partial<QueueMeasurement> & { name: string }): QueueMeasurement {
  return { depth: [], oldestAvailableAt: null, paused: false, executors: null, limit: null, finished: 0, failed: 0, waitP95Seconds: null, started: 0, discarded: 0, due: { count: 0, how: 'exact', oldestAt: null }, ...queue }
}
