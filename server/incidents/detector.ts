import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { withTurn } from '../db/turn.ts'
import type { Kit } from '../kit.ts'
import { systemScope } from '../operations/scope.ts'
import { idle } from '../repeat.ts'
import { gatherSight } from './sight.ts'
import { recordTick } from './tick.ts'

/** Lease of the turn: after a process dies, another one takes over no later than this. */
const leaseMs = 30_000

/** What this process knows without a query: when the next tick is due. */
const schedules = new WeakMap<Kit, { nextAt: number }>()

/**
 * Runs the detector once per interval across all processes. A process that does not get the turn knows that another one is
 * running it. It is polled more often than there is something to do. If the database is down, it throws and changes nothing.
 */
export async function detect(kit: Kit): Promise<void | typeof idle> {
  const schedule = schedules.get(kit) ?? { nextAt: 0 }
  schedules.set(kit, schedule)
  if (kit.now().getTime() < schedule.nextAt || !(await isDue(kit, schedule))) return idle
  const done = await withTurn(kit.db, 'detector', leaseMs, async (end) => {
    // Another process may have run it between the check and the turn.
    if (!(await isDue(kit, schedule))) return idle
    const startedAt = performance.now()
    const sight = await gatherSight({ ...systemScope(kit, kit.db.em()), now: await kit.dbNow() })
    const changes = await recordTick(kit, sight, { end, startedAt })
    if (!changes) return idle
    if (changes.some(({ events }) => events.length)) kit.tellSoon()
    schedule.nextAt = kit.now().getTime() + kit.detector.tickSeconds * 1000
  })
  if (done === null || done === idle) return idle
}

/** Also remembers, for this process, when the next tick is due. A last tick in the future means that the clock was set back. */
async function isDue(kit: Kit, schedule: { nextAt: number }): Promise<boolean> {
  const intervalMs = kit.detector.tickSeconds * 1000
  const now = (await kit.dbNow()).getTime()
  const last = (await findLastTick(kit))?.getTime() ?? 0
  const waitMs = Math.min(last + intervalMs - now, intervalMs)
  schedule.nextAt = kit.now().getTime() + waitMs
  return waitMs <= 0 || last > now
}

/** When the detector last ran; null: never. */
export async function findLastTick({ db }: Pick<Kit, 'db'>): Promise<Date | null> {
  const [row] = await query(db.em(), sql<{ at: string }>`select ticked_at::text as at from ${db.table('detection')} where key = 'latest'`)
  return row ? new Date(row.at) : null
}
