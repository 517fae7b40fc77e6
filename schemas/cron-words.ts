/** Vocabulary of cron entries, in its own file so that only the elements that need it load it. */

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

/** The orders of the list. */
export const cronSorts = { name: 'name', next: 'next run', health: 'health' } as const
/** What the list can be grouped by; the groups come first in the order. */
export const cronGroups = { source: 'source', queue: 'queue' } as const

export type CronSort = keyof typeof cronSorts
export type CronGroup = keyof typeof cronGroups
export type SlotOutcome = keyof typeof slotOutcomes
export type OverlapPolicy = keyof typeof overlapPolicies
export type CatchUpPolicy = keyof typeof catchUpPolicies
export type CronSource = keyof typeof cronSources

/** Maximum number of recent slots in the strip of an entry. */
export const maxRecentSlots = 36
