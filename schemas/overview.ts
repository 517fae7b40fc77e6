import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { figureAges } from './incident-words.ts'
import { completenessStates, operatorStatuses, ownerships } from './vocabulary.ts'
import { instant, words } from './words.ts'

/** What a case is about. */
export const caseKinds = { incident: 'incident', cron: 'cron entry', queue: 'queue', job: 'failed job', request: 'request' } as const

export const exemplar = z.object({
  kind: words(caseKinds).optional().describe('Left out for what is over.'),
  label: z.string(),
  attention: z.string().describe('Why it deserves attention.'),
  href: z.string(),
  forensicsHref: z.string().optional(),
  completeness: words(completenessStates),
  at: instant.optional().describe('When it happened or will happen.'),
})

export type Exemplar = z.infer<typeof exemplar>

export const bucket = z.object({
  status: words(operatorStatuses),
  title: z.string().describe('`Resolved Recently` for `resolved`, else the status label.'),
  count: z.number().int().nullable().describe('null: unknown, because it was not measured recently; see `lookedAt`.'),
  capped: z.boolean().optional().describe('True if `count` is a lower bound.'),
  asOf: instant.describe('The time of its oldest figure.'),
  lookedAt: instant.nullable().optional().describe('Present if part of the bucket is unknown: when that part was last measured; null: never.'),
  diagnosis: z.string().describe('One sentence, also for an empty bucket.'),
  ownership: words(ownerships),
  ownershipLabel: z.string(),
  posture: z.string(),
  nextStep: z.object({ label: z.string(), href: z.string() }).optional(),
  exemplars: z.array(exemplar).max(3),
})
export type Bucket = z.infer<typeof bucket>


/** The time that the charts show. */
export const overviewRanges = { '1h': 'the last hour', '24h': 'the last 24 hours' } as const
export type OverviewRange = keyof typeof overviewRanges

/** One figure to watch, over the range of the charts. `value` is null if it was not measured. */
export const vital = z.object({
  key: z.enum(['finished_per_minute', 'failed_per_minute', 'waiting_now', 'wait_p95_seconds']),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  kind: z.enum(['bars', 'line']).describe('`bars` for rates, `line` for levels.'),
  series: z.array(z.object({ at: instant, value: z.number().nullable(), failed: z.number().optional() })).describe('One point per step, oldest first. `value`: null if not measured. `failed`: the part of it that failed for good.'),
  usual: z.object({ low: z.number(), high: z.number() }).optional().describe('What is usual for this figure.'),
  note: z.string().optional().describe('A few words that explain the figure.'),
  alarming: z.boolean().optional().describe('True if the figure is worth a second look: it is above what is usual.'),
  asOf: instant.nullable(),
  how: z.string().describe('How it was counted, e.g. `exact`, `estimated`.'),
})
export type Vital = z.infer<typeof vital>

/** What happened while the charts were measured. */
export const chartMark = z.object({ at: instant, kind: z.enum(['deploy', 'operation', 'incident']), label: z.string() })

/** One trouble in one sentence. */
export const trouble = z.object({
  status: words(operatorStatuses),
  text: z.string(),
  about: z.string().optional().describe('The part of `text` that names what it is about and links to `href`; the whole text if there is none.'),
  href: z.string(),
})
export type Trouble = z.infer<typeof trouble>

/** An open incident, as far as needed to decide whether to open it. */
export const openIncident = z.object({
  id: z.string(),
  status: words(operatorStatuses),
  title: z.string(),
  about: z.string().optional(),
  detail: z.string().describe('What supports it: how many jobs, since when, what is ruled out.'),
  since: instant,
  href: z.string(),
  acknowledged: z.object({ at: instant, by: principal }).nullable(),
  assignee: z.object({ at: instant, to: principal }).nullable(),
  silencedUntil: instant.optional(),
  acknowledge: permission.optional().describe('Present while it has no owner: whether this actor may acknowledge it.'),
})
export type OpenIncident = z.infer<typeof openIncident>

/** Something that changed lately. */
export const change = z.object({
  at: instant,
  kind: z.enum(['operation', 'incident', 'deploy', 'gap']),
  who: z.string().optional().describe('Who did it or what it happened to; shown first, in bold.'),
  text: z.string(),
  detail: z.string().optional(),
  href: z.string().optional(),
  bad: z.boolean().optional().describe('True for what went wrong.'),
})
export type Change = z.infer<typeof change>

export const overview = z.object({
  sentence: z.string().describe('The problems and the rest in plain text: whether work is moving, and what is wrong.'),
  troubles: z.array(trouble).describe('One line each, the worst first.'),
  rest: z.string().describe('A summary of everything else.'),
  moving: z.boolean().nullable().describe('null if it is unknown, e.g. because nothing was measured recently.'),
  figures: words(figureAges).describe('How fresh the figures are.'),
  range: words(overviewRanges),
  chart: z.object({ from: instant, to: instant, stepSeconds: z.number(), marks: z.array(chartMark) }),
  vitals: z.array(vital),
  incidents: z.object({ open: z.number().int(), unattended: z.number().int(), capped: z.boolean(), items: z.array(openIncident) }).nullable().describe('null if this actor may not see incidents. `unattended`: how many have no owner. `items`: the worst and oldest, without those that another explains.'),
  buckets: z.array(bucket).describe('Always six, in the frozen order.'),
  changes: z.array(change).describe('What changed in the last day, newest first.'),
  withheld: z.array(z.string()).describe('What was left out because this actor may not see it.'),
  asOf: instant,
})
export type Overview = z.infer<typeof overview>

export const getOverview = endpoint('getOverview', {
  summary: 'Whether work is moving, what is wrong, and what changed',
  access: 'view_overview',
  query: z.strictObject({ range: words(overviewRanges).default('1h') }),
  output: overview,
})
