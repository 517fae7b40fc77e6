import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { queueMinutes } from '../figures/tables.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import { type Baseline, emptyBaseline, fade, feed, feedDelayMinutes, judge, windowMinutes } from './burst.ts'
import { countsAttempts, lastMinuteEnd, listMeasured, listRecent } from './recent.ts'
import { endSilences } from './silence.ts'

const minuteMs = 60_000
/** After a longer pause, older minutes are skipped as if they had not been measured. */
const maxMinutes = 120
/** Below this, the usual rate counts as zero. */
const negligible = 0.01

interface StoredBaseline extends Baseline {
  queue: string
  /** Empty: the queue itself. */
  fingerprint: string
  burstSince: number | null
  burstSeenAt: number | null
}

/**
 * Once a minute: determines which groups are in a burst, and adds the minute ten minutes ago to the baseline. All of it is in our own
 * tables, so that one transaction does it; another process that is doing it is left alone.
 */
export async function feedBaselines(kit: Kit): Promise<void | typeof idle> {
  const { db } = kit
  const result = await db.transact(async (em) => {
    const [feedRow] = await query(em, sql<{ read_to: string; fed_to: string | null }>`select read_to::text, fed_to::text from ${db.table('error_feed')} where id = 1 and sweeps > 0 for update skip locked`)
    if (!feedRow) return idle
    const end = lastMinuteEnd(new Date(feedRow.read_to), kit.now()).getTime()
    const to = end - feedDelayMinutes * minuteMs
    const from = feedRow.fed_to === null ? to : Date.parse(feedRow.fed_to)
    if (feedRow.fed_to !== null && from >= to) return idle
    await markBursts(kit, em, new Date(end))
    await feedMinutes(kit, em, { from, to })
    const hints = await endSilences(kit, em, new Date(end))
    await query(em, sql`update ${db.table('error_feed')} set fed_to = ${new Date(to)} where id = 1`)
    return hints
  })
  if (result === idle) return idle
  for (const hint of result) kit.publishHint(hint)
}

/** The start of a burst is stored with the baseline, so that none of its minutes is added to it. */
async function markBursts(kit: Kit, em: Em, end: Date): Promise<void> {
  const { db } = kit
  const failing = sql<boolean>`failed.n >= 5`
  const groups = await listRecent(kit, em, end, failing)
  const bursts = groups?.filter(({ recent, baseline }) => judge(recent, baseline).burst) ?? []
  if (!bursts.length) return
  const rows = bursts.map(({ fingerprint, queue, baseline }) => ({ fingerprint, queue, ...baseline }))
  const over = sql`make_interval(mins => ${feedDelayMinutes + windowMinutes})`
  await query(
    em,
    sql`insert into ${db.table('error_baseline')} as known (queue, fingerprint, failures, attempts, dispersion, weight, fed_to, burst_since, burst_seen_at)
        select queue, fingerprint, failures, attempts, dispersion, weight, ${end}, ${end}, ${end}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (queue text, fingerprint text, failures float8, attempts float8, dispersion float8, weight float8)
        on conflict (queue, fingerprint) do update set burst_seen_at = excluded.burst_seen_at,
          burst_since = case when known.burst_seen_at >= ${end}::timestamptz - ${over} then known.burst_since else excluded.burst_since end`,
  )
}

async function feedMinutes(kit: Kit, em: Em, { from, to }: { from: number; to: number }): Promise<void> {
  const start = Math.max(from, to - maxMinutes * minuteMs)
  const history = await loadMinutes(kit, em, start - (windowMinutes - 1) * minuteMs, to)
  const stored = await loadBaselines(kit, em)
  let all = start > from ? stored.map((each) => ({ ...each, ...fade(each, (start - from) / minuteMs) })) : stored
  const counted = countsAttempts(kit)
  for (let minute = start; minute < to; minute += minuteMs) {
    all = withNew(all, history, minute)
    all = all.map((each) => ({ ...each, ...feedOne(each, history, minute, counted) }))
  }
  await storeBaselines(kit, em, all, new Date(to))
}

/** What is counted of a minute. */
interface Minutes {
  measured: Set<number>
  /** By queue, then minute. */
  attempts: Map<string, Map<number, number>>
  /** By fingerprint, then minute. */
  failures: Map<string, Map<number, number>>
  queueOf: Map<string, string>
}

function feedOne(each: StoredBaseline, history: Minutes, minute: number, counted: boolean): Baseline {
  if (counted && !history.measured.has(minute)) return fade(each, 1)
  const { queue, fingerprint, burstSince, burstSeenAt } = each
  const of = (counts: Map<number, number> | undefined, at: number) => counts?.get(at) ?? 0
  const sum = (counts: Map<number, number> | undefined) => Array.from({ length: windowMinutes }, (_, n) => of(counts, minute - n * minuteMs)).reduce((a, b) => a + b, 0)
  const attempts = counted ? history.attempts.get(queue) : undefined
  const failures = history.failures.get(fingerprint)
  const around = windowMinutes * minuteMs
  const usual = burstSince === null || burstSeenAt === null || minute < burstSince - around || minute > burstSeenAt + around
  return feed(each, { failures: of(failures, minute), attempts: of(attempts, minute), window: { failures: sum(failures), attempts: counted ? sum(attempts) : null }, usual })
}

