import type { ViewAction } from './views.ts'
import type { JobState } from './vocabulary.ts'

/**
 * Views, subjects and operations as data: labels, paths and legal states. The session, the operation pipeline, the audit log,
 * live hints, pages and elements all read these tables. Must not import zod, because elements load this file.
 */

export { type ViewAction, viewActions } from './views.ts'

/** `path`: where the pages show the subject, below the base; null if there is no such place. */
export const subjectTypes = {
  cron_entry: { label: 'cron entry', path: '/cron?entry={id}' },
  audit_event: { label: 'audit event', path: '/audit?event={id}' },
  job: { label: 'job', path: '/job/{id}' },
  queue: { label: 'queue', path: '/queue/{id}' },
  executor: { label: 'executor', path: '/executors?executor={id}' },
  bulk: { label: 'bulk run', path: '/list?bulk={id}' },
  webhook_delivery: { label: 'webhook', path: '/audit?subjectType=webhook_delivery&subjectId={id}' },
  error_group: { label: 'error', path: '/errors?group={id}' },
  incident: { label: 'incident', path: '/incident/{id}' },
  deploy: { label: 'deploy', path: '/audit?subjectType=deploy&subjectId={id}' },
} as const satisfies Record<string, { label: string; path: string | null }>
export type SubjectType = keyof typeof subjectTypes

/**
 * `view`: the view that a viewer of the subject needs. `topic`: the topic of its live hints. Only the server needs these, so they
 * are kept out of the table that every element loads.
 */
export const subjectAccess = {
  cron_entry: { view: 'view_cron', topic: 'cron' },
  audit_event: { view: 'view_audit', topic: 'audit' },
  job: { view: 'view_jobs', topic: 'jobs' },
  queue: { view: 'view_queues', topic: 'queues' },
  executor: { view: 'view_queues', topic: 'queues' },
  bulk: { view: 'view_jobs', topic: 'bulk' },
  error_group: { view: 'view_jobs', topic: 'errors' },
  incident: { view: 'view_incidents', topic: 'incidents' },
  webhook_delivery: { view: 'view_incidents', topic: 'incidents' },
  deploy: { view: 'view_overview', topic: 'deploys' },
} as const satisfies Record<SubjectType, { view: ViewAction; topic: string }>

export interface AskedNumber {
  /** Its key in `input`. */
  name: string
  label: string
  min: number
  max: number
}

interface OperationFacts {
  label: string
  /** What was done, to be followed by its subject: `Paused nightly_sync`. */
  done: string
  /** The operation that undoes it completely. */
  undoneBy?: string
  subject: SubjectType
  /** For operations on jobs: the states in which the operation is legal. */
  states?: readonly JobState[]
  /** The number it needs besides its subject; schema, dialog and command line derive their field from it. */
  asks?: AskedNumber
}

const ended = ['retryable', 'discarded', 'cancelled', 'completed'] as const
const unfinished = ['scheduled', 'available', 'executing', 'retryable'] as const

