import type { QueueRange } from '../../../schemas/queue.ts'

export const queueRanges = { '1h': '1 h', '6h': '6 h', '24h': '24 h' } as const satisfies Record<QueueRange, string>

/** What the chart can show. */
export const metrics = { waiting: 'Waiting', started: 'Started, failed', wait: 'Wait', run: 'Run time' } as const
export type Metric = keyof typeof metrics
