/** Every type of event that is recorded: the server writes no other, and filters offer these. */
export const eventTypes = [
  'cron.paused',
  'cron.resumed',
  'cron.run_now',
  'cron.slot_skipped',
  'cron.created',
  'cron.updated',
  'cron.deleted',
  'cron.declared',
  'cron.reconfigured',
  'cron.retired',
  'job.retried',
  'job.cancelled',
  'job.discarded',
  'job.restored',
  'job.rescued',
  'queue.paused',
  'queue.resumed',
  'queue.scaled',
  'bulk.started',
  'bulk.finished',
  'bulk.aborted',
  'audit.exported',
  'jobs.exported',
  'bulk.exported',
  'preview.refused',
  'refusals.folded',
  'host.follow_up',
] as const
export type EventType = (typeof eventTypes)[number]

/** Types that begin so, e.g. all of `job.`; one that is written in full is among them, also when only an older version knew it. */
export function eventTypesFrom(beginning: string): string[] {
  return [...new Set([beginning, ...eventTypes.filter((type) => type.startsWith(beginning))])]
}
