import type { Problem } from '../../schemas/problem.ts'
import type { ProblemCode } from '../../schemas/problem-codes.ts'
import { t } from '../core/words.ts'

/** What is wrong if something other than the API answers: the usual mistakes of a first installation. Loaded when one was made. */

/** An error that is shown as this problem; `type` tells that its detail needs no advice. */
export class Mistake extends Error {
  readonly problem: Problem

  constructor(title: string, detail: string, code: ProblemCode, status: number) {
    super(detail)
    this.problem = { type: 'about:setup', title, detail, code, status, requestId: '' }
  }
}

/** Nothing around the element says where the API is. */
export function noApi(tag: string): Problem {
  return new Mistake(
    t`Where is the API?`,
    t`<${tag}> has no api. Give it one, e.g. api="/ops/jobs/api/v1", or put it inside an <ops-provider> that has one.`,
    'invalid_request',
    400,
  ).problem
}

/** A response that did not come from the API. */
export function notTheApi(url: URL, { status, redirected, url: arrived }: Response): Mistake {
  const { pathname } = url
  const signIn = t`Sign in first`
  if (status === 401 || status === 403) return new Mistake(signIn, t`The server answered ${status} at ${pathname} before the API was asked: sign in, or let the API decide who may see what.`, 'unauthenticated', 401)
  if (redirected) return new Mistake(signIn, t`The server sent the request for ${pathname} on to ${new URL(arrived).pathname}, which is a web page: sign in there, or let the API answer 401.`, 'unauthenticated', 401)
  if (status === 404 || status === 405) return new Mistake(t`The API is not there`, t`Nothing answers at ${pathname} (${status}). Set api to the path at which the server mounts the API; it ends in /api/v1.`, 'not_found', 404)
  return new Mistake(t`This is not the API`, t`The address ${pathname} answered a web page instead of the API. Set api to the path of the API, e.g. /ops/jobs/api/v1, and let the server answer it before its own pages.`, 'not_found', 404)
}

/** A request to another origin that failed without an answer: browsers do not say why. */
export function notReached({ origin }: URL): Mistake {
  return new Mistake(
    t`Cannot reach the API`,
    t`${origin} did not answer this page. Either it is down, or it does not allow requests from ${location.origin}: list that in its allowedOrigins, or serve the API from the origin of the page.`,
    'unavailable',
    0,
  )
}
