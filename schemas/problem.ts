import { z } from 'zod'
import { plan } from './plan.ts'
import { problemCodes, type ProblemCode } from './problem-codes.ts'

/** An error response according to RFC 9457, `application/problem+json`. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
  detail: z.string().describe('What was received, where, and what was expected.'),
  requestId: z.string(),
  values: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe('The values that stand in `detail`, by name, for codes that have any; for a host that translates it.'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  plan: plan.optional().describe('For `preview_drifted`: the current plan.'),
})
export type Problem = z.infer<typeof problem>
