import type { Retained } from '../db/retained.ts'

/** Groups by their last failure. What was counted minute by minute is kept for a week. */
export const retainedErrors: Retained = {
  kind: 'errors',
  table: 'error_group',
  at: 'last_seen_at',
  key: 'fingerprint',
}
