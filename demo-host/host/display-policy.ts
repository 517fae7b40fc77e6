import { type DisplayPolicy, hideSecrets } from 'ops-powertools'
import type { Person } from './people.ts'

/** The payment provider's keys, wherever one occurs in free text. */
const providerKey = /\bsk_[a-z0-9_]{8,}/gi

/** The fields of an entry's state before and after a change that support may read. */
const openState = new Set(['name', 'paused', 'pausedAt', 'pausedBy', 'resumeAt', 'status', 'expression', 'timezone', 'slotAt'])

const forSupport = '[hidden for support]'

/**
 * Support sees that something happened, to what and when, but no arguments and no free text. For everyone else
 * the default applies, which hides values under keys that look secret, and the provider's keys are removed
 * from error texts.
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
