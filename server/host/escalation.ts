import type { AuditEvent } from '../../schemas/index.ts'

/** Told after a repair has committed. It may fail without undoing anything; its outcome is its own audit event. */
export interface Escalation {
  /** At most 5 s; later counts as failed. What it returns is stored as the outcome's detail. */
  handle(event: AuditEvent): Promise<string | void> | string | void
}
