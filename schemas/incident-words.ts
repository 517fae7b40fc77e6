import type { OperatorStatus } from './status-words.ts'

/** The words about incidents. Must not import zod, because elements load this file. */

interface IncidentClassFacts {
  label: string
  /** Its operator status while it is pending or open. */
  status: OperatorStatus
}

/** What the detector recognizes. The status shows what an open incident of the class means for the work. */
export const incidentClasses = {
  engine_unreachable: { label: 'engine unreachable', status: 'blocked' },
  scheduler_down: { label: 'scheduler down', status: 'blocked' },
  stuck_queue: { label: 'stuck queue', status: 'blocked' },
  executor_missing: { label: 'executor missing', status: 'needs_review' },
  failure_burst: { label: 'failure burst', status: 'needs_review' },
  retry_exhausted: { label: 'retries exhausted', status: 'needs_review' },
  long_running_job: { label: 'long-running job', status: 'needs_review' },
  missed_fire: { label: 'missed run', status: 'needs_review' },
  orphan_request: { label: 'request without an outcome', status: 'needs_review' },
  saturated_queue: { label: 'saturated queue', status: 'waiting' },
} as const satisfies Record<string, IncidentClassFacts>
export type IncidentClassName = keyof typeof incidentClasses

/** `pending`: seen, but not for long enough to be sure. `resolved`: its evidence is gone; it reopens as the same incident. */
export const incidentStates = { pending: 'pending', open: 'open', resolved: 'resolved' } as const
export type IncidentState = keyof typeof incidentStates

/** How far figures may be trusted, by their age. */
export const figureAges = { fresh: 'fresh', lagging: 'lagging', unknown: 'unknown' } as const

/** The sources of the detector. */
export const incidentSources: Readonly<Record<string, string>> = {
  engine: 'the engine',
  queues: 'queues',
  running: 'running jobs',
  discarded: 'jobs that failed for good',
  executors: 'executors',
  missing: 'jobs of missing executors',
  errors: 'errors',
  cron: 'cron entries',
  requests: 'requests without an outcome',
}

/** Whom a list of incidents is limited to. */
export const incidentOwners = { me: 'Mine', nobody: 'Nobody on it' } as const
export type IncidentOwner = keyof typeof incidentOwners

/** What an incident is about; the keys that apply to its class are present. */
export interface IncidentScope {
  queue?: string
  /** Where it is about several queues; those that a viewer may not see are left out. */
  queues?: string[]
  worker?: string
  executor?: string
  host?: string
  cronEntry?: string
  slotAt?: string
  fingerprint?: string
  /** The audit event of a request whose outcome is unknown. */
  eventId?: string
  jobId?: string
}
