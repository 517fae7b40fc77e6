import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { ErrorFeed, type ErrorFeedRow, ErrorGap } from '../db/entities.ts'
import { hintChannel, payloadOf, queueHints } from '../db/hint.ts'
import { withTurn } from '../db/turn.ts'
import type { FailurePage } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import { withTimeout } from '../timeout.ts'
import { recordFailures } from './record.ts'

const intervalMs = 5_000
const pageSize = 5_000
const timeoutMs = 20_000
/** Longer than one page and its recording may take. */
const leaseMs = 60_000
/** The first read goes back this far, and no later one goes back further. */
const maxBackMs = 24 * 3_600_000
/** Each read goes back over the end of the one before, because a failure becomes visible only when it commits. */
const overlapMs = 10_000
/** Every so many reads one goes back further, for long transactions and for clocks that differ. */
const deepOverlapMs = 300_000
const deepEvery = 60
/** A time of this length without a read is recorded as a gap. */
const gapMs = 60_000

/** When the next read is due, as this process knows without a query. */
const nextReads = new WeakMap<Kit, number>()

/** A read of all failures since the last one, in pages. */
interface Sweep {
  from: Date
  at: Date
  cursor: string | null
}

/**
 * Reads the failed attempts since the last read, one process at a time, and counts each of them once: the page, what was counted
 * of it and how far it reached are recorded in one transaction. No transaction is open while the engine reads.
 */
export async function readFailures(kit: Kit, stopping: () => boolean = () => false, everyMs = intervalMs): Promise<void | typeof idle> {
  if (!kit.engine.failures || kit.now().getTime() < (nextReads.get(kit) ?? 0)) return idle
  let read = await readPage(kit, everyMs)
  while (read === 'more' && !stopping()) read = await readPage(kit, everyMs)
  if (read === null) return idle
}

/** null: another process is reading, or has just read. */
async function readPage(kit: Kit, everyMs: number): Promise<'more' | 'done' | null> {
  return withTurn(kit.db, 'failures', leaseMs, async (end) => {
    const feed = await findFeed(kit.db.em())
    const now = kit.now()
    const dueAt = feed && !feed.sweepAt ? feed.readTo.getTime() + everyMs : 0
    nextReads.set(kit, Math.min(Math.max(dueAt, now.getTime()), now.getTime() + everyMs))
    if (now.getTime() < dueAt) return null
    const sweep = sweepOf(feed, now)
    const page = await fetchPage(kit, sweep)
    return kit.db.transact(async (em) => {
      if (!(await end(em))) return null
      const changed = await recordFailures(kit, em, page.failures, { now, startedAt: feed?.startedAt ?? now })
      await recordSweep(kit, em, feed, sweep, page)
      await notify(kit, em, changed)
      return page.next === undefined ? 'done' : 'more'
    })
  })
}

export async function findFeed(em: Em): Promise<ErrorFeedRow | null> {
  return (await em.findOne(ErrorFeed, { id: 1 })) as ErrorFeedRow | null
}

function sweepOf(feed: ErrorFeedRow | null, now: Date): Sweep {
  const earliest = now.getTime() - maxBackMs
  if (!feed) return { from: new Date(earliest), at: now, cursor: null }
  if (feed.sweepFrom && feed.sweepAt) return { from: feed.sweepFrom, at: feed.sweepAt, cursor: feed.cursor }
  const overlap = feed.sweeps % deepEvery === 0 ? deepOverlapMs : overlapMs
  return { from: new Date(Math.max(feed.readTo.getTime() - overlap, earliest)), at: now, cursor: null }
}

async function fetchPage({ engine }: Kit, { from, cursor }: Sweep): Promise<FailurePage> {
  return withTimeout(engine.failures!(from, { after: cursor ?? undefined, limit: pageSize }), timeoutMs, () => new Error(`Reading failed attempts took longer than ${timeoutMs / 1000} seconds.`))
}

async function recordSweep({ db }: Kit, em: Em, feed: ErrorFeedRow | null, sweep: Sweep, { next, searched }: FailurePage): Promise<void> {
  const done = next === undefined
  await query(
    em,
    sql`insert into ${db.table('error_feed')} as feed (id, started_at, read_to, sweep_from, sweep_at, cursor, sweeps, searched)
        values (1, ${sweep.at}, ${done ? sweep.at : sweep.from}, ${done ? null : sweep.from}, ${done ? null : sweep.at}, ${next ?? null}, ${done ? 1 : 0}, ${searched ?? null})
        on conflict (id) do update set read_to = case when ${done} then excluded.read_to else feed.read_to end, sweep_from = excluded.sweep_from,
          sweep_at = excluded.sweep_at, cursor = excluded.cursor, sweeps = feed.sweeps + excluded.sweeps, searched = excluded.searched`,
  )
  if (done && feed && feed.sweeps > 0 && sweep.at.getTime() - feed.readTo.getTime() > gapMs) await em.upsert(ErrorGap, { fromAt: feed.readTo, toAt: sweep.at })
}

async function notify({ db }: Kit, em: Em, queues: string[]): Promise<void> {
  if (!queues.length) return
  const hints = queueHints('errors', queues).map(payloadOf)
  await query(em, sql`select pg_notify(${hintChannel(db.schema)}, hint) from unnest(${hints}::text[]) as hint`)
}

const minutesKeptDays = 7

/** What is kept for a week, or only until it cannot be read again. In small steps: what is left over is deleted the next time. */
export async function deleteOldErrorMinutes(kit: Kit): Promise<void> {
  const { db } = kit
  const now = kit.now()
  const weekAgo = new Date(now.getTime() - minutesKeptDays * 86_400_000)
  const most = 50_000
  const deleteBefore = (table: string, column: string, instant: Date) =>
    query(db.em(), sql`delete from ${db.table(table)} where ctid in (select ctid from ${db.table(table)} where ${sql.ref(column)} < ${instant} limit ${most})`)
  await deleteBefore('error_seen', 'until', now)
  await deleteBefore('error_minute', 'minute', weekAgo)
  await deleteBefore('error_origin', 'hour', weekAgo)
  await deleteBefore('error_gap', 'to_at', weekAgo)
  await deleteBefore('error_baseline', 'fed_to', weekAgo)
}
