import { problemCodes, type Problem, type ProblemCode } from '../schemas/index.ts'

export interface OpsErrorDetails {
  /** The values that stand in the message, by the names in `problemValues`. */
  values?: Problem['values']
  /** Field errors, for `invalid_request`. */
  errors?: Problem['errors']
  /** The plan as it is now, for `preview_drifted`. */
  plan?: Problem['plan']
  /** The first answer, returned again for a repeat; it is already in the evidence. */
  repeated?: boolean
  /** Sending the same request again can only return the same answer, so there is no `Retry-After`. */
  final?: boolean
  /** Already recorded in the evidence. */
  recorded?: boolean
  /** Never shown; for the log. */
  cause?: unknown
}

/**
 * A deliberate refusal. The message is for the user: what was received, where, and what was expected. Only the outermost
 * middleware turns it into an HTTP response.
 */
export class OpsError extends Error {
  readonly code: ProblemCode
  readonly details: OpsErrorDetails

  constructor(code: ProblemCode, message: string, details: OpsErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'OpsError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return problemCodes[this.code][0]
  }
}

/**
 * An invalid field of a request: `invalid_request`, with the field in `errors`.
 *
 * @param path where in the request, e.g. `query.cursor` or `input.resumeAt`
 * @param message what was received and what was expected, as a clause without a full stop
 */
export function fieldError(path: string, message: string): OpsError {
  return new OpsError('invalid_request', `${path}: ${message}.`, { errors: [{ path, message }] })
}
