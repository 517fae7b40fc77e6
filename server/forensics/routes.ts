import { type Bundle, type ChronologyGroup, exportForensics, getForensics, getJob, listChronology } from '../../schemas/index.ts'
import { handle, handleExport } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import { type Asked, chronologyCursors, maxItems } from './asked.ts'
import { eventBundle } from './audit-event.ts'
import { bulkBundle } from './bulk.ts'
import { unknownBundle } from './bundle.ts'
import { cronBundle } from './cron-entry.ts'
import { exportBundle } from './export.ts'
import { errorGroupBundle } from './error-group.ts'
import { executorBundle } from './executor.ts'
import { incidentBundle } from './incident.ts'
import { getJobWithEvidence, jobBundle } from './job.ts'
import { withOpenLinks } from './open-links.ts'
import { queueBundle } from './queue.ts'

export const forensicsHandlers = [
  handle(getForensics, ({ params, query }, scope) => openBundle(scope, params.subjectType, params.subjectId, { limit: maxItems, range: query.range })),
  handle(listChronology, async ({ params, query }, scope) => {
    const before = await chronologyCursors.parse(scope.kit.db, query.cursor)
    const groups = query.groups === undefined ? undefined : new Set(query.groups.split(',') as ChronologyGroup[])
    const { chronology, nextCursor, asOf } = await openBundle(scope, params.subjectType, params.subjectId, { limit: query.limit, before, groups })
    return { items: chronology, nextCursor, asOf }
  }),
  handleExport(exportForensics, ({ params, query }, scope) => exportBundle(scope, openBundle, { ...params, ...query })),
  // The page of a job includes its forensics.
  handle(getJob, ({ params }, scope) => getJobWithEvidence(scope, params.id)),
]

type Open = (scope: Scope, id: string, asked: Asked) => Promise<Bundle>

/** The subject types that have evidence. */
const openers: Record<string, Open | undefined> = {
  cron_entry: cronBundle,
  audit_event: eventBundle,
  job: jobBundle,
  queue: queueBundle,
  bulk: bulkBundle,
  incident: incidentBundle,
  executor: executorBundle,
  error_group: errorGroupBundle,
}

/** Everything known about one subject. An unknown subject gets a valid bundle as well, which says what to supply. */
async function openBundle(scope: Scope, type: string, id: string, asked: Asked): Promise<Bundle> {
  const open = Object.hasOwn(openers, type) ? openers[type] : undefined
  if (open) return withOpenLinks(scope, await open(scope, id, asked))
  const known = Object.keys(openers).join(', ')
  return withOpenLinks(scope, unknownBundle(scope, { type, id }, `No evidence is kept for the subject type '${type}'; supply one of ${known}.`))
}
