import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { actorKinds, auditOutcomes, bulkFates, bulkOutcomes, bulkStatuses, eventSources } from './vocabulary.ts'
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
  /** The bulk run that the event is about, as it is now; left out by the export, and once the run is no longer kept. */
  run: z
    .object({
      status: words(bulkStatuses),
      /** Jobs in the frozen set, eligible or not. */
      total: z.number().int(),
      eligible: z.number().int(),
      /** Number of eligible jobs by current outcome; they add up to `eligible`. */
      outcomes: z.partialRecord(words(bulkOutcomes), z.number().int()),
      /** Number of batches, each with an event of its own. */
      batches: z.number().int(),
      /** Number of jobs that the run changed, by what has become of each since; omitted as in `GET /bulk/{id}`. */
      fates: z.partialRecord(words(bulkFates), z.number().int()).optional(),
    })
    .optional(),
})
export type AuditEvent = z.infer<typeof auditEvent>

const filters = {
  /** Actor id. */
  actor: text({ max: 200 }).optional(),
  /** Tells apart actors with the same id, e.g. a `user` and a `service`. */
  actorType: text({ max: 200 }).optional(),
  action: text({ max: 100 }).optional(),
  /** `people`: neither services nor the system. `accounts`: everyone but the system. `system`: what the product did by itself. */
  actors: words(actorKinds).optional(),
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
  /** Leaves out this actor id; with `notActorType` only the actor of that type. */
  notActor: text({ max: 200 }).optional(),
  notActorType: text({ max: 200 }).optional(),
  /** Leaves out types that begin so; several are separated by commas. */
  notEventType: text({ max: 400 }).optional(),
  notOutcome: words(auditOutcomes).optional(),
  /** Leaves out subjects of this type; with `notSubjectId` only the one with that id. */
  notSubjectType: text({ max: 50 }).optional(),
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
    /** `no`: one event for each bulk run, its first. Has no effect with `eventType`, `outcome` or `subjectId`, which may be about a batch. */
    batches: z.enum(['no']).optional(),
    ...pageQuery,
  }),
  output: page(auditEvent),
})

export const countAuditEvents = endpoint('countAuditEvents', {
  summary: `Numbers of audit events in consecutive periods, each counted to ${maxCountedEvents}`,
  access: 'view_audit',
  query: z.strictObject({ ...countedFilters, bounds }),
  output: z.object({
    /** In the order of `bounds`. `more`: there are more events than were counted. */
    periods: z.array(z.object({ from: instant, to: instant, events: z.number().int(), more: z.boolean() })),
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
