import type { AuditEvent } from '../../schemas/audit.ts'
import type { OperationAction } from '../../schemas/actions.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { FilterDetail } from './filter.ts'
import type { NavigateDetail } from './navigate.ts'
import type { SubjectDetail } from './subject.ts'

/** Detail of `ops-operation`: what was done, or tried in vain. It holds nothing but names: no reason, no data, no token. */
export interface OperationDetail extends Pick<AuditEvent, 'action' | 'subject'> {
  outcome: 'succeeded' | 'requested' | 'failed'
  /** Id of the audit event, if one was recorded. */
  id?: string
  /** Type of the audit event, e.g. `cron.paused`. */
  eventType?: string
  /** When it was recorded, ISO-8601. */
  occurredAt?: string
  /** Id of the bulk run that the change belongs to. */
  bulkId?: string
  /** Why it failed. */
  code?: Problem['code']
}

/** Detail of `ops-problem`: a problem that is about to be shown. */
export type ProblemDetail = Pick<Problem, 'code' | 'status' | 'title' | 'detail' | 'requestId' | 'values'>

/** Detail of `ops-bulk`: where the progress and the outcome of many jobs at once can be read. */
export interface BulkDetail {
  id: string
  action: OperationAction
}

/** The events of the elements. All bubble and leave the shadow root. */
export interface OpsEventMap {
  'ops-navigate': CustomEvent<NavigateDetail>
  'ops-filter': CustomEvent<FilterDetail>
  'ops-operation': CustomEvent<OperationDetail>
  'ops-bulk': CustomEvent<BulkDetail>
  'ops-problem': CustomEvent<ProblemDetail>
  'ops-subject': CustomEvent<SubjectDetail>
}

declare global {
  /** Listeners on any element, the document and the window know the details. */
  interface GlobalEventHandlersEventMap extends OpsEventMap {}
}

/** Dispatches an event to the page; returns whether nobody prevented it. */
export function announce<Name extends keyof OpsEventMap>(from: EventTarget, name: Name, detail: OpsEventMap[Name]['detail'], cancelable = false): boolean {
  return from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }))
}
