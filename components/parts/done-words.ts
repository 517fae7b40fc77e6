import type { OperationAction } from '../../schemas/vocabulary.ts'

/** What was done, to stand in front of its subject: `Paused nightly_sync`. */
export const doneWords: Record<OperationAction, string> = {
  pause_cron_entry: 'Paused',
  resume_cron_entry: 'Resumed',
  run_cron_entry: 'Started a run of',
  skip_cron_slot: 'Skipped a run of',
  create_cron_entry: 'Created',
  update_cron_entry: 'Changed',
  delete_cron_entry: 'Deleted',
  retry_job: 'Retried',
  cancel_job: 'Cancelled',
  discard_job: 'Discarded',
  restore_job: 'Restored',
  rescue_job: 'Rescued',
  pause_queue: 'Paused',
  resume_queue: 'Resumed',
  scale_queue: 'Changed the concurrency of',
}

/** What takes an operation back completely. */
export const undoneBy: Partial<Record<OperationAction, OperationAction>> = {
  pause_cron_entry: 'resume_cron_entry',
  resume_cron_entry: 'pause_cron_entry',
  discard_job: 'restore_job',
  pause_queue: 'resume_queue',
  resume_queue: 'pause_queue',
}
