import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { figureAges, incidentClasses, incidentOwners, incidentStates } from './incident-words.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, operationActions, operatorStatuses, subjectTypes } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

/** Not blank at its ends and without invisible characters, or two accounts could look alike. */
const identifier = text({ max: 200 }).refine((value) => value.trim() === value && !/[\p{Cc}\p{Cf}]/u.test(value), 'expected no blanks at its ends and no invisible characters')

/** One line of evidence. `share`: the part of the problem it accounts for, from 0 to 1. `note`: where it comes from, e.g. `measured`. */
export const evidenceLine = z.object({ label: z.string(), share: z.number().min(0).max(1).optional(), note: z.string().optional() })
export type EvidenceLine = z.infer<typeof evidenceLine>

export const incidentLink = z.object({ id: z.string(), title: z.string() })

export const incident = z.object({
  id: z.string(),
  class: words(incidentClasses),
  /** The status of its class; `resolved` once it has ended. */
  status: words(operatorStatuses),
  state: words(incidentStates),
  /** What it is about; only the keys that apply. */
  scope: z.object({
    queue: z.string().optional(),
    queues: z.array(z.string()).optional(),
    worker: z.string().optional(),
    executor: z.string().optional(),
    host: z.string().optional(),
    cronEntry: z.string().optional(),
    slotAt: instant.optional(),
    fingerprint: z.string().optional(),
    eventId: z.string().optional(),
    jobId: z.string().optional(),
  }),
  /** A few words: `report is stuck`. */
  title: z.string(),
  /** One sentence with who, how much and since when. */
  headline: z.string(),
  /** The raw error behind it, if there is one and this viewer may see it. */
  error: z.string().optional(),
  /** When the trouble began, as far as it was measured; earlier than `openedAt`. */
  since: instant,
  openedAt: instant.nullable(),
  lastSeenAt: instant,
  resolvedAt: instant.nullable(),
  /** How often it has come back after it was resolved. */
  reopened: z.number().int(),
  /** Since when it has been opening and resolving too often to send a notice each time; null: it is not flapping. */
  flappingSince: instant.nullable(),
  /** The open incident that is its cause. */
  explainedBy: incidentLink.nullable(),
  /** The open incidents that it is the cause of, as far as this viewer may see them. */
  explains: z.array(incidentLink),
  acknowledged: z.object({ at: instant, by: principal }).nullable(),
  assignee: z.object({ at: instant, to: principal }).nullable(),
  /** Ends at `until`, or as soon as its rate per minute or its number of jobs exceeds what is given. */
  silenced: z
    .object({ at: instant, by: principal, until: instant.optional(), untilRate: z.number().optional(), untilCount: z.number().int().optional(), reason: z.string().optional() })
    .nullable(),
  affected: z.object({
    /** null: unknown. */
    jobs: z.object({ count: z.number().int(), how: words(countMethods) }).nullable(),
    queues: z.array(z.string()),
    executors: z.number().int().nullable(),
  }),
  /** What the detector measured, strongest first. */
  measured: z.array(evidenceLine),
  /** What a measurement excludes. */
  ruledOut: z.array(evidenceLine),
  /** Named only if it accounts for at least half of the problem. */
  cause: evidenceLine.nullable(),
  /** A few figures to show beside the chart. */
  facts: z.array(z.object({ label: z.string(), value: z.string() })),
  /** By operation on the incident: whether this actor may perform it now, and why not. */
  operations: z.record(z.string(), permission),
  /** When its evidence was last measured. */
  asOf: instant,
})
export type Incident = z.infer<typeof incident>

/** Names an account in evidence. The type `system` is this product itself, which takes on nothing. */
export const assignee = z.strictObject({
  id: identifier,
  type: identifier.refine((type) => type.toLowerCase() !== 'system', 'names this product itself; expected the type of an account'),
  label: identifier.optional(),
})

