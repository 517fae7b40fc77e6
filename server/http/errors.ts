import type { Context } from 'koa'
import { ZodError } from 'zod'
import { problemCodes, type Problem, type ProblemCode } from '../../schemas/index.ts'
import { sqlState } from '../db/sqlstate.ts'
import { writeFaultOf } from '../db/write-health.ts'
import { codeOf, describeFailure, isConflict, isUnavailable } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { Log } from '../host/log.ts'

/** Answers with a problem document (RFC 9457). The only place that turns errors into HTTP responses. */
export function answerProblem(ctx: Context, thrown: unknown, requestId: string, log: Log): void {
  const error = asOpsError(thrown)
  if (error.status >= 500) log.error(error.message, { requestId, code: error.code, ...describeFailure(thrown) })
  if (error.code === 'internal') emitOnHostApp(ctx, thrown, error, requestId)
  const [status, title] = problemCodes[error.code]
  const problem: Problem = {
    type: `urn:ops-powertools:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    requestId,
    values: error.details.values,
    errors: error.details.errors,
    plan: error.details.plan,
  }
  ctx.status = status
  ctx.type = 'application/problem+json'
  ctx.body = JSON.stringify(problem)
  // The unread rest of the body must not be parsed as the next request.
  if (error.code === 'payload_too_large') ctx.set('connection', 'close')
  const seconds = error.details.final ? undefined : retryAfterSeconds[error.code]
  if (seconds) ctx.set('retry-after', String(seconds))
}

/** Seconds after which a retry makes sense. */
const retryAfterSeconds: Partial<Record<ProblemCode, number>> = { unavailable: 2, rate_limited: 10 }

/**
 * Emits internal errors on the host's Koa app for `app.on('error')`, with stack frames and request id, but without
 * the driver's message, which may quote values from a statement.
 */
function emitOnHostApp(ctx: Context, thrown: unknown, error: OpsError, requestId: string): void {
  const { at, ...facts } = describeFailure(thrown)
  const emitted = Object.assign(new Error(`${error.message} (request ${requestId})`), { name: 'OpsError', code: error.code, status: error.status, requestId, facts })
  emitted.stack = [`${emitted.name}: ${emitted.message}`, ...(at as string[]).map((line) => `    ${line}`)].join('\n')
  ctx.app.emit('error', emitted, ctx)
}

const refusesChanges = {
  read_only: 'The database is read-only at the moment, so nothing was changed; try again.',
  no_room: 'The database is out of disk space or memory, so nothing was changed; try again.',
}

export function asOpsError(thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown
  if (thrown instanceof ZodError) return invalidRequest(thrown, '')
  const code = codeOf(thrown)
  const fault = writeFaultOf(code)
  if (fault) return new OpsError('unavailable', refusesChanges[fault], { cause: thrown })
  if (code === sqlState.lockNotAvailable) return new OpsError('unavailable', 'The requested data is locked in the database at the moment; try again.')
  if (isConflict(thrown)) return new OpsError('mutation_conflict', 'Another change came first; look again and retry.')
  if (isUnavailable(thrown, code)) return new OpsError('unavailable', 'The database or the job engine is not responding at the moment; try again.')
  if (isBadUrl(thrown)) return new OpsError('invalid_request', 'The path contains a percent sign that is not followed by two hex digits, or is not valid UTF-8.')
  return new OpsError('internal', 'Something went wrong on our side; search the log for the request id.')
}

/** A key in a body may be as long as the body. */
const maxPath = 200

/** Says where in the request the error is, what was expected, and what was received, unless that may be secret. */
export function invalidRequest(error: ZodError, part: string): OpsError {
  const errors = error.issues.flatMap(issuesOfIntendedMember).map((issue) => {
    const path = [part, ...issue.path.map(String)].filter(Boolean).join('.').slice(0, maxPath)
    return { path, message: issue.message + describeGot(issue) }
  })
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new OpsError('invalid_request', `${first?.path || 'request'}: ${first?.message ?? 'invalid'}${more}`, { errors })
}

type Issue = ZodError['issues'][number]

/** For a union: the issues of the member that the value's fields show was intended. */
function issuesOfIntendedMember(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const intended = issue.errors.filter((issues) => !issues.some(({ code, path }) => code === 'unrecognized_keys' && path.length === 0))
  if (intended.length !== 1 || intended[0]!.some(({ path }) => path.length === 0)) return [issue]
  return intended[0]!.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
}

/** Fields whose values are not quoted back: free text and job arguments may contain anything. */
const unrepeated = new Set(['args', 'error', 'reason', 'token', 'q', 'idempotency-key'])

function describeGot({ input, path, message }: Issue): string {
  if (path.some((key) => unrepeated.has(String(key))) || message.includes('received')) return ''
  if (typeof input === 'string') return `; got ${JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input)}`
  return typeof input === 'number' || typeof input === 'boolean' ? `; got ${input}` : ''
}

function isBadUrl(thrown: unknown): boolean {
  return thrown instanceof URIError || (thrown instanceof Error && (thrown as { status?: unknown }).status === 400)
}
