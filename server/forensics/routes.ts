import { type Bundle, getForensics, getJob } from '../../schemas/index.ts'
import { handle } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import { eventBundle } from './audit-event.ts'
import { bulkBundle } from './bulk.ts'
import { unknownBundle } from './bundle.ts'
import { cronBundle } from './cron-entry.ts'
import { getJobWithEvidence, jobBundle } from './job.ts'
import { queueBundle } from './queue.ts'

export const forensicsHandlers = [
  handle(getForensics, ({ params }, scope) => openBundle(scope, params.subjectType, params.subjectId)),
  // The page of a job includes its forensics.
  handle(getJob, ({ params }, scope) => getJobWithEvidence(scope, params.id)),
]

type Open = (scope: Scope, id: string) => Promise<Bundle>

/** The subject types that have evidence. */
const openers: Record<string, Open | undefined> = {
  cron_entry: cronBundle,
  audit_event: eventBundle,
  job: jobBundle,
  queue: queueBundle,
  bulk: bulkBundle,
}

/** Everything known about one subject. An unknown subject gets a valid bundle as well, which says what to supply. */
async function openBundle(scope: Scope, type: string, id: string): Promise<Bundle> {
  const open = Object.hasOwn(openers, type) ? openers[type] : undefined
  if (open) return open(scope, id)
  const known = Object.keys(openers).join(', ')
  return unknownBundle(scope, { type, id }, `No evidence is kept for the subject type '${type}'; supply one of ${known}.`)
}
