import { sql } from 'kysely'
import { lockTaken } from '../db/advisory.ts'
import { type Em, query } from '../db/database.ts'
import { hintChannel, hintsOfQueues, payloadOf } from '../db/hint.ts'
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
const keptHours = 25

/** What this process knows without asking: when somebody measured last, and whether its own engine still counts. */
const known = new WeakMap<Kit, { next: number; busy: boolean }>()

/**
 * Measures the engine once per interval for all processes. The lock is asked for, never waited for: who does not get
 * it knows that somebody else is measuring. Called more often than there is something to do.
 */
export async function takeSnapshot(kit: Kit): Promise<void | typeof idle> {
  const mine = known.get(kit) ?? { next: 0, busy: false }
  known.set(kit, mine)
  if (mine.busy || kit.now().getTime() < mine.next) return idle
  const { db } = kit
  return db.transact(async (em) => {
    const turn = await takeTurn(kit, em)
    const now = kit.now()
    const due = turn.last ? turn.last.getTime() + intervalMs : 0
    mine.next = Math.min(due, now.getTime() + intervalMs)
    if (!turn.locked || now.getTime() < due) return idle
    mine.next = now.getTime() + intervalMs
    const since = turn.last && now.getTime() - turn.last.getTime() < 60_000 ? turn.last : new Date(now.getTime() - intervalMs)
    const measured = await measure(kit, since, mine)
    await keep(kit, em, now, since, measured)
    const moved = await listMovedQueues(kit, em, measured.queues)
    await keepFigures(kit, em, now, measured.queues)
    if (turn.last?.getUTCMinutes() !== now.getUTCMinutes()) await deleteOld(kit, em, now)
    // A beat for all: figures are of now. That jobs moved is for those who may see a queue in which they did.
    const hints = [{ topic: 'overview' }, { topic: 'queues' }, ...hintsOfQueues('jobs', moved)].map(payloadOf)
    await query(em, sql`select pg_notify(${hintChannel(db.schema)}, hint) from unnest(${hints}::text[]) as hint`)
  })
}

interface Turn {
  locked: boolean
  /** When somebody measured last. */
  last?: Date
}

async function takeTurn({ db }: Kit, em: Em): Promise<Turn> {
  const [turn] = await query(
    em,
    sql<{ locked: boolean; last: string | null }>`
      select turn.locked, last.at::text as last
      from (select ${lockTaken(db, 'snapshot')} as locked) turn
      left join (select at from ${db.table('snapshot')} order by at desc limit 1) last on true`,
  )
  const { locked = false, last = null } = turn ?? {}
  return { locked, last: last === null ? undefined : new Date(last) }
}

/** A count that does not come back is given up and not begun again beside itself: the engine has work to do. */
function measure({ engine }: Kit, since: Date, mine: { busy: boolean }): Promise<Measurement> {
  mine.busy = true
  const measuring = engine.measure(since).finally(() => {
    mine.busy = false
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
