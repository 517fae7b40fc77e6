import type { IncomingMessage } from 'node:http'
import type { Auth, Resource } from 'ops-powertools'
import { findByBearerToken, findPerson, type Person, type Role } from './people.ts'
import type { Sessions } from './sessions.ts'

/** The shop's login and permissions, as the operations layer asks for them. */
export function shopAuth(sessions: Sessions): Auth<Person> {
  return {
    currentActor: (request) => currentPerson(request, sessions),
    authorize: ({ role }, action, resource) => (mayDo[role](action, resource) ? true : { allowed: false, reason: refusals[role] }),
    auditPrincipal: ({ name }) => ({ id: name, type: 'user', label: name }),
    signInUrl: (returnTo) => `/sign-in?${new URLSearchParams({ 'return-to': returnTo })}`,
    commandLineActor: (env) => (env.OPS_USER && findPerson(env.OPS_USER)) || null,
  }
}

/** Browsers come with the session cookie, scripts with a token. A wrong token is nobody, whatever the cookie says. */
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

/** The queues about which customers write. */
const customerQueues = ['order_mail', 'payment_webhook']

/** The page may be opened; what it lists is asked about job by job. */
function concernsCustomers({ type, queue }: Resource): boolean {
  return type === 'page' || (queue !== undefined && customerQueues.includes(queue))
}

const refusals: Record<Role, string> = {
  ops: '',
  viewer: 'Your role is viewer; ask an operator with the role ops.',
  support: 'Your role is support, which may look at cron, audit and the jobs of customers only; ask an operator with the role ops.',
}
