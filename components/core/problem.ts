import { ApiError } from '../../schemas/client.ts'
import type { Problem } from '../../schemas/problem.ts'

/** Whatever was thrown, as something a person can be told. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem
  return {
    type: 'about:blank',
    title: 'Cannot reach the server',
    status: 0,
    code: 'unavailable',
    // What a browser calls a lost connection helps nobody.
    detail: error instanceof TypeError ? 'It does not answer.' : error instanceof Error ? error.message : String(error),
    requestId: '',
  }
}
