import type { JobFilters } from '../../schemas/index.ts'

/**
 * Filters as the evidence keeps them. What was looked for inside jobs may be a secret itself, and evidence is for ever: of
 * arguments the keys are kept, of an error's text its length.
 */
export function filtersInEvidence({ args, error, ...rest }: JobFilters): Record<string, unknown> {
  return {
    ...rest,
    ...(args === undefined ? {} : { argsKeys: Object.keys(JSON.parse(args) as object) }),
    ...(error === undefined ? {} : { errorLength: error.length }),
  }
}
