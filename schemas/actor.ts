import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { instant } from './words.ts'

/** The actor named in evidence. `type` is defined by the host (`user`, `service`, …); `system` is this product itself. */
export const principal = z.object({ id: z.string(), type: z.string(), label: z.string() })
export type Principal = z.infer<typeof principal>

export const permission = z.object({ allowed: z.boolean(), reason: z.string().optional() })
export type Permission = z.infer<typeof permission>

export const bridgeLink = z.object({ name: z.string(), label: z.string(), href: z.string() })

export const session = z.object({
  actor: principal.nullable().describe('null: the actor has read-only access, because they cannot be named in evidence (`unattributable_actor`).'),
  permissions: z.record(z.string(), permission).describe('Every view and operation, authorized for the page as a whole; single subjects may differ.'),
  engine: z.object({
    name: z.string(),
    version: z.string().optional(),
    transactional: z.boolean(),
    capabilities: z.record(z.string(), z.boolean()),
    lacks: z.record(z.string(), z.string()).describe('What this engine does not support, by operation or feature, with the reason as a sentence.'),
  }).describe("What the engine supports. Clients check capabilities, never the engine's name."),
  bridges: z.array(bridgeLink).describe('Engine dashboards mounted read-only that this actor may open.'),
  base: z.string().describe('Path of the pages, e.g. `/ops/jobs`.'),
  reasons: z.record(z.string(), z.object({ required: z.boolean(), minLength: z.number().int() })).describe('Whether each operation requires a reason, and the minimum length of one.'),
  version: z.string(),
  protocol: z.object({ current: z.number().int(), oldest: z.number().int() }).describe('Elements with a number from `oldest` to `current` fit this API; others say so to the reader. Missing from version 0.1.0, whose number is 1.'),
  asOf: instant,
})
export type Session = z.infer<typeof session>

export const getSession = endpoint('getSession', {
  summary: 'The current actor, their permissions, and the capabilities of the engine',
  access: 'session',
  output: session,
})
