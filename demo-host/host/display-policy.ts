import type { DisplayPolicy } from 'ops-powertools'
import type { Person } from './people.ts'

/** The payment provider's keys, wherever somebody pasted one into a text. */
const providerKey = /\bsk_[a-z0-9_]{8,}/gi

/** What a support colleague may read of an entry's state before and after a change. */
const openState = new Set(['name', 'paused', 'pausedAt', 'resumeAt', 'status', 'expression', 'timezone', 'slotAt'])

/**
 * Support sees that something happened, to what and when, but no arguments and no free text. Everybody else sees texts
 * with the provider's keys cut out; for the rest the default applies, which hides values under keys that look secret.
 */
export const displayPolicy: DisplayPolicy<Person> = {
  display(kind, value, { actor }) {
    if (kind === 'actor_label') return undefined
    if (actor.role === 'support') return kind === 'audit_state' ? openStateOf(value) : '[hidden for support]'
    return typeof value === 'string' ? value.replace(providerKey, '[key removed]') : undefined
  },
}

function openStateOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '[hidden for support]'
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, openState.has(key) ? inner : '[hidden for support]']))
}
