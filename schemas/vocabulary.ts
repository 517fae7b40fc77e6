/** The frozen vocabulary of the product, with the label of each word. Must not import zod, because elements load this file. */

export * from './actions.ts'
export * from './bulk-words.ts'
export * from './cron-words.ts'
export * from './queue-words.ts'
export * from './executor-words.ts'
export * from './forensics-words.ts'
export * from './incident-words.ts'
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

/** Whose audit events a list has. */
export const actorKinds = {
  people: 'people',
  accounts: 'people and services',
  system: 'the system',
} as const

export const followUpStatuses = {
  unconfigured: 'unconfigured',
  invoked: 'invoked',
  failed: 'failed',
} as const

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

/** The diagnosis of a queue, which determines its operator status. */
export const queueDiagnoses = {
  paused: 'paused',
  stuck: 'jobs are waiting and none has started for ten minutes',
  no_executor: 'jobs are waiting and no executor is seen',
  saturated: 'jobs are waiting and every slot is held',
  incident: 'an incident is open',
  working: 'jobs are waiting and being started',
  idle: 'no job is waiting',
  not_measured: 'not measured yet',
  not_looked: 'not measured',
} as const

/** Why a job is not running, as far as the engine reports it. */
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

/** How a count was obtained. */
export const countMethods = { exact: 'exact', capped: 'at least', estimated: 'estimated' } as const

export type Provenance = keyof typeof provenances
export type PreviewStatus = keyof typeof previewStatuses
export type AuditOutcome = keyof typeof auditOutcomes
export type FollowUpStatus = keyof typeof followUpStatuses
export type EventSource = keyof typeof eventSources
export type Risk = keyof typeof risks
export type JobState = keyof typeof jobStates
export type QueueDiagnosis = keyof typeof queueDiagnoses
export type WaitReason = keyof typeof waitReasons
export type CountMethod = keyof typeof countMethods
