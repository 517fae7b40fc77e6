import { findLastScheduling } from '../../cron/coverage.ts'
import type { Kit } from '../../kit.ts'
import { type Finding, ok, warning } from './finding.ts'

const freshSeconds = 60

/** A live scheduler extends its coverage interval every few seconds. */
export async function checkScheduler(kit: Kit): Promise<Finding[]> {
  const row = await findLastScheduling(kit)
  const hint = 'A process of the host must call ops.start(), and scheduler.enabled must not be false in all of them.'
  if (!row) return [warning('scheduler', 'no scheduler has ever been on record', hint)]
  const age = Math.max(0, Math.round(row.age))
  if (age > freshSeconds) return [warning('scheduler', `no scheduler has been on record for ${age} s, since ${row.seen}`, hint)]
  return [ok('scheduler', `on record ${age} s ago`)]
}
