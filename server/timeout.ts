/**
 * Waits for `work` no longer than `ms` milliseconds; then rejects with the error that `onTimeout` makes. Nothing here can stop
 * the work itself: it goes on, and what becomes of it later, a failure included, is ignored.
 */
export async function withTimeout<Answer>(work: Promise<Answer>, ms: number, onTimeout: () => Error): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onTimeout()), ms)
  })
  try {
    // The race has subscribed to both, so a rejection that comes late is never an unhandled one.
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
