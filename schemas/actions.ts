import type { JobState } from './vocabulary.ts'

/**
 * Views, subjects and operations as data: what each is called, where it is found and what it is legal on. Session, pipeline,
 * audit log, live hints, pages and elements all read these tables. No zod here: elements load this file.
 */

interface View {
  label: string
  /** The id of the `page` resource that `authorize` is asked about. */
  page: string
  /** Addresses below the base that this view opens, the page itself first; `{name}` stands for what is shown there. */
  paths: readonly string[]
}

/** What `authorize` is asked for a page or a read. */
export const viewActions = {
  view_overview: { label: 'see the overview', page: 'overview', paths: [''] },
  view_cron: { label: 'see cron entries', page: 'cron', paths: ['/cron'] },
  view_jobs: { label: 'see jobs', page: 'jobs', paths: ['/list', '/job/{jobId}'] },
  view_queues: { label: 'see queues', page: 'queues', paths: ['/queues'] },
  view_incidents: { label: 'see incidents', page: 'incidents', paths: [] },
  view_forensics: { label: 'see forensics', page: 'forensics', paths: ['/forensics', '/forensics/{subjectType}/{subjectId}'] },
  view_audit: { label: 'see the audit log', page: 'audit', paths: ['/audit'] },
  view_bridge: { label: 'see the engine dashboard', page: 'bridge', paths: [] },
} as const satisfies Record<string, View>
export type ViewAction = keyof typeof viewActions

/** `path`: the subject's own place on the pages, below the base; null where there is none. */
export const subjectTypes = {
  cron_entry: { label: 'cron entry', path: '/cron?entry={id}' },
  audit_event: { label: 'audit event', path: '/audit?event={id}' },
  job: { label: 'job', path: '/job/{id}' },
  queue: { label: 'queue', path: '/queues?queue={id}' },
  bulk: { label: 'bulk run', path: '/list?bulk={id}' },
  incident: { label: 'incident', path: null },
} as const satisfies Record<string, { label: string; path: string | null }>
export type SubjectType = keyof typeof subjectTypes

/**
 * `view`: what a subject's viewer must be allowed. `topic`: the word of its live hints. Only the server needs them, so they stand
 * apart from what every element carries.
 */
export const subjectAccess = {
  cron_entry: { view: 'view_cron', topic: 'cron' },
  audit_event: { view: 'view_audit', topic: 'audit' },
  job: { view: 'view_jobs', topic: 'jobs' },
  queue: { view: 'view_queues', topic: 'queues' },
  bulk: { view: 'view_jobs', topic: 'bulk' },
  incident: { view: 'view_incidents', topic: 'incidents' },
} as const satisfies Record<SubjectType, { view: ViewAction; topic: string }>

export interface AskedNumber {
  /** In `input`. */
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
  /** Of an operation on jobs: the states it is legal in. */
  states?: readonly JobState[]
  /** The one number it needs besides its subject; schema, dialog and command line make their field of it. */
  asks?: AskedNumber
}

const ended = ['retryable', 'discarded', 'cancelled', 'completed'] as const
const unfinished = ['scheduled', 'available', 'executing', 'retryable'] as const

/** What `authorize` is asked for a change. */
export const operationActions = {
  pause_cron_entry: { label: 'Pause entry', done: 'Paused', undoneBy: 'resume_cron_entry', subject: 'cron_entry' },
  resume_cron_entry: { label: 'Resume entry', done: 'Resumed', undoneBy: 'pause_cron_entry', subject: 'cron_entry' },
  run_cron_entry: { label: 'Run now', done: 'Started a run of', subject: 'cron_entry' },
  skip_cron_slot: { label: 'Skip slot', done: 'Skipped a run of', subject: 'cron_entry' },
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
} as const satisfies Record<string, OperationFacts>
export type OperationAction = keyof typeof operationActions
export type Action = ViewAction | OperationAction

/** Operations on one type of subject, e.g. `OperationOn<'job'>`. */
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

/** What an operation is called; one that is not known, e.g. of another version, by its own word. */
export function operationLabel(action: string): string {
  return Object.hasOwn(operationActions, action) ? operationActions[action as OperationAction].label : action
}

/** Under which word live hints tell of what an operation changed. */
export function topicOf(action: OperationAction): string {
  return subjectAccess[operationActions[action].subject].topic
}

/** The view of a subject; undefined for a type that no page shows. */
export function viewOfSubject(type: string): ViewAction | undefined {
  return Object.hasOwn(subjectAccess, type) ? subjectAccess[type as SubjectType].view : undefined
}

/** A subject's own place on the pages, below the base; where it has none, its evidence. */
export function subjectPath(type: SubjectType, id: string): string {
  return subjectTypes[type].path?.replace('{id}', encodeURIComponent(id)) ?? evidencePath(type, id)
}

/** Where everything known of a subject is shown. */
export function evidencePath(type: string, id: string): string {
  return `/forensics/${encodeURIComponent(type)}/${encodeURIComponent(id)}`
}

/** The audit log, narrowed to one subject. */
export function auditPath(type: string, id: string): string {
  return `/audit?subjectType=${encodeURIComponent(type)}&subjectId=${encodeURIComponent(id)}`
}
