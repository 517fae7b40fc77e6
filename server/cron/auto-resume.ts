import { sql } from 'kysely'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { writeEvent } from '../operations/event.ts'
import { uuidv7 } from '../uuid.ts'
import { describeResume, resumeEntry } from './operations/resume.ts'
import { type Entry, hintEntries, queryEntries, type RawEntry, resourceOf } from './rows.ts'

const batch = 50

/**
 * Resumes entries whose pause has an end, and records it as the system. The pause ends at the planned instant, however late this
 * runs: slots since then are due, and the catch-up policy decides about them.
 */
export async function resumeDueEntries(kit: Kit): Promise<void> {
  const now = await kit.dbNow()
  await kit.db.transact(async (em) => {
    const due = await queryEntries(
      em,
      sql<RawEntry>`
        select * from ${kit.db.table('cron_entry')} where resume_at <= ${now} and paused_at is not null and retired_at is null
        order by resume_at limit ${batch} for update skip locked`,
    )
    const requestId = `system-resume-${uuidv7()}`
    for (const entry of due) {
      await resumeEntry(kit.db, em, entry, entry.resumeAt!, now)
      await writeEvent(kit.db, em, resumedEvent(entry, requestId))
    }
    await hintEntries(kit.db, em, due, ['cron', 'audit'])
  })
}

function resumedEvent(entry: Entry, requestId: string) {
  const { before, after, metadata } = describeResume(entry)
  return {
    action: 'resume_cron_entry',
    eventType: 'cron.resumed' as const,
    outcome: 'succeeded' as const,
    actor: systemPrincipal,
    subject: { type: 'cron_entry', id: entry.name },
    before,
    after,
    source: 'system' as const,
    requestId,
    metadata: { ...metadata, resource: resourceOf(entry) },
  }
}
