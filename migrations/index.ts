import { AuditEvent } from './0001-audit-event.ts'
import { Preview } from './0002-preview.ts'
import { Cron } from './0003-cron.ts'
import { Snapshot } from './0004-snapshot.ts'

/** In order; a name is never changed once released. */
export const migrations = [
  { name: '0001-audit-event', class: AuditEvent },
  { name: '0002-preview', class: Preview },
  { name: '0003-cron', class: Cron },
  { name: '0004-snapshot', class: Snapshot },
]
