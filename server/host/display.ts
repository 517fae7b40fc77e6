import type { ViewAction } from '../../schemas/index.ts'
import { isExactNumber, limitDepth, restoreExactNumbers } from '../engines/exact-json.ts'

/** The kind of a value, by which a policy can decide. */
export type DisplayKind =
  | 'actor_label'
  | 'reason'
  | 'job_args'
  | 'job_meta'
  | 'job_output'
  | 'job_error'
  | 'cron_args'
  | 'audit_state'
  | 'incident_evidence'

export interface DisplayContext<Actor = unknown> {
  /** Who is looking. */
  actor: Actor
  /** Where it will be shown: the surface of the read, or `preview`, `export`, `cli`, `webhook`. */
  surface: ViewAction | 'preview' | 'export' | 'cli' | 'webhook'
  /** What it belongs to, if known. */
  subject?: { type: string; id: string }
}

/**
 * The host's redaction. Runs on the server, so no client ever receives what it hides. Returns a replacement, or
 * undefined for the default: values under keys that look secret are hidden, everything else is shown. If it throws, the value reads `[redacted]`.
 */
export interface DisplayPolicy<Actor = unknown> {
  display(kind: DisplayKind, value: unknown, context: DisplayContext<Actor>): unknown
}

export const redacted = '[redacted]'
export const hidden = '[hidden]'

const secretKey =
  /pass(word|wd|phrase)|secret|token|authorization|api[-_]?key|access[-_]?key|private[-_]?key|credential|cookie|session[-_]?id|^(auth|jwt|bearer|pin|otp|cvv|cvc|ssn)$/i

/** The default policy: values under keys that look secret are hidden, at any depth that is shown. */
export function hideSecrets(value: unknown): unknown {
  return hide(limitDepth(value))
}

function hide(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hide)
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, secretKey.test(key) ? hidden : hide(inner)]),
  )
}

/** Passes one value through the policy. A failing policy never exposes the raw value. */
export function display<Actor>(
  policy: DisplayPolicy<Actor>,
  kind: DisplayKind,
  raw: unknown,
  context: DisplayContext<Actor>,
): unknown {
  if (raw === undefined || raw === null) return raw
  // Keeps the policy, and the processing of its result, from overflowing the stack.
  const value = limitDepth(raw)
  try {
    const shown = policy.display(kind, value, context)
    if (shown instanceof Promise) {
      shown.catch(() => {})
      return redacted // a policy is synchronous; a promise would be shown as an empty object
    }
    return shown === undefined ? hide(value) : restoreExactNumbers(shown, value)
  } catch {
    return redacted
  }
}
