import { deleteExpired, dropExpired, type ExpiredRow, listExpired, type Retained } from '../db/retained.ts'
import { withTurn } from '../db/turn.ts'
import type { Kit } from '../kit.ts'
import { idle } from '../repeat.ts'
import { uuidv7 } from '../uuid.ts'
import { expireAuditEvents } from './audit.ts'
import { writeArchive } from './archive-file.ts'
import { retainedTables } from './kinds.ts'
import { recordArchive } from './record.ts'

const dayMs = 86_400_000
/** Longer than a pass takes; after it, another process goes on. */
const leaseMs = 10 * 60_000
const maxRowsAtOnce = 5_000
/** Then the next kind has its turn, and the rest waits for the next pass. */
const maxChunks = 20

/**
 * Deletes what has expired, in one process at a time, and archives it first if the host has named a directory. What cannot be
 * archived is not deleted. A kind that fails does not hold up the others.
 *
 * @throws Error the first failure, after all kinds have been tried
 */
export async function expireRecords(kit: Kit, stopping: () => boolean = () => false): Promise<void | typeof idle> {
  const failures: unknown[] = []
  const result = await withTurn(kit.db, 'retention', leaseMs, async () => {
    for (const retained of retainedTables) {
      if (stopping()) return
      await expireTable(kit, retained, stopping).catch((error: unknown) => failures.push(error))
    }
    if (!stopping()) await expireAuditEvents(kit).catch((error: unknown) => failures.push(error))
  })
  if (failures.length) throw failures[0]
  return result === null ? idle : undefined
}

async function expireTable(kit: Kit, retained: Retained, stopping: () => boolean): Promise<void> {
  const days = kit.retention.days[retained.kind]
  if (days === null) return
  const before = new Date((await kit.dbNow()).getTime() - days * dayMs)
  for (let chunk = 0; chunk < maxChunks && !stopping(); chunk += 1) {
    const deleted = await expireChunk(kit, retained, before)
    if (deleted < maxRowsAtOnce) return
  }
}

async function expireChunk(kit: Kit, retained: Retained, before: Date): Promise<number> {
  const { archive } = kit.retention
  if (archive === undefined || retained.kind === 'previews') return dropExpired(kit.db, kit.db.em(), retained, before, maxRowsAtOnce)
  const rows = await listExpired(kit.db, kit.db.em(), retained, before, maxRowsAtOnce)
  if (rows.length) await archiveRows(kit, archive, retained, rows)
  return rows.length
}

/** No transaction is open while the file is written; the rows are deleted only as they stand in the file. */
async function archiveRows(kit: Kit, directory: string, retained: Retained, rows: ExpiredRow[]): Promise<void> {
  const { kind } = retained
  const id = uuidv7()
  const file = await writeArchive(directory, `${kit.db.schema}-${kind}-${rows[0]!.at.slice(0, 10)}-${id}.ndjson.gz`, [rows.map(({ json }) => json)])
  await kit.db.transact(async (em) => {
    const deleted = await deleteExpired(kit.db, em, retained, rows)
    if (deleted !== file.rows) throw new Error(`${file.rows} rows of ${kind} were archived, but ${deleted} of them could be deleted as they were; nothing was deleted.`)
    await recordArchive(em, { id, kind, file, from: rows[0]!.at, to: rows.at(-1)!.at })
  })
}
