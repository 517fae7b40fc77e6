import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string().optional().describe('What is wrong, if it is more than a missing answer'),
})

export const health = z.object({ ok: z.boolean(), version: z.string() })
export const readiness = z.object({ ok: z.boolean(), checks: z.array(check) })
export type Readiness = z.infer<typeof readiness>

export const getHealth = endpoint('getHealth', {
  summary: 'The process is alive',
  access: 'public',
  output: health,
})

export const getReadiness = endpoint('getReadiness', {
  summary: 'The database and the engine respond, and the database accepts writes; otherwise 503',
  access: 'public',
  output: readiness,
  outputs: { 200: readiness, 503: readiness },
})

export const getOpenapi = endpoint('getOpenapi', {
  summary: 'The OpenAPI 3.1 document of this API',
  access: 'public',
  output: z.record(z.string(), z.unknown()),
})
