import { sql } from 'kysely'
import { query } from './db/database.ts'
import type { Kit } from './kit.ts'
import { forgetOldPreviews } from './operations/preview.ts'
import { writeFoldedRefusals } from './operations/refusal.ts'

const monthsAhead = 3

/** What must be done now and then, by whichever process comes first. */
export async function keepHouse(kit: Kit): Promise<void> {
  await ensurePartitions(kit)
  await writeFoldedRefusals(kit)
  await forgetOldPreviews(kit)
}

/** A new partition locks the parent for a moment; the advisory lock keeps several processes from queueing up for it. */
async function ensurePartitions({ db }: Kit): Promise<void> {
  await db.transact(async (em) => {
    const key = `ops-powertools partitions ${db.schema}`
    const [got] = await query(em, sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${key}, 0)) as locked`)
    if (!got?.locked) return
    const ensure = sql.raw(`"${db.schema}".ensure_audit_partitions`)
    await query(em, sql`select ${ensure}(${monthsAhead})`)
  })
}
