import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { instant } from './words.ts'

/** Who is named in evidence. `type` is the host's word (`user`, `service`, …); `system` is this product itself. */
export const principal = z.object({ id: z.string(), type: z.string(), label: z.string() })
export type Principal = z.infer<typeof principal>

export const permission = z.object({ allowed: z.boolean(), reason: z.string().optional() })
export type Permission = z.infer<typeof permission>

export const bridgeLink = z.object({ name: z.string(), label: z.string(), href: z.string() })

export const session = z.object({
  /** null: the actor may look, never change (`unattributable_actor`). */
  actor: principal.nullable(),
  /** Every view and operation, asked for the page as a whole; single subjects may differ. */
  permissions: z.record(z.string(), permission),
  /** What the engine offers, by capability; asked instead of the engine's name. */
  engine: z.object({
    name: z.string(),
    version: z.string().optional(),
    transactional: z.boolean(),
    capabilities: z.record(z.string(), z.boolean()),
    /** What this engine cannot do, by operation or feature, with the reason in words. */
    lacks: z.record(z.string(), z.string()),
  }),
  /** Engine dashboards mounted read-only that this actor may open. */
  bridges: z.array(bridgeLink),
  /** Where the pages live, e.g. `/ops/jobs`. */
  base: z.string(),
  /** Operations whose reason is required, with the shortest length accepted. */
  reasons: z.record(z.string(), z.object({ required: z.boolean(), minLength: z.number().int() })),
  version: z.string(),
  asOf: instant,
})
export type Session = z.infer<typeof session>

export const getSession = endpoint('getSession', {
  summary: 'Who is asking, what they may do, and what the engine can do',
  access: 'session',
  output: session,
})
