import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { beatPayload, hintChannel, queueHints, payloadOf } from '../db/hint.ts'
import { withTurn } from '../db/turn.ts'
import type { Measurement } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import { withTimeout } from '../timeout.ts'
import { deleteOldFigures, listChangedQueues, recordEngineMinute, recordFigures } from './queues.ts'
import { laggingMs } from './age.ts'
import { addRuns, deleteOldRuns, recordRuns, type RunCounts } from './usual.ts'

/**
 * Between two measurements, across all processes. A figure is as old as the start of its measurement, so the interval leaves
 * room for the measurement itself: no figure is older than five seconds when it is read.
 */
const intervalMs = 2_900
/** A measurement that takes longer than this is given up. */
const timeoutMs = 5_000
/** Lease of the turn to measure; longer than a measurement and the recording of its figures may take. */
const leaseMs = 15_000
/** A measurement that has not returned by then never will, e.g. because its connection is lost. */
const abandonAfterMs = 60_000

/** How long jobs ran is collected for this long before it is stored. */
const runsIntervalMs = 30_000

/** What this process knows without a query: when the next measurement is due, and whether its own engine is still measuring. */
const schedules = new WeakMap<Kit, Schedule>()

interface Schedule {
  nextAt: number
  /** By this process's monotonic clock. */
  busyUntil: number
  /** How long jobs ran, as measured and not yet stored. Lost if the process dies: what is usual is not evidence. */
  runs: RunCounts
  runsDueAt: number
}

/**
 * Measures the engine once per interval across all processes. A process that does not get the turn knows that another one is
 * measuring. No transaction is open while the engine counts. It is polled more often than there is something to do.
 */
export async function takeSnapshot(kit: Kit): Promise<void | typeof idle> {
  const schedule = schedules.get(kit) ?? { nextAt: 0, busyUntil: 0, runs: new Map(), runsDueAt: 0 }
  schedules.set(kit, schedule)
  if (performance.now() < schedule.busyUntil || kit.now().getTime() < schedule.nextAt || !(await isDue(kit, schedule))) return idle
  const result = await withTurn(kit.db, 'snapshot', leaseMs, async (end) => {
    // Another process may have measured between the check and the turn.
    if (!(await isDue(kit, schedule))) return idle
    const now = kit.now()
    schedule.nextAt = now.getTime() + intervalMs
    const last = await findLastMeasured(kit)
    const since = last && now.getTime() - last.getTime() < laggingMs ? last : new Date(now.getTime() - intervalMs)
    const measured = await measure(kit, since, schedule)
    addRuns(schedule.runs, measured.queues)
    return kit.db.transact(async (em) => {
      if (!(await end(em))) return idle
      await recordMeasurement(kit, em, { now, since, measured, afterGap: since !== last })
      await storeRuns(kit, em, now, schedule)
      if (last?.getUTCMinutes() !== now.getUTCMinutes()) await deleteOld(kit, em, now)
    })
  })
  return result === null ? idle : result
}

/** Also remembers, for this process, when the next measurement is due. */
async function isDue(kit: Kit, schedule: Schedule): Promise<boolean> {
  const now = kit.now().getTime()
  const due = ((await findLastMeasured(kit))?.getTime() ?? 0) + intervalMs
  schedule.nextAt = Math.min(due, now + intervalMs)
  return now >= due
}

async function findLastMeasured({ db }: Kit): Promise<Date | null> {
  const [last] = await query(db.em(), sql<{ at: string }>`select at::text from ${db.table('snapshot')} order by at desc limit 1`)
  return last ? new Date(last.at) : null
}

async function storeRuns({ db }: Kit, em: Em, now: Date, schedule: Schedule): Promise<void> {
  if (!schedule.runs.size || now.getTime() < schedule.runsDueAt) return
  await recordRuns(db, em, now, schedule.runs)
  schedule.runs = new Map()
  schedule.runsDueAt = now.getTime() + runsIntervalMs
}

interface Recorded {
  now: Date
  since: Date
  measured: Measurement
  /** Nothing was measured just before, so readers have figures that are too old to show. */
  afterGap: boolean
}

async function recordMeasurement(kit: Kit, em: Em, { now, since, measured, afterGap }: Recorded): Promise<void> {
  await insertSnapshot(kit, em, now, since, measured)
  const changed = await listChangedQueues(kit, em, measured.queues)
  const seconds = (now.getTime() - since.getTime()) / 1000
  await recordFigures(kit, em, now, seconds, measured.queues)
  await recordEngineMinute(kit, em, now, seconds, measured)
  // Only those who may see a queue that changed read again. Everyone is told that it was measured, so that a quiet page can say so.
  const figures = afterGap ? [{ topic: 'overview' }, { topic: 'queues' }] : [...queueHints('overview', changed), ...queueHints('queues', changed)]
  const hints = [...[...figures, ...queueHints('jobs', changed)].map(payloadOf), beatPayload(now)]
  await query(em, sql`select pg_notify(${hintChannel(kit.db.schema)}, hint) from unnest(${hints}::text[]) as hint`)
}

/** A measurement that times out is not started again while it may still be running: that would add to the engine's load. */
function measure({ engine }: Kit, since: Date, schedule: Schedule): Promise<Measurement> {
  schedule.busyUntil = performance.now() + abandonAfterMs
  const measuring = engine.measure(since).finally(() => {
    schedule.busyUntil = 0
  })
  return withTimeout(measuring, timeoutMs, () => new Error(`Measuring the engine took longer than ${timeoutMs / 1000} seconds.`))
}

async function insertSnapshot({ db }: Kit, em: Em, now: Date, since: Date, measured: Measurement): Promise<void> {
  await query(
    em,
    sql`insert into ${db.table('snapshot')} (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
        values (${now}, ${(now.getTime() - since.getTime()) / 1000}, ${measured.waiting}, ${measured.executing},
          ${measured.finished}, ${measured.waitP95Seconds}, ${measured.how})
        on conflict do nothing`,
  )
}

async function deleteOld(kit: Kit, em: Em, now: Date): Promise<void> {
  await deleteOldFigures(kit, em, now)
  await deleteOldRuns(kit.db, em, now)
}
