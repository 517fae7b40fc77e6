import type { Engine } from '../../server/index.ts'

/** An engine without jobs, for tests of what has nothing to do with any. */
export const idleEngine = {
  name: 'idle', transactional: false, capabilities: { enqueue: false, cancelExecuting: false, keepsFinishedJobs: false }, lacks: {}, attemptHistory: 'none',
  check: async () => ({ ok: true, version: '1', detail: 'it has no jobs' }),
  enqueue: async () => ({ id: '', queue: '' }), find: async () => [], cancel: async () => {}, list: async () => ({ jobs: [] }), select: async () => ({ jobs: [] }),
  count: async () => ({ count: 0, how: 'exact' }), hints: async () => [], read: async () => [], detail: async () => null, act: async () => [], readQueue: async () => null,
  measure: async () => ({ waiting: 0, executing: 0, finished: 0, waitP95Seconds: null, how: 'exact', queues: [] }),
} as Engine
