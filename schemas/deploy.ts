import { z } from 'zod'
import { principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { instant, text } from './words.ts'

export const deployVersion = text({ max: 200 }).refine((version) => version.trim() === version, 'begins or ends with a blank')

/** Shown as a link, so nothing but a web address: no script, and no credentials. */
export const webAddress = text({ max: 2_000 }).refine(isWebAddress, 'expected an http or https address without a user name and password')

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return /^https?:$/.test(protocol) && !username && !password
}

export const deploy = z.object({
  id: z.string(),
  version: z.string(),
  /** When it went live. */
  at: instant,
  /** Where it is described, e.g. the release or the pipeline; http or https. */
  url: z.string().optional(),
  note: z.string().optional(),
  by: principal,
  /** The audit event that recorded the mark. */
  eventId: z.string(),
})
export type Deploy = z.infer<typeof deploy>

export const markDeploy = endpoint('markDeploy', {
  summary: 'Mark a deploy, so that charts and chronologies show it; idempotent for the same version and `at`',
  access: 'session',
  headers: z.looseObject({ 'idempotency-key': text({ max: 200 }).optional() }),
  body: z.strictObject({
    version: deployVersion,
    /** Default: now. */
    at: instant.optional(),
    url: webAddress.optional(),
    /** Becomes the reason of the audit event. */
    note: text({ max: 2_000 }).optional(),
  }),
  status: 201,
  output: deploy,
})

export const listDeploys = endpoint('listDeploys', {
  summary: 'Marked deploys, newest first',
  access: 'view_overview',
  /** `from` is inclusive, `to` exclusive. */
  query: z.strictObject({ from: instant.optional(), to: instant.optional(), ...pageQuery }),
  output: page(deploy),
})
