import { AuditEvent } from './0001-audit-event.ts'
import { Preview } from './0002-preview.ts'
import { Cron } from './0003-cron.ts'
import { Snapshot } from './0004-snapshot.ts'
import { Bulk } from './0005-bulk.ts'
import { JobView } from './0006-job-view.ts'
import { Queue } from './0007-queue.ts'
import { Installation } from './0008-installation.ts'
import { SecondLook } from './0011-second-look.ts'
import { ActorIdentity } from './0012-actor-identity.ts'
import { Figures } from './0018-figures.ts'
import { Incident } from './0013-incident.ts'
import { Notice } from './0016-notice.ts'
import { Deploy } from './0017-deploy.ts'
import { Archive } from './0019-archive.ts'
import { Executor } from './0014-executor.ts'
import { Errors } from './0015-errors.ts'
import { Detection } from './0020-detection.ts'
import { AuditActors } from './0024-audit-actors.ts'
import { IncidentRepairs } from './0021-incident-repairs.ts'
import { BulkFate } from './0023-bulk-fate.ts'
import { CronOrder } from './0025-cron-order.ts'

/** In order; a name is never changed once released. */
export const migrations = [
  { name: '0001-audit-event', class: AuditEvent },
  { name: '0002-preview', class: Preview },
  { name: '0003-cron', class: Cron },
  { name: '0004-snapshot', class: Snapshot },
  { name: '0005-bulk', class: Bulk },
  { name: '0006-job-view', class: JobView },
  { name: '0007-queue', class: Queue },
  { name: '0008-installation', class: Installation },
  { name: '0011-second-look', class: SecondLook },
  { name: '0012-actor-identity', class: ActorIdentity },
  { name: '0018-figures', class: Figures },
  { name: '0013-incident', class: Incident },
  { name: '0016-notice', class: Notice },
  { name: '0017-deploy', class: Deploy },
  { name: '0019-archive', class: Archive },
  { name: '0014-executor', class: Executor },
  { name: '0015-errors', class: Errors },
  { name: '0020-detection', class: Detection },
  { name: '0021-incident-repairs', class: IncidentRepairs },
  { name: '0023-bulk-fate', class: BulkFate },
  { name: '0025-cron-order', class: CronOrder },
  { name: '0024-audit-actors', class: AuditActors },
]
