/**
 * Waits at most `ms` milliseconds for `work`, then rejects with the error from `onTimeout`. The work itself is not cancelled: it
 * continues, and its result or failure is ignored.
 */
export async function withTimeout<Answer>(work: Promise<Answer>, ms: number, onTimeout: () => Error): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onTimeout()), ms)
  })
  try {
    // The race has subscribed to both, so a late rejection is never unhandled.
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
