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
  status: words(operatorStatuses).describe('The status of its class; `resolved` once it has ended.'),
  state: words(incidentStates),
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
  }).describe('What it is about; only the keys that apply.'),
  title: z.string().describe('A few words: `report is stuck`.'),
  headline: z.string().describe('One sentence with who, how much and since when.'),
  error: z.string().optional().describe('The raw error behind it, if there is one and this viewer may see it.'),
  since: instant.describe('When the trouble began, as far as it was measured; earlier than `openedAt`.'),
  openedAt: instant.nullable(),
  lastSeenAt: instant,
  resolvedAt: instant.nullable(),
  reopened: z.number().int().describe('How often it has come back after it was resolved.'),
  flappingSince: instant.nullable().describe('Since when it has been opening and resolving too often to send a notice each time; null: it is not flapping.'),
  explainedBy: incidentLink.nullable().describe('The open incident that is its cause.'),
  explains: z.array(incidentLink).describe('The open incidents that it is the cause of, as far as this viewer may see them.'),
  acknowledged: z.object({ at: instant, by: principal }).nullable(),
  assignee: z.object({ at: instant, to: principal }).nullable(),
  silenced: z
    .object({ at: instant, by: principal, until: instant.optional(), untilRate: z.number().optional(), untilCount: z.number().int().optional(), reason: z.string().optional() })
    .nullable()
    .describe('Ends at `until`, or as soon as its rate per minute or its number of jobs exceeds what is given.'),
  affected: z.object({
    jobs: z.object({ count: z.number().int(), how: words(countMethods) }).nullable().describe('null: unknown.'),
    queues: z.array(z.string()),
    executors: z.number().int().nullable(),
  }),
  measured: z.array(evidenceLine).describe('What the detector measured, strongest first.'),
  ruledOut: z.array(evidenceLine).describe('What a measurement excludes.'),
  cause: evidenceLine.nullable().describe('Named only if it accounts for at least half of the problem.'),
  facts: z.array(z.object({ label: z.string(), value: z.string() })).describe('A few figures to show beside the chart.'),
  operations: z.record(z.string(), permission).describe('By operation on the incident: whether this actor may perform it now, and why not.'),
  asOf: instant.describe('When its evidence was last measured.'),
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
    until: instant.optional().describe('At most 30 days from now, which is also the end if it is left out.'),
    untilRate: z.number().positive().max(1_000_000).optional().describe('Failures per minute.'),
    untilCount: z.number().int().positive().max(1_000_000_000).optional().describe('Affected jobs.'),
  })
  .refine((silence) => Object.values(silence).some((end) => end !== undefined), { path: ['until'], message: "expected at least one of 'until', 'untilRate' and 'untilCount'" })

/** Whether the detector is running. Unless it is `fresh`, an empty list does not mean that nothing is wrong. */
export const incidentWatch = z.object({
  state: words(figureAges),
  lookedAt: instant.nullable().describe('null: the detector has never run.'),
  sources: z.array(z.object({ name: z.string(), asOf: instant.nullable(), state: words(figureAges) })).describe('The sources. `asOf`: when it was measured; null: it could not be read, or this engine does not report it.'),
})
export type IncidentWatch = z.infer<typeof incidentWatch>

export const listIncidents = endpoint('listIncidents', {
  summary: 'Incidents, the worst and oldest first',
  access: 'view_incidents',
  query: z.strictObject({
    state: words({ open: 1, resolved: 1 }).default('open'),
    class: words(incidentClasses).optional(),
    queue: text({ max: 300 }).optional(),
    owner: words(incidentOwners).optional().describe('Who is on it: whom it is assigned to, or else who acknowledged it.'),
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
    unattended: z.number().int().describe('Open, neither acknowledged nor assigned, and not explained by another.'),
    capped: z.boolean().describe('True if there are more than were counted.'),
    pages: z.record(z.string(), z.object({ status: words(operatorStatuses), count: z.number().int() })).describe('By the path of the page about it, e.g. `/queues`: how many open incidents there are, and their worst status.'),
    asOf: instant,
  }),
})
export type IncidentCount = z.infer<(typeof countIncidents)['output']>

/** An operation that may repair what is affected. Nothing is changed before its preview is confirmed. */
export const repair = z.object({
  action: words(operationActions),
  label: z.string().describe('`Retry 140 jobs`.'),
  primary: z.boolean().describe('The one to try first.'),
  subject: z.object({ type: words(subjectTypes), id: z.string() }).optional().describe('For the request: exactly one of `subject` and `selection`.'),
  selection: z.object({ filter: z.object({ incident: z.string() }) }).optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  caution: z.string().optional().describe('A caution to read first.'),
  allowed: z.boolean(),
  reason: z.string().optional().describe('Why it is not allowed.'),
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
  points: z.array(z.object({ at: instant, value: z.number().nullable(), failed: z.number().optional() })).describe('Steps that were not measured are left out. `failed`: the part of `value` that failed.'),
  marks: z.array(z.object({ at: instant, kind: z.enum(['deploy', 'incident']), label: z.string() })),
})
export type IncidentChart = z.infer<typeof incidentChart>

export const incidentDetail = incident.extend({
  repairs: z.array(repair).describe('The primary one first; empty unless it is open.'),
  chart: incidentChart.nullable().describe('null: it is not about a queue.'),
  watch: incidentWatch,
})
export type IncidentDetail = z.infer<typeof incidentDetail>

export const getIncident = endpoint('getIncident', {
  summary: 'One incident, with its evidence and its repairs',
  access: 'view_incidents',
  params: z.object({ id: z.uuid() }),
  output: incidentDetail,
})
