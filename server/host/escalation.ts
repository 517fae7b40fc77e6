import type { AuditEvent } from '../../schemas/index.ts'

/**
 * Told of repairs after they have committed, and of incidents. A failure undoes nothing; the outcome is recorded as a separate
 * audit event. Each message is told at least once, always with the same `event.id`.
 */
export interface Escalation {
  /** Must finish within 5 s, or it counts as failed and is called again later. The return value is stored as the outcome's detail. */
  handle(event: AuditEvent): Promise<string | void> | string | void
  /** Set by `standardWebhooks`: the endpoints that every message is sent to as well. */
  readonly webhooks?: Webhooks
}

/** Webhooks that have been checked. Made by `standardWebhooks`; hosts need not look inside. */
export interface Webhooks {
  readonly endpoints: readonly Endpoint[]
  /** The actor as whom texts are shown, wrapped because any value may be an actor; null: there is none, and texts are left out. */
  readonly showAs: { readonly actor: unknown } | null
  /** Without a trailing slash. */
  readonly base?: string
}

/** One receiver. Keeps its address and secrets where no log finds them. */
export interface Endpoint {
  readonly name: string
  /** Changes with the address, and does not reveal it. */
  readonly addressHash: string
  accepts(eventType: string): boolean
  /** What is sent, from the event as it may be shown; undefined: the standard message. */
  readonly format?: (event: AuditEvent) => unknown
  /** Signs and sends one message; never throws. */
  send(message: OutgoingMessage): Promise<Sent>
}

export interface OutgoingMessage {
  id: string
  body: string
  /** Unix time in seconds. */
  timestamp: number
  traceParent?: string
}

export type SendFailure = 'unresolved' | 'private_address' | 'timeout' | 'connection' | 'certificate' | 'redirect' | 'refused' | 'gone'

/** Without `failure` the receiver has accepted it. */
export interface Sent {
  status?: number
  failure?: SendFailure
  /** How long the receiver asked us to wait. */
  retryAfterMs?: number
}
