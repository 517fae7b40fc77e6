/**
 * A part of a page that is loaded at its first use, once for the whole page. A load that failed may be tried again: a browser
 * remembers a module that it could not get and would not ask for it a second time, so a later attempt asks at another address.
 */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  let address: string | undefined
  let attempt = 0
  return () =>
    (loading ??= (address ? (import(/* @vite-ignore */ /* webpackIgnore: true */ `${address}?attempt=${++attempt}`) as Promise<T>) : load()).catch((error: Error) => {
      loading = undefined
      // Browsers name the address at the end of the message; where they do not, they do ask again.
      address ??= /https?:[^?\s]+/.exec(error.message)?.[0]
      throw error
    }))
}

/** Why a part did not load, and what helps. */
export function loadFailure(error: unknown): string {
  return `${(error as Error).message}. A new version may have been installed; reloading the page helps then.`
}
