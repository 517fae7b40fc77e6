import { OpsError } from '../error.ts'

/** For a cursor that no page gave out: refused, because an empty page would read as the end of the list. */
export function unknownCursor(): OpsError {
  return new OpsError('invalid_request', 'query.cursor: not a cursor of this list; expected the nextCursor of an earlier answer.', {
    errors: [{ path: 'query.cursor', message: 'not a cursor of this list' }],
  })
}
