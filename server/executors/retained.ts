import type { Retained } from '../db/retained.ts'

/** With the runs that did not end well. An executor that never signed off expires with its last beat. */
export const retainedExecutors: Retained = {
  kind: 'executors',
  table: 'executor',
  at: 'beat_at',
  key: 'id',
  parts: { table: 'executor_run', of: 'executor_id', member: 'runs', order: 'started_at' },
}
