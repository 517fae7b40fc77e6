import type { JobFilters } from '../../schemas/index.ts'

/**
 * Filters as the evidence keeps them. What was looked for inside jobs may be a secret itself, and evidence is for ever: of
 * arguments the keys are kept, of an error's text its length, of a tag that it was given.
 */
export function filtersInEvidence({ args, error, tag, ...rest }: JobFilters): Record<string, unknown> {
  return {
    ...rest,
    ...(args === undefined ? {} : { argsKeys: Object.keys(JSON.parse(args) as object) }),
    ...(tag === undefined ? {} : { tag: '(given)' }),
    ...(error === undefined ? {} : { errorLength: error.length }),
  }
}
