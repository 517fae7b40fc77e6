import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import {
  completenessStates,
  followUpStatuses,
  operationActions,
  operatorStatuses,
  ownerships,
  provenances,
} from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const completeness = z.object({ state: words(completenessStates), reasons: z.array(z.string()) })

export const chronologyItem = z.object({
  at: z.string(),
  label: z.string(),
  detail: z.string().optional(),
  /** `audit`, `cron`, `coverage`, … */
  source: z.string(),
  provenance: words(provenances),
  actor: principal.optional(),
  /** Slot outcome or audit outcome, for the mark next to the line. */
  outcome: z.string().optional(),
  ref: z.object({ type: z.string(), id: z.string(), href: z.string().optional() }),
})
export type ChronologyItem = z.infer<typeof chronologyItem>

export const nextPath = z.object({
  order: z.number().int(),
  ownership: words(ownerships),
  /** Shown in front of the action, e.g. `Powertools-native`, `pg-boss Dashboard bridge`. */
  ownershipLabel: z.string(),
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

export const bundle = z.object({
  subject: z.object({ type: z.string(), id: z.string(), label: z.string(), href: z.string().optional() }),
  diagnosis: z.object({
    status: words(operatorStatuses),
    title: z.string(),
    detail: z.string(),
    provenance: words(provenances),
  }),
  completeness,
  /** The window to which completeness applies. */
  window: z.object({ from: instant, to: instant }).optional(),
  /** Newest first. */
  chronology: z.array(chronologyItem),
  linkedResources: z.array(z.object({ type: z.string(), id: z.string(), label: z.string(), href: z.string() })),
  nextPaths: z.array(nextPath),
  runbook: z.object({
    title: z.string(),
    whyNow: z.string(),
    prerequisites: z.array(z.object({ label: z.string(), met: z.boolean() })),
    cautions: z.array(z.string()),
    steps: z.array(z.string()),
  }),
  /** What we observed of the host's own follow-up; absent if there was nothing to follow up. */
  followUp: z.object({ status: words(followUpStatuses), detail: z.string().optional(), at: z.string().optional() }).optional(),
  /** For a cron entry: the strip of the window, oldest first. */
  slots: z.array(z.object({ at: instant, outcome: z.string(), note: z.string().optional(), jobId: z.string().optional() })).optional(),
  /** What was left out because the actor may not see it, e.g. `audit events`. */
  withheld: z.array(z.string()),
  asOf: instant,
})
export type Bundle = z.infer<typeof bundle>

export const getForensics = endpoint('getForensics', {
  summary: 'Everything known about one subject, and how complete the evidence is',
  access: 'view_forensics',
  params: z.object({ subjectType: text({ max: 50 }), subjectId: text({ max: 400 }) }),
  output: bundle,
})
