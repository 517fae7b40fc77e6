import { connectionExceptionClass, sqlState } from './db/sqlstate.ts'

/** The error and its causes, outermost first: drivers wrap the error that has the code. */
export function causesOf(thrown: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (let error = thrown; typeof error === 'object' && error !== null && found.length < 8; ) {
    found.push(error as Record<string, unknown>)
    const { cause, previous, errors } = error as { cause?: unknown; previous?: unknown; errors?: unknown[] }
    error = cause ?? previous ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return found
}

/** An SQLSTATE or a network error code. */
export function codeOf(thrown: unknown): string | undefined {
  return causesOf(thrown)
    .map((error) => error.code)
    .find((code): code is string => typeof code === 'string')
}

/** For the log: which error and where, but never its message, which may quote values from the statement. */
export function describeFailure(thrown: unknown): Record<string, unknown> {
  const error = causesOf(thrown).at(-1)
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  // A multi-line message precedes the frames, and its lines may look like frames.
  const message = thrown instanceof Error ? stack.indexOf(thrown.message) + thrown.message.length : 0
  const frames = stack.slice(Math.max(message, 0)).split('\n').filter((line) => /^\s+at /.test(line))
  return {
    error: error?.name,
    errorCode: codeOf(thrown),
    constraint: error?.constraint,
    at: frames.slice(0, 6).map((line) => line.trim()),
  }
}

/**
 * Network failures, and a server that cannot serve at the moment: it is shutting down, full, or read-only.
 * `queryCanceled` is our own statement timeout, `lockNotAvailable` our own lock timeout: another transaction holds the lock for too long.
 */
const outages = new Set<string>([
  'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'ENOENT',
  sqlState.adminShutdown, sqlState.crashShutdown, sqlState.cannotConnectNow, sqlState.queryCanceled, sqlState.tooManyConnections,
  sqlState.readOnlyTransaction, sqlState.diskFull, sqlState.outOfMemory, sqlState.configurationLimitExceeded, sqlState.ioError,
  sqlState.lockNotAvailable,
])

/** Whether the database, or another service that was called, is currently unavailable. */
export function isUnavailable(thrown: unknown, code = codeOf(thrown)): boolean {
  if (code !== undefined && (outages.has(code) || code.startsWith(connectionExceptionClass))) return true
  return causesOf(thrown).some((error) =>
    /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|client has encountered a connection error|connection error and is not queryable/i.test(
      String(error.message),
    ),
  )
}

const conflicts = new Set<string>([sqlState.serializationFailure, sqlState.deadlockDetected, sqlState.uniqueViolation])

/** Whether a concurrent transaction came first. */
export function isConflict(thrown: unknown): boolean {
  return conflicts.has(codeOf(thrown) ?? '')
}
