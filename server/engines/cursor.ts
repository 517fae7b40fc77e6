import { type OpsError, fieldError } from '../error.ts'

/** The refusal of a cursor that no page has returned. An empty page instead would look like the end of the list. */
export function unknownCursor(): OpsError {
  return fieldError('query.cursor', 'not a cursor of this list; expected the nextCursor of an earlier answer')
}
