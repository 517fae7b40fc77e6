import type { IncomingMessage } from 'node:http'
import type { Auth, Resource } from 'ops-powertools'
import { findByBearerToken, findPerson, type Person, type Role } from './people.ts'
import type { Sessions } from './sessions.ts'

/** The shop's login and permissions, for the operations layer. */
export function shopAuth(sessions: Sessions): Auth<Person> {
  return {
    currentActor: (request) => currentPerson(request, sessions),
    authorize: ({ role }, action, resource) => (mayDo[role](action, resource) ? true : { allowed: false, reason: refusals[role] }),
    auditPrincipal: ({ name }) => ({ id: name, type: 'user', label: name }),
    signInUrl: (returnTo) => `/sign-in?${new URLSearchParams({ 'return-to': returnTo })}`,
    commandLineActor: (env) => (env.OPS_USER && findPerson(env.OPS_USER)) || null,
  }
}

/** Browsers send the session cookie, scripts a token. With a wrong token no one is signed in, whatever the cookie. */
async function currentPerson(request: IncomingMessage, sessions: Sessions): Promise<Person | null> {
  const { authorization } = request.headers
  if (authorization === undefined) return sessions.find(request)
  const [scheme = '', token = ''] = authorization.split(' ')
  return (scheme.toLowerCase() === 'bearer' && findByBearerToken(token)) || null
}

const mayDo: Record<Role, (action: string, resource: Resource) => boolean> = {
  ops: () => true,
  viewer: (action) => action.startsWith('view_'),
  support: (action, resource) => supportViews.includes(action) || (action === 'view_jobs' && concernsCustomers(resource)),
}

const supportViews = ['view_cron', 'view_audit']

/** The queues that customers ask about. */
const customerQueues = ['order_mail', 'payment_webhook']

/** Support may open the page; each listed job is checked separately. */
function concernsCustomers({ type, queue }: Resource): boolean {
  return type === 'page' || (queue !== undefined && customerQueues.includes(queue))
}

const refusals: Record<Role, string> = {
  ops: '',
  viewer: 'Your role is viewer; ask an operator with the role ops.',
  support: "Your role is support, which may only view cron, audit and customers' jobs; ask an operator with the role ops.",
}
