import type { JobFilters } from '../../schemas/index.ts'

/**
 * Filters as recorded in evidence. A search term may itself be a secret, and evidence is permanent, so only the keys of
 * arguments, the length of a text and the presence of a tag are recorded.
 */
export function filtersInEvidence({ args, error, words, tag, ...rest }: JobFilters): Record<string, unknown> {
  return {
    ...rest,
    ...(args === undefined ? {} : { argsKeys: Object.keys(JSON.parse(args) as object) }),
    ...(tag === undefined ? {} : { tag: '(given)' }),
    ...(words === undefined ? {} : { wordsLength: words.length }),
    ...(error === undefined ? {} : { errorLength: error.length }),
  }
}
