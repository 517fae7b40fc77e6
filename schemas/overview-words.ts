/** The words of the overview that do not depend on what is found. Must not import zod, because elements load this file. */

export const vitalLabels = {
  finished_per_minute: 'Finished per minute',
  failed_per_minute: 'Failed per minute',
  waiting_now: 'Waiting now',
  wait_p95_seconds: 'Wait, 95th percentile',
} as const

export const vitalUnits = { jobs: 'jobs', due: 'due jobs', forGood: 'for good', seconds: 's' } as const

export const waitNote = 'with those still waiting'

/** What a status is called where only the last day counts. */
export const resolvedRecently = 'Resolved Recently'

/** Where a bucket leads. */
export const bucketSteps = {
  incidents: 'Review incidents',
  jobs: 'Review discarded jobs',
  requests: 'Review unfinished requests',
  entries: 'Review cron entries',
  queues: 'Review queues',
  pausedEntries: 'Review paused entries',
  pausedQueues: 'Review paused queues',
  runnableEntries: 'Review runnable entries',
  resolvedIncidents: 'Review resolved incidents',
  endedPauses: 'Review ended pauses',
} as const
