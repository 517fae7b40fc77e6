import { problemCodes, type Problem, type ProblemCode } from '../schemas/index.ts'

export interface OpsErrorDetails {
  /** Field errors, for `invalid_request`. */
  errors?: Problem['errors']
  /** The plan as it is now, for `preview_drifted`. */
  plan?: Problem['plan']
  /** This is the first answer given again; it is in the evidence already. */
  repeated?: boolean
  /** The evidence tells of it already. */
  recorded?: boolean
  /** Never shown; for the log. */
  cause?: unknown
}

/**
 * Everything that is refused on purpose. The message is for the person who asked: what was got, where, and what
 * was expected. The top middleware turns it into a problem; nobody else knows HTTP.
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
 * One field of a request that is not as it must be: `invalid_request`, with the field in `errors`.
 *
 * @param path where in the request, e.g. `query.cursor` or `input.resumeAt`
 * @param message what was got and what was expected, as a clause without a full stop
 */
export function fieldError(path: string, message: string): OpsError {
  return new OpsError('invalid_request', `${path}: ${message}.`, { errors: [{ path, message }] })
}
