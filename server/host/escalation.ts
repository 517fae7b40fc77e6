import type { AuditEvent } from '../../schemas/index.ts'

/** Called after a repair has committed. A failure undoes nothing; the outcome is recorded as a separate audit event. */
export interface Escalation {
  /** Must finish within 5 s, or it counts as failed. The return value is stored as the outcome's detail. */
  handle(event: AuditEvent): Promise<string | void> | string | void
}
