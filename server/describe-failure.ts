/** Drivers wrap the error that has the code. */
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

/** For the log: which error and where, but never its message, which may quote values of the statement. */
export function describeFailure(thrown: unknown): Record<string, unknown> {
  const error = causesOf(thrown).at(-1)
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '))
  return {
    error: error?.name,
    errorCode: codeOf(thrown),
    constraint: error?.constraint,
    at: frames.slice(0, 6).map((line) => line.trim()),
  }
}
