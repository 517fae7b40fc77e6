import { type OpsError, fieldError } from '../error.ts'

/** For a cursor that no page gave out: refused, because an empty page would read as the end of the list. */
export function unknownCursor(): OpsError {
  return fieldError('query.cursor', 'not a cursor of this list; expected the nextCursor of an earlier answer')
}
