import { formatCount } from '../../../schemas/index.ts'
import type { Kit } from '../../kit.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Whether the replica can be read, and how far it is behind. */
export async function checkReplica({ db }: Kit): Promise<Finding[]> {
  const { replica } = db
  if (!replica) return []
  const { ageMs, bytes } = await replica.findLag()
  if (ageMs !== undefined) return [ok('replica', `lists are read from database.readUrl, which has everything up to ${(ageMs / 1000).toFixed(1)} s ago`)]
  if (replica.trouble === 'not a standby') return [error('replica', 'database.readUrl does not lead to a standby, so everything is read from the primary', 'It must lead to a streaming replica of the server of database.url.')]
  if (replica.trouble === 'behind') return [warning('replica', `the replica is ${formatCount(Number(bytes))} bytes of changes behind the primary and did not catch up while this was checked`, 'Look at pg_stat_replication on the primary, and whether replay is paused.')]
  return [warning('replica', 'the replica at database.readUrl does not answer, so everything is read from the primary')]
}
