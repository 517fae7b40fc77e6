import type { ApiError } from '../../schemas/calls.ts'
import type { Problem } from '../../schemas/problem.ts'

/** Converts anything thrown to a problem that can be shown. */
export function problemOf(error: unknown): Problem {
  // Also the errors of another copy of this package, whose class is not ours.
  if (error instanceof Error && 'problem' in error) return (error as ApiError).problem
  return {
    type: 'about:blank',
    title: 'Cannot reach the server',
    status: 0,
    code: 'unavailable',
    // Browsers' own messages for a lost connection are not helpful.
    detail: error instanceof TypeError ? 'It does not answer.' : error instanceof Error ? error.message : String(error),
    requestId: '',
  }
}
