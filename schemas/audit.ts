import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { actorKinds, auditOutcomes, bulkFates, bulkOutcomes, bulkStatuses, eventSources } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const auditEvent = z.object({
  id: z.string(),
  occurredAt: z.string().describe('With microseconds.'),
  action: z.string(),
  eventType: z.string(),
  outcome: words(auditOutcomes),
  code: z.string().optional().describe('Why it was refused or failed; a problem code.'),
  actor: principal,
  subject: z.object({ type: z.string(), id: z.string() }),
  reason: z.string().optional(),
  before: z.record(z.string(), z.unknown()).optional(),
  after: z.record(z.string(), z.unknown()).optional(),
  source: words(eventSources),
  requestId: z.string(),
  previewId: z.string().optional(),
  bulkId: z.string().optional(),
  jobs: z.number().int().optional().describe('Number of jobs covered by one event of a bulk run; they are listed at `GET /bulk/{id}/items`.'),
  metadata: z.record(z.string(), z.unknown()),
  run: z
    .object({
      status: words(bulkStatuses),
      total: z.number().int().describe('Jobs in the frozen set, eligible or not.'),
      eligible: z.number().int(),
      outcomes: z.partialRecord(words(bulkOutcomes), z.number().int()).describe('Number of eligible jobs by current outcome; they add up to `eligible`.'),
      batches: z.number().int().describe('Number of batches, each with an event of its own.'),
      fates: z.partialRecord(words(bulkFates), z.number().int()).optional().describe('Number of jobs that the run changed, by what has become of each since; omitted as in `GET /bulk/{id}`.'),
    })
    .optional()
    .describe('The bulk run that the event is about, as it is now; left out by the export, and once the run is no longer kept.'),
})
export type AuditEvent = z.infer<typeof auditEvent>

const filters = {
  actor: text({ max: 200 }).optional().describe('Actor id.'),
  actorType: text({ max: 200 }).optional().describe('Tells apart actors with the same id, e.g. a `user` and a `service`.'),
  action: text({ max: 100 }).optional(),
  actors: words(actorKinds).optional().describe('`people`: neither services nor the system. `accounts`: everyone but the system. `system`: what the product did by itself.'),
  eventType: text({ max: 100 }).optional().describe('How the type begins: `cron.paused`, or `job.` for all of jobs.'),
  outcome: words(auditOutcomes).optional(),
  subjectType: text({ max: 50 }).optional(),
  subjectId: text({ max: 400 }).optional(),
  from: instant.optional().describe('Inclusive.'),
  to: instant.optional().describe('Exclusive.'),
  q: text({ max: 200 }).optional().describe('Words that the reason must contain, in any order.'),
  notActor: text({ max: 200 }).optional().describe('Leaves out this actor id; with `notActorType` only the actor of that type.'),
  notActorType: text({ max: 200 }).optional(),
  notEventType: text({ max: 400 }).optional().describe('Leaves out types that begin so; several are separated by commas.'),
  notOutcome: words(auditOutcomes).optional(),
  notSubjectType: text({ max: 50 }).optional().describe('Leaves out subjects of this type; with `notSubjectId` only the one with that id.'),
  notSubjectId: text({ max: 400 }).optional(),
}

/** A search for words of a reason is decided by what is displayed, so its matches are not counted. */
const { from: _from, to: _to, q: _q, ...countedFilters } = filters

/** The largest number counted for one period of `GET /audit-events/count`. */
export const maxCountedEvents = 100
const maxPeriods = 40

/** Instants with commas between them, in either order: two of them bound one period. */
const bounds = text({ max: 2_000 })
  .refine((value) => value.split(',').every((each) => instant.safeParse(each).success), 'expected ISO-8601 instants separated by commas')
  .refine((value) => ((count) => count >= 2 && count <= maxPeriods + 1)(value.split(',').length), `expected 2 to ${maxPeriods + 1} instants`)

export const listAuditEvents = endpoint('listAuditEvents', {
  summary: 'Audit events, newest first',
  access: 'view_audit',
  query: z.strictObject({
    ...filters,
    batches: z.enum(['no']).optional().describe('`no`: one event for each bulk run, its first. Has no effect with `eventType`, `outcome` or `subjectId`, which may be about a batch.'),
    ...pageQuery,
  }),
  output: page(auditEvent),
})

export const countAuditEvents = endpoint('countAuditEvents', {
  summary: `Numbers of audit events in consecutive periods, each counted to ${maxCountedEvents}`,
  access: 'view_audit',
  query: z.strictObject({ ...countedFilters, bounds }),
  output: z.object({
    periods: z.array(z.object({ from: instant, to: instant, events: z.number().int(), more: z.boolean() })).describe('In the order of `bounds`. `more`: there are more events than were counted.'),
    asOf: instant,
  }),
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
export type AuditListFilters = AuditFilters & { batches?: 'no' }