/** The actions that `authorize` receives for changes. */
export const operationActions = {
  pause_cron_entry: { label: 'Pause entry', done: 'Paused', undoneBy: 'resume_cron_entry', subject: 'cron_entry' },
  resume_cron_entry: { label: 'Resume entry', done: 'Resumed', undoneBy: 'pause_cron_entry', subject: 'cron_entry' },
  run_cron_entry: { label: 'Run now', done: 'Started a run of', subject: 'cron_entry' },
  skip_cron_slot: { label: 'Skip slot', done: 'Skipped a run of', subject: 'cron_entry' },
  unskip_cron_slot: { label: 'Run after all', done: 'Took back the skip of a run of', subject: 'cron_entry' },
  create_cron_entry: { label: 'Create entry', done: 'Created', subject: 'cron_entry' },
  update_cron_entry: { label: 'Change entry', done: 'Changed', subject: 'cron_entry' },
  delete_cron_entry: { label: 'Delete entry', done: 'Deleted', subject: 'cron_entry' },
  retry_job: { label: 'Retry', done: 'Retried', subject: 'job', states: ended },
  cancel_job: { label: 'Cancel', done: 'Cancelled', subject: 'job', states: unfinished },
  discard_job: { label: 'Discard', done: 'Discarded', undoneBy: 'restore_job', subject: 'job', states: unfinished },
  restore_job: { label: 'Restore', done: 'Restored', subject: 'job', states: ['discarded'] },
  rescue_job: { label: 'Rescue', done: 'Rescued', subject: 'job', states: ['executing'] },
  pause_queue: { label: 'Pause queue', done: 'Paused', undoneBy: 'resume_queue', subject: 'queue' },
  resume_queue: { label: 'Resume queue', done: 'Resumed', undoneBy: 'pause_queue', subject: 'queue' },
  scale_queue: { label: 'Change concurrency', done: 'Changed the concurrency of', subject: 'queue', asks: { name: 'limit', label: 'Jobs each executor runs at once', min: 1, max: 100_000 } },
  redeliver_webhook: { label: 'Send again', done: 'Sent again', subject: 'webhook_delivery' },
  mark_deploy: { label: 'Mark deploy', done: 'Marked the deploy of', subject: 'deploy' },
  resolve_error_group: { label: 'Resolve', done: 'Resolved', undoneBy: 'reopen_error_group', subject: 'error_group' },
  reopen_error_group: { label: 'Reopen', done: 'Reopened', subject: 'error_group' },
  silence_error_group: { label: 'Silence', done: 'Silenced', undoneBy: 'unsilence_error_group', subject: 'error_group' },
  unsilence_error_group: { label: 'End silence', done: 'Ended the silence of', subject: 'error_group' },
  acknowledge_incident: { label: 'Acknowledge', done: 'Acknowledged', undoneBy: 'unacknowledge_incident', subject: 'incident' },
  unacknowledge_incident: { label: 'Take back acknowledgement', done: 'Took back the acknowledgement of', subject: 'incident' },
  assign_incident: { label: 'Assign', done: 'Assigned', subject: 'incident' },
  note_incident: { label: 'Add note', done: 'Added a note to', subject: 'incident' },
  silence_incident: { label: 'Silence', done: 'Silenced', undoneBy: 'unsilence_incident', subject: 'incident' },
  unsilence_incident: { label: 'End silence', done: 'Ended the silence of', subject: 'incident' },
} as const satisfies Record<string, OperationFacts>
export type OperationAction = keyof typeof operationActions
export type Action = ViewAction | OperationAction

/** The operations on one type of subject, e.g. `OperationOn<'job'>`. */
export type OperationOn<Type extends SubjectType> = {
  [Name in OperationAction]: (typeof operationActions)[Name]['subject'] extends Type ? Name : never
}[OperationAction]

/** The operation that undoes this one completely, if there is one. */
export function undoneBy(action: OperationAction): OperationAction | undefined {
  return (operationActions[action] as OperationFacts).undoneBy as OperationAction | undefined
}

export function numberAskedBy(action: OperationAction): AskedNumber | undefined {
  return (operationActions[action] as OperationFacts).asks
}

export function operationsOn<Type extends SubjectType>(type: Type): OperationOn<Type>[] {
  return Object.keys(operationActions).filter((action) => operationActions[action as OperationAction].subject === type) as OperationOn<Type>[]
}

/** The label of an operation; the action itself if it is unknown, e.g. from another version. */
export function operationLabel(action: string): string {
  return Object.hasOwn(operationActions, action) ? operationActions[action as OperationAction].label : action
}

/** The topic of the live hints about what an operation changed. */
export function topicOf(action: OperationAction): string {
  return subjectAccess[operationActions[action].subject].topic
}

/** The view that shows a subject; undefined for a type without a page. */
export function viewOfSubject(type: string): ViewAction | undefined {
  return Object.hasOwn(subjectAccess, type) ? subjectAccess[type as SubjectType].view : undefined
}

/** Where the pages show a subject, below the base; its evidence if there is no such place. */
export function subjectPath(type: SubjectType, id: string): string {
  return subjectTypes[type].path?.replace('{id}', encodeURIComponent(id)) ?? evidencePath(type, id)
}

/** Path of the evidence about a subject. */
export function evidencePath(type: string, id: string): string {
  return `/forensics/${encodeURIComponent(type)}/${encodeURIComponent(id)}`
}

/** Path of the audit log, filtered by one subject. */
export function auditPath(type: string, id: string): string {
  return `/audit?subjectType=${encodeURIComponent(type)}&subjectId=${encodeURIComponent(id)}`
}
