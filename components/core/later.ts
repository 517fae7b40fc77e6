import { t } from './words.ts'

/**
 * A part of a page that is loaded lazily, once for the whole page. A failed load can be retried: browsers cache a failed module
 * import, so a retry uses a different URL.
 */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  let address: string | undefined
  let attempt = 0
  return () =>
    (loading ??= (address ? (import(/* @vite-ignore */ /* webpackIgnore: true */ `${address}?attempt=${++attempt}`) as Promise<T>) : load()).catch((error: Error) => {
      loading = undefined
      // Browsers that cache failures put the URL at the end of the message; the others request the module again anyway.
      address ??= /https?:[^?\s]+/.exec(error.message)?.[0]
      throw error
    }))
}

/** Why a part did not load, and what to do about it. */
export function loadFailure(error: unknown): string {
  return t`${(error as Error).message}. A new version may have been installed; reloading the page helps then.`
}
