/** The frozen words of the product, with the label each surface shows. No zod here: elements load this file. */

export * from './status-words.ts'

/** Strongest first. */
export const provenances = {
  durable: 'durable',
  supporting: 'supporting evidence',
  bridge_only: 'Inspection only',
  unknown: 'unknown',
} as const

export const previewStatuses = {
  ready: 'Preview Ready',
  drifted: 'Drifted',
  expired: 'Expired',
  consumed: 'Consumed',
} as const

export const auditOutcomes = {
  succeeded: 'succeeded',
  denied: 'denied',
  failed: 'failed',
  requested: 'requested',
} as const

export const followUpStatuses = {
  unconfigured: 'unconfigured',
  invoked: 'invoked',
  failed: 'failed',
} as const

export const slotOutcomes = {
  on_time: 'on time',
  delayed: 'delayed',
  manual_run: 'manual run',
  skipped_overlap: 'skipped, overlap',
  queued_follow_up: 'queued follow-up',
  skipped_by_operator: 'skipped by operator',
  paused: 'paused',
  missed_fire: 'missed',
  scheduler_down: 'no scheduler',
  unknown: 'unknown',
} as const

export const overlapPolicies = {
  allow: 'allow overlap',
  skip: 'skip',
  queue_one: 'queue one',
  cancel_previous: 'cancel previous',
} as const

export const catchUpPolicies = { none: 'none', latest: 'latest', all: 'all' } as const

export const cronSources = { code: 'code', runtime: 'runtime', fixture: 'fixture' } as const

export const eventSources = { page: 'page', api: 'api', cli: 'cli', system: 'system' } as const

export const risks = { low: 'low risk', medium: 'medium risk', high: 'high risk' } as const

export const jobStates = {
  scheduled: 'scheduled',
  available: 'available',
  executing: 'executing',
  retryable: 'retryable',
  completed: 'completed',
  cancelled: 'cancelled',
  discarded: 'discarded',
} as const

/** What `authorize` is asked for a page or a read. */
export const viewActions = {
  view_overview: 'see the overview',
  view_cron: 'see cron entries',
  view_jobs: 'see jobs',
  view_queues: 'see queues',
  view_incidents: 'see incidents',
  view_forensics: 'see forensics',
  view_audit: 'see the audit log',
  view_bridge: 'see the engine dashboard',
} as const

/** What `authorize` is asked for a change. */
export const operationActions = {
  pause_cron_entry: 'Pause entry',
  resume_cron_entry: 'Resume entry',
  run_cron_entry: 'Run now',
  skip_cron_slot: 'Skip slot',
  create_cron_entry: 'Create entry',
  update_cron_entry: 'Change entry',
  delete_cron_entry: 'Delete entry',
  retry_job: 'Retry',
  cancel_job: 'Cancel',
  discard_job: 'Discard',
  restore_job: 'Restore',
  rescue_job: 'Rescue',
  pause_queue: 'Pause queue',
  resume_queue: 'Resume queue',
  scale_queue: 'Change concurrency',
} as const

/** How a job of a selection fared. `changed`: it was no longer as the operator saw it, so it was left alone. */
export const bulkOutcomes = {
  waiting: 'waiting',
  done: 'done',
  changed: 'changed since, left alone',
  missing: 'no longer there',
  locked: 'locked by its worker, left alone',
  refused: 'refused by the engine',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  aborted: 'not reached, aborted',
  not_eligible: 'not eligible from the start',
} as const

/**
 * What an ended run leaves over for another try, worst first: it did not happen, or nobody knows whether it did. What the engine
 * refused is among it, since most refusals pass. Jobs that are gone are not, nor those that were never to be changed.
 */
export const leftOverOutcomes = ['failed', 'refused', 'unconfirmed', 'changed', 'locked', 'aborted'] as const satisfies (keyof typeof bulkOutcomes)[]

export const bulkStatuses = {
  previewed: 'previewed',
  queued: 'queued',
  running: 'running',
  aborted: 'aborted',
  finished: 'finished',
} as const

/** Why a job does not run, as far as the engine lets us know. */
export const waitReasons = {
  queue_paused: 'queue paused',
  scheduled_until: 'scheduled',
  waits_for_dependency: 'waits for another job',
  attempts_used_up: 'attempts used up',
  no_executor: 'no executor seen',
  concurrency_limit: 'concurrency limit reached',
  rate_limit: 'rate limit reached',
  unknown: 'unknown',
} as const

/** How a figure was made. */
export const countMethods = { exact: 'exact', capped: 'at least', estimated: 'estimated' } as const

export const subjectTypes = {
  cron_entry: 'cron entry',
  audit_event: 'audit event',
  job: 'job',
  queue: 'queue',
  bulk: 'bulk run',
  incident: 'incident',
} as const

export type Provenance = keyof typeof provenances
export type PreviewStatus = keyof typeof previewStatuses
export type AuditOutcome = keyof typeof auditOutcomes
export type FollowUpStatus = keyof typeof followUpStatuses
export type SlotOutcome = keyof typeof slotOutcomes
export type OverlapPolicy = keyof typeof overlapPolicies
export type CatchUpPolicy = keyof typeof catchUpPolicies
export type CronSource = keyof typeof cronSources
export type EventSource = keyof typeof eventSources
export type Risk = keyof typeof risks
export type JobState = keyof typeof jobStates
export type ViewAction = keyof typeof viewActions
export type BulkOutcome = keyof typeof bulkOutcomes
export type BulkStatus = keyof typeof bulkStatuses
export type WaitReason = keyof typeof waitReasons
export type CountMethod = keyof typeof countMethods
export type OperationAction = keyof typeof operationActions
export type Action = ViewAction | OperationAction
export type SubjectType = keyof typeof subjectTypes
