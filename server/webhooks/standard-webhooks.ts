import { createHash } from 'node:crypto'
import type { AuditEvent } from '../../schemas/index.ts'
import type { Endpoint, Escalation } from '../host/escalation.ts'
import { type Resolve, resolveBySystem } from './address.ts'
import { send } from './send.ts'
import { parseSecret, signatures } from './sign.ts'

/** One receiver of webhooks. */
export interface WebhookEndpoint {
  /** Identifies it on pages and in evidence, which never show its address: letters, digits, `-` and `_`, at most 50. */
  name: string
  /** https; http only with `allowPrivate`. */
  url: string
  /**
   * Each `whsec_` and 24 to 64 bytes in base64. Every one signs, so to change a secret, add the new one, let the receiver change, and
   * remove the old one. May be empty only where `format` is set, for receivers with a format of their own.
   */
  secrets: string[]
  /** Event types to send, or prefixes of them: `incident.opened`, or `incident.` for all incident events. Default: all. */
  events?: string[]
  /** Returns the JSON body, for receivers with their own format; see `slackMessage` and `pagerDutyEvent`. Undefined: nothing is sent. */
  format?(event: AuditEvent): unknown
  /** Allow addresses that are not public: this machine, private networks. Default false. */
  allowPrivate?: boolean
  /** Time limit of one attempt, at most 15,000 ms. Default 10,000. */
  timeoutMs?: number
  /** Certificates to trust instead of those of the system, in PEM format. */
  ca?: string
}

export interface StandardWebhooksOptions<Actor = unknown> {
  endpoints: WebhookEndpoint[]
  /** The host's own handler, which receives every event as well. */
  also?: Pick<Escalation, 'handle'>
  /**
   * An actor: messages contain the reasons, notes, labels and changes that the display policy lets it see. Without one, all
   * of these are left out, because the policy cannot be applied without an actor.
   */
  showAs?: Actor
  /** The URL of the pages, e.g. `https://admin.example.com/ops/jobs`; for links in messages. */
  base?: string
  /** Resolves a host name, for tests. Default: the system's resolver. */
  resolve?: Resolve
}

/**
 * An escalation handler that sends signed webhooks as specified by Standard Webhooks. Messages are stored in a table and retried
 * for a day until the receiver accepts them.
 *
 * @throws Error which names the endpoint and what was expected, and never a secret or an address
 * @example
 * escalation: standardWebhooks({ endpoints: [{ name: 'chat', url: process.env.CHAT_URL, secrets: [process.env.CHAT_SECRET] }] })
 */
export function standardWebhooks<Actor>({ endpoints, also, showAs, base, resolve = resolveBySystem }: StandardWebhooksOptions<Actor>): Escalation {
  const names = endpoints.map(({ name }) => name)
  const twice = names.find((name, place) => names.indexOf(name) !== place)
  if (twice !== undefined) throw new Error(`standardWebhooks: two endpoints are named '${twice}'; expected different names.`)
  if (base !== undefined && !isWebAddress(base)) throw new Error(`standardWebhooks: 'base' is not an http or https address; expected e.g. https://admin.example.com/ops/jobs.`)
  return {
    handle: (event) => also?.handle(event),
    webhooks: {
      endpoints: endpoints.map((endpoint) => checkedEndpoint(endpoint, resolve)),
      showAs: showAs === undefined ? null : { actor: showAs },
      base: base?.replace(/\/+$/, ''),
    },
  }
}

const maxTimeoutMs = 15_000

function checkedEndpoint(given: WebhookEndpoint, resolve: Resolve): Endpoint {
  const { name, events, format, allowPrivate = false, timeoutMs = 10_000, ca } = given
  if (typeof name !== 'string' || !/^[\w-]{1,50}$/.test(name)) throw new Error(`standardWebhooks: an endpoint's name is '${String(name).slice(0, 50)}'; expected letters, digits, - and _, at most 50.`)
  const wrong = (what: string) => new Error(`standardWebhooks: endpoint '${name}': ${what}`)
  const url = checkedUrl(given.url, allowPrivate, wrong)
  const keys = given.secrets.map((secret, place) => {
    const key = parseSecret(secret)
    if (!key) throw wrong(`secret ${place + 1} of ${given.secrets.length} is not valid; expected whsec_ and 24 to 64 bytes in base64.`)
    return key
  })
  if (!keys.length && !format) throw wrong('it has no secret; expected at least one, because receivers cannot trust unsigned messages.')
  if (!(timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) throw wrong(`timeoutMs is ${timeoutMs}; expected 1 to ${maxTimeoutMs}.`)
  return {
    name,
    addressHash: createHash('sha256').update(url.href).digest('hex').slice(0, 16),
    accepts: (eventType) => !events || events.some((type) => eventType === type || (type.endsWith('.') && eventType.startsWith(type))),
    format,
    send: ({ id, body, timestamp, traceParent }) => {
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(keys.length && { 'webhook-signature': signatures(keys, { id, timestamp, body }) }),
        ...(traceParent !== undefined && { traceparent: traceParent }),
      }
      return send({ url, headers, body, timeoutMs, allowPrivate, resolve, ca }).catch(() => ({ failure: 'connection' as const }))
    },
  }
}

function checkedUrl(given: unknown, allowPrivate: boolean, wrong: (what: string) => Error): URL {
  if (typeof given !== 'string' || !isWebAddress(given)) throw wrong('its url is not an http or https address.')
  const url = new URL(given)
  if (url.username || url.password) throw wrong('its url has a user name or a password; expected none.')
  if (url.protocol !== 'https:' && !allowPrivate) throw wrong('its url is not https; http is allowed only with allowPrivate.')
  return url
}

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
