import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { auditOutcomes, eventSources } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const auditEvent = z.object({
  id: z.string(),
  /** With microseconds. */
  occurredAt: z.string(),
  action: z.string(),
  eventType: z.string(),
  outcome: words(auditOutcomes),
  /** Why it was refused or failed; a problem code. */
  code: z.string().optional(),
  actor: principal,
  subject: z.object({ type: z.string(), id: z.string() }),
  reason: z.string().optional(),
  before: z.record(z.string(), z.unknown()).optional(),
  after: z.record(z.string(), z.unknown()).optional(),
  source: words(eventSources),
  requestId: z.string(),
  previewId: z.string().optional(),
  bulkId: z.string().optional(),
  /** Number of jobs covered by one event of a bulk run; they are listed at `GET /bulk/{id}/items`. */
  jobs: z.number().int().optional(),
  metadata: z.record(z.string(), z.unknown()),
})
export type AuditEvent = z.infer<typeof auditEvent>

const filters = {
  /** Actor id. */
  actor: text({ max: 200 }).optional(),
  /** Tells apart actors with the same id, e.g. a `user` and a `service`. */
  actorType: text({ max: 200 }).optional(),
  action: text({ max: 100 }).optional(),
  /** How the type begins: `cron.paused`, or `job.` for all of jobs. */
  eventType: text({ max: 100 }).optional(),
  outcome: words(auditOutcomes).optional(),
  subjectType: text({ max: 50 }).optional(),
  subjectId: text({ max: 400 }).optional(),
  /** Inclusive. */
  from: instant.optional(),
  /** Exclusive. */
  to: instant.optional(),
  /** Words that the reason must contain, in any order. */
  q: text({ max: 200 }).optional(),
}

export const listAuditEvents = endpoint('listAuditEvents', {
  summary: 'Audit events, newest first',
  access: 'view_audit',
  query: z.strictObject({ ...filters, ...pageQuery }),
  output: page(auditEvent),
})

export const getAuditEvent = endpoint('getAuditEvent', {
  summary: 'One audit event',
  access: 'view_audit',
  params: z.object({ id: z.uuid() }),
  output: auditEvent,
})

export const exportAuditEvents = endpoint('exportAuditEvents', {
  summary: 'Audit events as a CSV or NDJSON stream, redacted; the export itself is audited',
  access: 'view_audit',
  query: z.strictObject({ format: z.enum(['csv', 'ndjson']), ...filters }),
  output: z.string(),
  media: 'export',
})
export type AuditFilters = Omit<z.infer<NonNullable<typeof exportAuditEvents.query>>, 'format'>
