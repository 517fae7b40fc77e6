import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { hint } from '../db/hint.ts'
import type { Kit } from '../kit.ts'

/** Seconds between two snapshots, whoever takes them. */
const interval = 5
const keptHours = 25

/**
 * Measures the engine once per interval for all processes. The lock is asked for, never waited for: who does not get
 * it knows that somebody else is measuring.
 */
export async function takeSnapshot(kit: Kit): Promise<void> {
  const { db, engine } = kit
  await db.transact(async (em) => {
    const key = `ops-powertools snapshot ${db.schema}`
    const [turn] = await query(
      em,
      sql<{ locked: boolean; last: string | null }>`
        select pg_try_advisory_xact_lock(hashtextextended(${key}, 0)) as locked,
          (select max(at)::text from ${db.table('snapshot')}) as last`,
    )
    const now = kit.now()
    const last = turn?.last ? new Date(turn.last) : undefined
    if (!turn?.locked || (last && now.getTime() - last.getTime() < interval * 800)) return
    const since = last && now.getTime() - last.getTime() < 60_000 ? last : new Date(now.getTime() - interval * 1000)
    const measured = await engine.measure(since)
    await query(
      em,
      sql`insert into ${db.table('snapshot')} (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
          values (${now}, ${(now.getTime() - since.getTime()) / 1000}, ${measured.waiting}, ${measured.executing},
            ${measured.finished}, ${measured.waitP95Seconds}, ${measured.how})
          on conflict do nothing`,
    )
    await forgetOld(kit, em)
    await hint(db, em, 'overview')
  })
}

async function forgetOld({ db, now }: Kit, em: Em): Promise<void> {
  await query(em, sql`delete from ${db.table('snapshot')} where at < ${now()}::timestamptz - make_interval(hours => ${keptHours})`)
}
