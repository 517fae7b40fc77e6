import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { type AuditMonth, detachAuditMonth, dropDetachedMonth, listAuditMonths, listMonthEvents, restoreAuditMonth } from '../operations/retained-audit.ts'
import type { Kit } from '../kit.ts'
import { uuidv7 } from '../uuid.ts'
import { writeArchive } from './archive-file.ts'
import { recordArchive } from './record.ts'

const maxEventsAtOnce = 2_000

/**
 * Archives and deletes whole months of the audit log, whose rows nobody can delete singly. The month is archived while it is
 * still part of the log; then it is detached, compared with its archive, and dropped. A difference puts it back.
 */
export async function expireAuditEvents(kit: Kit): Promise<void> {
  const { archive, days: { audit } } = kit.retention
  if (audit === null || archive === undefined) return
  const before = new Date((await kit.dbNow()).getTime() - audit * 86_400_000)
  for (const month of await listAuditMonths(kit.db)) {
    if (month.detached) await finishMonth(kit, month)
    else if (month.to <= before) await archiveMonth(kit, archive, month)
  }
}

async function archiveMonth(kit: Kit, directory: string, month: AuditMonth): Promise<void> {
  const id = uuidv7()
  const file = await writeArchive(directory, `${kit.db.schema}-${month.name}-${id}.ndjson.gz`, eventsOf(kit, month))
  await kit.db.transact(async (em) => {
    await detachAuditMonth(kit.db, em, month)
    await recordArchive(em, { id, kind: 'audit', file, from: month.from.toISOString(), to: month.to.toISOString() })
  })
  await finishMonth(kit, { ...month, detached: true })
}

async function* eventsOf({ db }: Kit, month: AuditMonth): AsyncGenerator<string[]> {
  for (let after: { at: string; id: string } | undefined; ; ) {
    const rows = await listMonthEvents(db, month, after, maxEventsAtOnce)
    yield rows.map(({ json }) => json)
    const last = rows.at(-1)
    if (!last || rows.length < maxEventsAtOnce) return
    after = last
  }
}

/** Also of a process that died after detaching it. */
async function finishMonth(kit: Kit, month: AuditMonth): Promise<void> {
  const [archived] = await query(
    kit.db.em(),
    sql<{ id: string; rows: string; file: string }>`
      select id::text, rows::text, file from ${kit.db.table('archive')} where kind = 'audit' and from_at = ${month.from} order by archived_at desc limit 1`,
  )
  if (await dropDetachedMonth(kit.db, month, Number(archived?.rows ?? -1))) return
  await kit.db.transact(async (em) => {
    await restoreAuditMonth(kit.db, em, month)
    if (archived) await query(em, sql`delete from ${kit.db.table('archive')} where id = ${archived.id}`)
  })
  throw new Error(`${month.name} holds another number of events than its archive ${archived?.file ?? ''}; it is part of the audit log again and nothing was deleted.`)
}
