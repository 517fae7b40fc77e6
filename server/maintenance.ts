import { sql } from 'kysely'
import { tryLock } from './db/advisory.ts'
import { query } from './db/database.ts'
import { deleteOldErrorMinutes } from './errors/feed.ts'
import type { Kit } from './kit.ts'
import { deleteOldNotices } from './notices/rows.ts'
import { deleteAbandonedSets } from './operations/bulk/sweep.ts'
import { deleteOldKeys } from './operations/preview.ts'
import { writeFoldedRefusals } from './operations/refusal.ts'
import { sweepDeliveries } from './webhooks/rows.ts'

const monthsAhead = 3

/** Periodic housekeeping, done by whichever process comes first. A failing part does not hold up the others. */
export async function runMaintenance(kit: Kit): Promise<void> {
  const parts = [ensurePartitions, writeFoldedRefusals, deleteOldKeys, deleteAbandonedSets, deleteOldNotices, sweepDeliveries, deleteOldErrorMinutes]
  const done = await Promise.allSettled(parts.map((part) => part(kit)))
  const failed = done.find((part) => part.status === 'rejected')
  if (failed) throw failed.reason
}

/** A new partition locks the parent for a moment; the advisory lock keeps several processes from queueing up for it. */
async function ensurePartitions({ db }: Kit): Promise<void> {
  await db.transact(async (em) => {
    if (!(await tryLock(db, em, 'partitions'))) return
    const ensure = sql.raw(`"${db.schema}".ensure_audit_partitions`)
    await query(em, sql`select ${ensure}(${monthsAhead})`)
  })
}
