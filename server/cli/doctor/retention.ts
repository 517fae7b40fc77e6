import { access, constants } from 'node:fs/promises'
import { countOf, formatCount } from '../../../schemas/index.ts'
import { listExpired } from '../../db/retained.ts'
import type { Kit } from '../../kit.ts'
import { retainedTables } from '../../retention/kinds.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** Rows that expired so long ago should have been deleted by now. */
const overdueDays = 2
const maxCounted = 1_000

/** Whether the directory of the archives can be written, and whether anything is kept longer than the host has decided. */
export async function checkRetention(kit: Kit): Promise<Finding[]> {
  const directory = await checkDirectory(kit)
  if (directory.status === 'error') return [directory]
  const overdue = await Promise.all(retainedTables.map(async (retained) => ({ kind: retained.kind, rows: await countOverdue(kit, retained) })))
  const late = overdue.filter(({ rows }) => rows > 0)
  if (!late.length) return [directory]
  const named = late.map(({ kind, rows }) => `${rows >= maxCounted ? 'at least ' : ''}${formatCount(rows)} of ${kind}`).join(', ')
  return [directory, warning('retention', `should have been deleted days ago: ${named}`, 'A process that runs ops.start() deletes them every five minutes; look in its log for “retention failed”.')]
}

async function checkDirectory({ retention: { archive, days } }: Kit): Promise<Finding> {
  const kept = Object.entries(days).map(([kind, of]) => `${kind} ${of === null ? 'forever' : countOf(of, 'day')}`).join(', ')
  if (archive === undefined) return ok('retention', `kept: ${kept}; without an archive`)
  try {
    await access(archive, constants.W_OK)
    return ok('retention', `kept: ${kept}; archived in ${archive}`)
  } catch {
    return error('retention', `the archive directory ${archive} cannot be written`, 'Create it, or correct retention.archive; until then nothing is deleted.')
  }
}

async function countOverdue({ db, now, retention }: Kit, retained: (typeof retainedTables)[number]): Promise<number> {
  const days = retention.days[retained.kind]
  if (days === null) return 0
  return (await listExpired(db, db.em(), retained, new Date(now().getTime() - (days + overdueDays) * 86_400_000), maxCounted)).length
}
