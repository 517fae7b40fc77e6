import { z } from 'zod'
import { plan } from './plan.ts'
import { problemCodes, type ProblemCode } from './problem-codes.ts'

/** An error answer, RFC 9457, `application/problem+json`. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]]),
  /** What was got, where, and what was expected. */
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** With `preview_drifted`: the plan as it is now. */
  plan: plan.optional(),
})
export type Problem = z.infer<typeof problem>
