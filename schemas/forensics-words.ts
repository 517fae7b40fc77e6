import { slotOutcomes } from './cron-words.ts'

/** The words about chronologies and the picture of them in time. Must not import zod, because elements load this file. */

/**
 * Where a line of a chronology comes from; `group` is the chip that shows it. At the same instant, lines are in this order: what was
 * done stands above what followed from it.
 */
export const chronologySources = {
  deploy: { label: 'deploy', group: 'deploys', means: 'marked by the host' },
  audit: { label: 'audit', group: 'audit', means: 'written together with the change' },
  incident: { label: 'incident', group: 'incidents', means: 'recorded by the detector' },
  queue: { label: 'queue', group: 'engine', means: 'our record of the pause' },
  cron: { label: 'cron', group: 'cron', means: 'a row that the scheduler wrote' },
  coverage: { label: 'coverage', group: 'cron', means: 'derived from the expression and from when a scheduler was alive' },
  engine: { label: 'engine', group: 'engine', means: 'what the engine stored' },
  executor: { label: 'executor', group: 'executors', means: 'heartbeats' },
  error: { label: 'errors', group: 'errors', means: 'failures grouped by fingerprint' },
  measurement: { label: 'measurement', group: 'measurements', means: 'figures measured in the background' },
} as const satisfies Record<string, { label: string; group: string; means: string }>
export type ChronologySource = keyof typeof chronologySources

/** Groups of sources, by which a chronology is filtered. */
export const chronologyGroups = {
  audit: 'Audit',
  cron: 'Cron',
  engine: 'Engine',
  incidents: 'Incidents',
  executors: 'Executors',
  errors: 'Errors',
  deploys: 'Deploys',
  measurements: 'Measured',
} as const
export type ChronologyGroup = keyof typeof chronologyGroups

/** The lanes of a picture in time, from top to bottom. */
export const timelineLanes = {
  slots: 'Slots',
  attempts: 'Attempts',
  scheduler: 'Scheduler',
  beats: 'Heartbeats',
  measured: 'Measured',
  incidents: 'Incidents',
  changes: 'Changes',
  deploys: 'Deploys',
} as const
export type TimelineLaneKey = keyof typeof timelineLanes

/** How a mark is drawn in a picture in time, and its word in the legend. */
export const timelineMarks = {
  ...slotOutcomes,
  coming: 'coming',
  coming_skipped: 'will be skipped',
  change: 'change',
  system_change: 'by the system',
  refused: 'refused or failed',
  deploy: 'deploy',
  succeeded: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  running: 'executing',
  ended: 'ended',
  incident: 'incident',
  beats: 'heartbeats',
} as const
export type TimelineMark = keyof typeof timelineMarks

/** The windows a reader can choose, in seconds. A job, a bulk run or an incident is shown over its whole life instead. */
export const forensicRanges = {
  '1h': { label: '1 h', seconds: 3_600 },
  '24h': { label: '24 h', seconds: 86_400 },
  '21d': { label: '21 days', seconds: 21 * 86_400 },
  '90d': { label: '90 days', seconds: 90 * 86_400 },
} as const
export type ForensicRange = keyof typeof forensicRanges