/** A silence ends at `until`, or earlier, as soon as one of the others is exceeded. */
export const silenceInput = z
  .strictObject({
    /** At most 30 days from now, which is also the end if it is left out. */
    until: instant.optional(),
    /** Failures per minute. */
    untilRate: z.number().positive().max(1_000_000).optional(),
    /** Affected jobs. */
    untilCount: z.number().int().positive().max(1_000_000_000).optional(),
  })
  .refine((silence) => Object.values(silence).some((end) => end !== undefined), { path: ['until'], message: "expected at least one of 'until', 'untilRate' and 'untilCount'" })

/** Whether the detector is running. Unless it is `fresh`, an empty list does not mean that nothing is wrong. */
export const incidentWatch = z.object({
  state: words(figureAges),
  /** null: the detector has never run. */
  lookedAt: instant.nullable(),
  /** The sources. `asOf`: when it was measured; null: it could not be read, or this engine does not report it. */
  sources: z.array(z.object({ name: z.string(), asOf: instant.nullable(), state: words(figureAges) })),
})
export type IncidentWatch = z.infer<typeof incidentWatch>

export const listIncidents = endpoint('listIncidents', {
  summary: 'Incidents, the worst and oldest first',
  access: 'view_incidents',
  query: z.strictObject({
    state: words({ open: 1, resolved: 1 }).default('open'),
    class: words(incidentClasses).optional(),
    queue: text({ max: 300 }).optional(),
    /** Who is on it: whom it is assigned to, or else who acknowledged it. */
    owner: words(incidentOwners).optional(),
    silenced: words({ yes: 1, no: 1 }).optional(),
    ...pageQuery,
  }),
  output: page(incident).extend({ watch: incidentWatch }),
})

export const countIncidents = endpoint('countIncidents', {
  summary: 'How many incidents are open, and how many of them have no owner',
  access: 'view_incidents',
  output: z.object({
    open: z.number().int(),
    /** Open, neither acknowledged nor assigned, and not explained by another. */
    unattended: z.number().int(),
    /** True if there are more than were counted. */
    capped: z.boolean(),
    /** By the path of the page about it, e.g. `/queues`: how many open incidents there are, and their worst status. */
    pages: z.record(z.string(), z.object({ status: words(operatorStatuses), count: z.number().int() })),
    asOf: instant,
  }),
})
export type IncidentCount = z.infer<(typeof countIncidents)['output']>

/** An operation that may repair what is affected. Nothing is changed before its preview is confirmed. */
export const repair = z.object({
  action: words(operationActions),
  /** `Retry 140 jobs`. */
  label: z.string(),
  /** The one to try first. */
  primary: z.boolean(),
  /** For the request: exactly one of `subject` and `selection`. */
  subject: z.object({ type: words(subjectTypes), id: z.string() }).optional(),
  selection: z.object({ filter: z.object({ incident: z.string() }) }).optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  /** A caution to read first. */
  caution: z.string().optional(),
  allowed: z.boolean(),
  /** Why it is not allowed. */
  reason: z.string().optional(),
})
export type Repair = z.infer<typeof repair>

/** What was measured around it, as far as this viewer may see it. */
export const incidentChart = z.object({
  label: z.string(),
  kind: z.enum(['bars', 'line']),
  unit: z.string(),
  from: instant,
  to: instant,
  stepSeconds: z.number(),
  /** Steps that were not measured are left out. `failed`: the part of `value` that failed. */
  points: z.array(z.object({ at: instant, value: z.number().nullable(), failed: z.number().optional() })),
  marks: z.array(z.object({ at: instant, kind: z.enum(['deploy', 'incident']), label: z.string() })),
})
export type IncidentChart = z.infer<typeof incidentChart>

export const incidentDetail = incident.extend({
  /** The primary one first; empty unless it is open. */
  repairs: z.array(repair),
  /** null: it is not about a queue. */
  chart: incidentChart.nullable(),
  watch: incidentWatch,
})
export type IncidentDetail = z.infer<typeof incidentDetail>

export const getIncident = endpoint('getIncident', {
  summary: 'One incident, with its evidence and its repairs',
  access: 'view_incidents',
  params: z.object({ id: z.uuid() }),
  output: incidentDetail,
})
