import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { hintChannel, hintsOfQueues, payloadOf } from '../db/hint.ts'
import { inTurn } from '../db/turn.ts'
import type { Measurement } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import { withTimeout } from '../timeout.ts'
import { deleteOldFigures, keepFigures, listMovedQueues } from './queues.ts'

/**
 * Between two measurements, whoever makes them. A figure is as old as its measurement's beginning, so that with the
 * time it takes to measure no figure is read that is older than five seconds.
 */
const intervalMs = 2_900
/** An engine slower than this is not waited for. */
const timeoutMs = 5_000
/** Of the turn to measure; longer than a measurement and its writing may take. */
const leaseMs = 15_000
/** A count that has not come back by then never will, e.g. because its connection is lost. */
const givenUpMs = 60_000
const keptHours = 25

/** What this process knows without asking: when somebody measured last, and whether its own engine still counts. */
const known = new WeakMap<Kit, Mine>()

interface Mine {
  next: number
  /** By the clock of this process alone. */
  busyUntil: number
}

/**
 * Measures the engine once per interval for all processes. Whoever does not get the turn knows that somebody else is measuring. No
 * transaction is open while the engine counts. Called more often than there is something to do.
 */
export async function takeSnapshot(kit: Kit): Promise<void | typeof idle> {
  const mine = known.get(kit) ?? { next: 0, busyUntil: 0 }
  known.set(kit, mine)
  if (performance.now() < mine.busyUntil || kit.now().getTime() < mine.next || !(await isDue(kit, mine))) return idle
  const done = await inTurn(kit.db, 'snapshot', leaseMs, async (end) => {
    // Somebody may have measured between the look and the turn.
    if (!(await isDue(kit, mine))) return idle
    const now = kit.now()
    mine.next = now.getTime() + intervalMs
    const last = await findLastMeasured(kit)
    const since = last && now.getTime() - last.getTime() < 60_000 ? last : new Date(now.getTime() - intervalMs)
    const measured = await measure(kit, since, mine)
    return kit.db.transact(async (em) => {
      if (!(await end(em))) return idle
      await keepMeasured(kit, em, now, since, measured)
      if (last?.getUTCMinutes() !== now.getUTCMinutes()) await deleteOld(kit, em, now)
    })
  })
  return done === null ? idle : done
}

/** Remembers for this process when the next one is due. */
async function isDue(kit: Kit, mine: Mine): Promise<boolean> {
  const now = kit.now().getTime()
  const due = ((await findLastMeasured(kit))?.getTime() ?? 0) + intervalMs
  mine.next = Math.min(due, now + intervalMs)
  return now >= due
}

async function findLastMeasured({ db }: Kit): Promise<Date | null> {
  const [last] = await query(db.em(), sql<{ at: string }>`select at::text from ${db.table('snapshot')} order by at desc limit 1`)
  return last ? new Date(last.at) : null
}

async function keepMeasured(kit: Kit, em: Em, now: Date, since: Date, measured: Measurement): Promise<void> {
  await keep(kit, em, now, since, measured)
  const moved = await listMovedQueues(kit, em, measured.queues)
  await keepFigures(kit, em, now, measured.queues)
  // A beat for all: figures are of now. That jobs moved is for those who may see a queue in which they did.
  const hints = [{ topic: 'overview' }, { topic: 'queues' }, ...hintsOfQueues('jobs', moved)].map(payloadOf)
  await query(em, sql`select pg_notify(${hintChannel(kit.db.schema)}, hint) from unnest(${hints}::text[]) as hint`)
}

/** A count that does not come back is given up and not begun again beside itself: the engine has work to do. */
function measure({ engine }: Kit, since: Date, mine: Mine): Promise<Measurement> {
  mine.busyUntil = performance.now() + givenUpMs
  const measuring = engine.measure(since).finally(() => {
    mine.busyUntil = 0
  })
  return withTimeout(measuring, timeoutMs, () => new Error(`The engine was not measured within ${timeoutMs / 1000} seconds.`))
}

async function keep({ db }: Kit, em: Em, now: Date, since: Date, measured: Measurement): Promise<void> {
  await query(
    em,
    sql`insert into ${db.table('snapshot')} (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
        values (${now}, ${(now.getTime() - since.getTime()) / 1000}, ${measured.waiting}, ${measured.executing},
          ${measured.finished}, ${measured.waitP95Seconds}, ${measured.how})
        on conflict do nothing`,
  )
}

async function deleteOld(kit: Kit, em: Em, now: Date): Promise<void> {
  await query(em, sql`delete from ${kit.db.table('snapshot')} where at < ${now}::timestamptz - make_interval(hours => ${keptHours})`)
  await deleteOldFigures(kit, em, now)
}
