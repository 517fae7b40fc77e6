import { PgBoss } from 'pg-boss'
import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { syncDeclaredEntries } from '../../../server/cron/sync.ts'
import { openState, tick } from '../../../server/cron/tick.ts'
import { query } from '../../../server/db/database.ts'
import type { Engine } from '../../../server/engines/engine.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import type { Kit } from '../../../server/kit.ts'
import { openKit } from '../../../server/open.ts'
import { runOperation } from '../../../server/operations/pipeline.ts'
import { type Scope, systemScope } from '../../../server/operations/scope.ts'
import type { DeclaredCronEntry } from '../../../server/options.ts'
import { viewerOf } from '../../../server/host/viewer.ts'
import { auth, displayPolicy, people } from '../../support/server.ts'
import { createDatabase } from '../../support/postgres.ts'
import { within } from '../../support/within.ts'

export type Harness = Awaited<ReturnType<typeof openHarness>>

export interface SlotSeen {
  entry: string
  kind: string
  at: string
  state: string
  job_id: string | null
  job_state: string | null
  claimed_at: string | null
  note: string | null
}

/** A real database and a real pg-boss under a clock that the test moves. */
export async function openHarness({ start = '2026-03-02T10:00:30Z', queues = ['work'], sharesDatabase = true, wrap = (engine: Engine) => engine } = {}) {
  const database = await createDatabase()
  const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 3 })
  boss.on('error', () => {})
  await boss.start()
  for (const queue of queues) await boss.createQueue(queue)
  const clock = { now: new Date(start) }
  const logged: string[] = []
  const log = (message: string, facts?: Record<string, unknown>) => void logged.push(JSON.stringify({ message, ...facts }))
  const kit: Kit = await openKit({
    database: { url: database.url },
    auth,
    displayPolicy,
    engine: wrap(pgBoss(boss, { sharesDatabase })),
    log: { info: log, warn: log, error: log },
    now: () => clock.now,
  })
  const as = (who = 'ops-demo', em = kit.db.em()): Scope => ({
    kit,
    em,
    viewer: viewerOf(kit.auth, kit.displayPolicy, people[who]),
    source: 'api',
    requestId: 'test',
    now: kit.now(),
  })
  const state = openState()
  return {
    kit,
    boss,
    clock,
    logged,
    as,
    sync: (cron: DeclaredCronEntry[]) => syncDeclaredEntries(kit, cron),
    tick: () => tick(kit, state),
    /** Moves the clock and ticks once. */
    async tickAt(at: string) {
      clock.now = new Date(at)
      await tick(kit, state)
    },
    operate: (action: string, name: string, input: Record<string, unknown> = {}, { reason, who = 'ops-demo' }: { reason?: string; who?: string } = {}) =>
      runOperation(as(who), { action, subject: { type: 'cron_entry', id: name }, input, reason } as OperationRequest & { reason?: string }),
    slots: () =>
      query(
        kit.db.em(),
        sql<SlotSeen>`
          select entry.name as entry, slot.kind, to_char(slot.slot_at at time zone 'utc', 'MM-DD HH24:MI') as at, slot.state, slot.job_id,
            slot.job_state, slot.claimed_at::text, slot.note
          from ops.cron_slot slot join ops.cron_entry entry on entry.id = slot.entry_id order by slot.slot_at, entry.name, slot.id`,
      ),
    events: (eventType?: string) =>
      query(
        kit.db.em(),
        sql<{ event_type: string; subject_id: string; before: Record<string, unknown>; after: Record<string, unknown>; metadata: Record<string, unknown>; outcome: string; code: string | null; actor_id: string; source: string; action: string; reason: string | null }>`
          select * from ops.audit_event where ${eventType ?? null}::text is null or event_type = ${eventType ?? null} order by occurred_at, id`,
      ),
    ask: <Row>(statement: string) => query(kit.db.em(), sql.raw<Row>(statement)),
    /** Takes one waiting job and ends it as a worker would. */
    async work(queue = 'work', end: 'complete' | 'start' = 'complete') {
      const [job] = await boss.fetch(queue)
      if (job && end === 'complete') await boss.complete(queue, job.id)
      return job
    },
    system: () => systemScope(kit, kit.db.em()),
    async close() {
      await within('closing the database', kit.db.close())
      await within('stopping pg-boss', boss.stop({ graceful: false }).catch(() => {}))
      await within('dropping the database', database.drop())
    },
  }
}

/** `10:01 claimed`, for comparing at a glance. */
export function glance(slots: SlotSeen[], entry?: string): string[] {
  return slots.filter((slot) => entry === undefined || slot.entry === entry).map((slot) => `${slot.at.slice(6)} ${slot.state}`)
}
