import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { chronologyGroups, chronologySources, forensicRanges, timelineMarks } from './forensics-words.ts'
import {
  completenessStates,
  followUpStatuses,
  operationActions,
  subjectStatuses,
  ownerships,
  provenances,
} from './vocabulary.ts'
import { evidenceLine } from './incident.ts'
import { page, pageQuery } from './page.ts'
import { block } from './rich-text.ts'
import { instant, text, words } from './words.ts'

/** A stretch of which a source knows nothing. Open at an end that is not given. */
export const evidenceGap = z.object({
  source: words(chronologySources),
  from: instant.optional(),
  to: instant.optional(),
  reason: z.string().describe('A sentence: what is not known, and why.'),
})
export type EvidenceGap = z.infer<typeof evidenceGap>

/** `complete` has no gaps. */
export const completeness = z.object({ state: words(completenessStates), reasons: z.array(z.string()), gaps: z.array(evidenceGap) })
export type Completeness = z.infer<typeof completeness>

export const chronologyItem = z.object({
  id: z.string().describe('Unique within a chronology; a page that was read before does not repeat it.'),
  at: z.string().describe('With microseconds, where the source has them.'),
  to: z.string().optional().describe('For what lasted: when it ended.'),
  label: z.string(),
  detail: z.string().optional(),
  source: words(chronologySources),
  kind: z.string().optional().describe('Lines that follow each other and are of one kind may be folded into one, e.g. `on_time`. Absent: it stands for itself.'),
  provenance: words(provenances),
  actor: principal.optional(),
  outcome: z.string().optional().describe('Slot outcome or audit outcome, for the mark next to the line.'),
  ref: z.object({ type: z.string(), id: z.string(), href: z.string().optional() }),
})
export type ChronologyItem = z.infer<typeof chronologyItem>

export const nextPath = z.object({
  order: z.number().int(),
  ownership: words(ownerships),
  ownershipLabel: z.string().describe('Shown in front of the action, e.g. `Powertools-native`, `pg-boss Dashboard bridge`.'),
  posture: z.string(),
  label: z.string(),
  detail: z.string().optional(),
  href: z.string().optional(),
  operation: z
    .object({
      action: words(operationActions),
      subject: z.object({ type: z.string(), id: z.string() }),
      allowed: z.boolean(),
      reason: z.string().optional(),
    })
    .optional(),
})
export type NextPath = z.infer<typeof nextPath>

/** One thing in a lane; `count` of them where they are too close to be told apart. */
export const timelineMark = z.object({
  at: instant,
  to: instant.optional(),
  mark: words(timelineMarks),
  label: z.string().describe('What it is, for a tooltip and for screen readers.'),
  href: z.string().optional(),
  count: z.number().int().optional(),
})

export const timelineLane = z.object({
  key: z.string(),
  label: z.string(),
  line: z.boolean().describe('Drawn as a line that is interrupted where nothing is on record, e.g. the scheduler.'),
  from: instant.optional().describe('Where the line begins, if the subject is younger than the window.'),
  marks: z.array(timelineMark).describe('Oldest first.'),
  gaps: z.array(z.object({ from: instant, to: instant, label: z.string() })),
})
export type TimelineLane = z.infer<typeof timelineLane>

/** The chronology as a picture: lanes over one axis. */
export const timeline = z.object({
  from: instant,
  to: instant.describe('After `now` if something is still to come.'),
  now: instant,
  range: words(forensicRanges).optional().describe('The chosen window; absent for a subject that is shown over its whole life.'),
  lanes: z.array(timelineLane),
})
export type Timeline = z.infer<typeof timeline>

/** One thing to do, with the one who can do it in front. */
export const runbookStep = z.object({ ownership: words(ownerships), ownershipLabel: z.string(), text: z.string() })
export type RunbookStep = z.infer<typeof runbookStep>

export const runbook = z.object({
  title: z.string(),
  whyNow: z.string(),
  prerequisites: z.array(z.object({ label: z.string(), met: z.boolean().nullable() })).describe('Checked when it was read; null: it could not be checked.'),
  cautions: z.array(z.string()),
  steps: z.array(runbookStep).describe('In order.'),
  unsupported: z.array(z.object({ what: z.string(), why: z.string() })).describe('What would help here and this engine cannot do, with its own explanation.'),
  host: z.object({ title: z.string(), blocks: z.array(block), links: z.array(z.object({ label: z.string(), href: z.string() })) }).optional().describe("The host's own text and links."),
})
export type Runbook = z.infer<typeof runbook>

const fact = z.object({ label: z.string(), value: z.string() })

export const bundle = z.object({
  subject: z.object({ type: z.string(), id: z.string(), label: z.string(), href: z.string().optional() }),
  diagnosis: z.object({
    status: words(subjectStatuses).describe('`unknown`: its figures are too old to tell.'),
    title: z.string(),
    detail: z.string(),
    provenance: words(provenances),
  }),
  evidence: z.object({
    error: z.string().optional(),
    before: z.array(fact).optional(),
    after: z.array(fact).optional(),
    measured: z.array(evidenceLine).optional(),
    ruledOut: z.array(evidenceLine).optional(),
    cause: evidenceLine.optional(),
    facts: z.array(fact).optional(),
  }).optional().describe('What is shown straight below the diagnosis: the error, or how it was before and how it is now. Of an incident also what the detector measured, strongest first, and what that excludes.'),
  completeness,
  window: z.object({ from: instant, to: instant }).optional().describe('The window to which completeness applies.'),
  chronology: z.array(chronologyItem).describe('Newest first, at most 200; older ones at `listChronology`.'),
  nextCursor: z.string().optional().describe('Where older items begin.'),
  timeline: timeline.optional().describe('Absent if nothing can be placed in time.'),
  linkedResources: z.array(z.object({ type: z.string(), id: z.string(), label: z.string(), href: z.string() })),
  nextPaths: z.array(nextPath),
  runbook,
  followUp: z.object({ status: words(followUpStatuses), detail: z.string().optional(), at: z.string().optional() }).optional().describe("What we observed of the host's own follow-up; absent if there was nothing to follow up."),
  withheld: z.array(z.string()).describe('What was left out because the actor may not see it, e.g. `audit events`.'),
  asOf: instant,
})
export type Bundle = z.infer<typeof bundle>

const bySubject = z.object({ subjectType: text({ max: 50 }), subjectId: text({ max: 400 }) })

export const getForensics = endpoint('getForensics', {
  summary: 'Everything known about one subject, and how complete the evidence is',
  access: 'view_forensics',
  params: bySubject,
  query: z.strictObject({ range: words(forensicRanges).optional() }),
  output: bundle,
})

const groupList = text({ max: 200 }).refine((list) => list.split(',').every((group) => Object.hasOwn(chronologyGroups, group)), {
  error: `expected groups separated by commas: ${Object.keys(chronologyGroups).join(', ')}`,
})

export const listChronology = endpoint('listChronology', {
  summary: 'The chronology of one subject, newest first, however far back it reaches',
  access: 'view_forensics',
  params: bySubject,
  query: z.strictObject({
    ...pageQuery,
    groups: groupList.optional().describe('Groups of sources, separated by commas. Default: all.'),
  }),
  output: page(chronologyItem),
})

export const exportForensics = endpoint('exportForensics', {
  summary: 'The evidence about one subject as one file, redacted; the export itself is audited',
  access: 'view_forensics',
  params: bySubject,
  query: z.strictObject({ format: z.enum(['json', 'markdown']), range: words(forensicRanges).optional() }),
  output: z.string(),
  media: 'export',
})
