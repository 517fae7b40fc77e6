import { later } from './later.ts'

/** What is said about a setup that cannot work. */
export const loadMistakes = later(() => import('../parts/mistakes.ts'))

/** The same `fetch`, but whatever answers in place of the API becomes an error that says so. */
export function checked(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input), location.href)
    try {
      const response = await send(input, init)
      if (isFromApi(response)) return response
      throw (await loadMistakes()).notTheApi(url, response)
    } catch (error) {
      if (!(error instanceof TypeError) || init?.signal?.aborted || url.origin === location.origin) throw error
      throw (await loadMistakes()).notReached(url)
    }
  }
}

/** A proxy's error page is a problem of its own kind; everything else that is not JSON comes from another place than the API. */
function isFromApi({ ok, status, headers }: Response): boolean {
  const type = headers.get('content-type') ?? ''
  return type.includes('json') || (ok ? !type.includes('html') : ![401, 403, 404, 405].includes(status))
}
