import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string().optional().describe('What is wrong, where it is more than that no answer comes'),
})

export const health = z.object({ ok: z.boolean(), version: z.string() })
export const readiness = z.object({ ok: z.boolean(), checks: z.array(check) })
export type Readiness = z.infer<typeof readiness>

export const getHealth = endpoint('getHealth', {
  summary: 'The process answers',
  access: 'public',
  output: health,
})

export const getReadiness = endpoint('getReadiness', {
  summary: 'Database and engine answer, and the database takes changes; 503 when one does not',
  access: 'public',
  output: readiness,
})

export const getOpenapi = endpoint('getOpenapi', {
  summary: 'This API, as OpenAPI 3.1',
  access: 'public',
  output: z.record(z.string(), z.unknown()),
})
