import type { Retained } from '../db/retained.ts'

/** With the outcome of each job. The audit log keeps what a run did to which job. */
export const retainedRuns: Retained = {
  kind: 'bulk_runs',
  table: 'bulk_run',
  at: 'created_at',
  key: 'id',
  only: `status in ('finished', 'aborted')`,
  parts: { table: 'bulk_batch', of: 'bulk_id', member: 'batches', order: 'number' },
}

export const retainedPreviews: Retained = { kind: 'previews', table: 'preview', at: 'expires_at', key: 'id' }
