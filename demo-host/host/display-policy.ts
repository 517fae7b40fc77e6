import { type DisplayPolicy, hideSecrets } from 'ops-powertools'
import type { Person } from './people.ts'

/** The payment provider's keys, wherever somebody pasted one into a text. */
const providerKey = /\bsk_[a-z0-9_]{8,}/gi

/** What a support colleague may read of an entry's state before and after a change. */
const openState = new Set(['name', 'paused', 'pausedAt', 'pausedBy', 'resumeAt', 'status', 'expression', 'timezone', 'slotAt'])

const forSupport = '[hidden for support]'

/**
 * Support sees that something happened, to what and when, but no arguments and no free text. Everybody else sees
 * values without those under keys that look secret, which is the default, and without the provider's keys, which
 * this shop knows to look for in error texts.
 */
export const displayPolicy: DisplayPolicy<Person> = {
  display(kind, value, { actor }) {
    if (kind === 'actor_label') return value
    if (actor.role === 'support') return kind === 'audit_state' ? openStateOf(value) : forSupport
    return withoutProviderKeys(hideSecrets(value))
  },
}

function openStateOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return forSupport
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openState.has(key) ? inner : forSupport]))
}

function withoutProviderKeys(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(providerKey, '[key removed]')
  if (Array.isArray(value)) return value.map(withoutProviderKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutProviderKeys(inner)]))
}
