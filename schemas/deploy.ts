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
  at: instant.describe('When it went live.'),
  url: z.string().optional().describe('Where it is described, e.g. the release or the pipeline; http or https.'),
  note: z.string().optional(),
  by: principal,
  eventId: z.string().describe('The audit event that recorded the mark.'),
})
export type Deploy = z.infer<typeof deploy>

export const markDeploy = endpoint('markDeploy', {
  summary: 'Mark a deploy, so that charts and chronologies show it; idempotent for the same version and `at`',
  access: 'session',
  headers: z.looseObject({ 'idempotency-key': text({ max: 200 }).optional() }),
  body: z.strictObject({
    version: deployVersion,
    at: instant.optional().describe('Default: now.'),
    url: webAddress.optional(),
    note: text({ max: 2_000 }).optional().describe('Becomes the reason of the audit event.'),
  }),
  status: 201,
  output: deploy,
})

export const listDeploys = endpoint('listDeploys', {
  summary: 'Marked deploys, newest first',
  access: 'view_overview',
  query: z.strictObject({ from: instant.optional(), to: instant.optional(), ...pageQuery }).describe('`from` is inclusive, `to` exclusive.'),
  output: page(deploy),
})