/** A queue that is measured, and a group that fails, for the first time. A group begins with the attempts that its queue has had. */
function withNew(all: StoredBaseline[], { attempts, failures, queueOf }: Minutes, minute: number): StoredBaseline[] {
  const has = new Set(all.map(({ queue, fingerprint }) => `${fingerprint} ${queue}`))
  const none = { burstSince: null, burstSeenAt: null }
  const queues = [...attempts].filter(([queue, counts]) => counts.has(minute) && !has.has(` ${queue}`)).map(([queue]): StoredBaseline => ({ ...emptyBaseline, ...none, queue, fingerprint: '' }))
  const withQueues = queues.length ? [...all, ...queues] : all
  const groups = [...failures]
    .filter(([fingerprint, counts]) => counts.has(minute) && !has.has(`${fingerprint} ${queueOf.get(fingerprint)}`))
    .map(([fingerprint]): StoredBaseline => {
      const queue = queueOf.get(fingerprint)!
      const common = withQueues.find((each) => each.queue === queue && each.fingerprint === '') ?? emptyBaseline
      return { failures: 0, attempts: common.attempts, dispersion: 0, weight: common.weight, ...none, queue, fingerprint }
    })
  return groups.length ? [...withQueues, ...groups] : withQueues
}

async function loadMinutes(kit: Kit, em: Em, from: number, to: number): Promise<Minutes> {
  const { db } = kit
  const [start, end] = [new Date(from), new Date(to)]
  const failed = await query(
    em,
    sql<{ fingerprint: string; queue: string; at: number; n: number; finals: number }>`
      select fingerprint, g.queue, (extract(epoch from minute) * 1000)::float8 as at, m.count as n, m.final_count as finals
      from ${db.table('error_minute')} m join ${db.table('error_group')} g using (fingerprint) where minute >= ${start} and minute < ${end}`,
  )
  const ended = await query(
    em,
    sql<{ queue: string; at: number; n: number }>`
      select queue, (extract(epoch from minute) * 1000)::float8 as at, finished::float8 as n from ${queueMinutes(db)} where minute >= ${start} and minute < ${end}`,
  )
  const result: Minutes = { measured: await listMeasured(kit, em, start, end), attempts: new Map(), failures: new Map(), queueOf: new Map() }
  const add = (into: Map<string, Map<number, number>>, key: string, at: number, n: number) => {
    const counts = into.get(key) ?? new Map<number, number>()
    into.set(key, counts.set(at, (counts.get(at) ?? 0) + n))
  }
  for (const { queue, at, n } of ended) add(result.attempts, queue, at, n)
  for (const { fingerprint, queue, at, n, finals } of failed) {
    result.queueOf.set(fingerprint, queue)
    add(result.failures, fingerprint, at, n)
    // Jobs that failed for good are among those that ended.
    add(result.attempts, queue, at, n - finals)
  }
  return result
}

async function loadBaselines({ db }: Kit, em: Em): Promise<StoredBaseline[]> {
  const milliseconds = (column: string) => sql<number | null>`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`
  return query(
    em,
    sql<StoredBaseline>`select queue, fingerprint, failures, attempts, dispersion, weight, ${milliseconds('burst_since')} as "burstSince", ${milliseconds('burst_seen_at')} as "burstSeenAt"
      from ${db.table('error_baseline')}`,
  )
}

async function storeBaselines({ db }: Kit, em: Em, all: StoredBaseline[], fedTo: Date): Promise<void> {
  const rows = all
    .filter(({ fingerprint, failures, attempts, burstSeenAt }) => (fingerprint === '' ? attempts : failures) > negligible || burstSeenAt !== null)
    .map(({ queue, fingerprint, failures, attempts, dispersion, weight }) => ({ queue, fingerprint, failures, attempts, dispersion, weight }))
  await query(
    em,
    sql`insert into ${db.table('error_baseline')} (queue, fingerprint, failures, attempts, dispersion, weight, fed_to)
        select queue, fingerprint, failures, attempts, dispersion, weight, ${fedTo}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (queue text, fingerprint text, failures float8, attempts float8, dispersion float8, weight float8)
        on conflict (queue, fingerprint) do update set failures = excluded.failures, attempts = excluded.attempts, dispersion = excluded.dispersion,
          weight = excluded.weight, fed_to = excluded.fed_to`,
  )
  const dayAgo = new Date(fedTo.getTime() - 86_400_000)
  await query(em, sql`delete from ${db.table('error_baseline')} where failures < ${negligible} and fed_to < ${fedTo} and (burst_seen_at is null or burst_seen_at < ${dayAgo})`)
}
