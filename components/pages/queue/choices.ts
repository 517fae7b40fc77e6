import type { QueueRange } from '../../../schemas/queue.ts'
import { texts } from '../../core/words.ts'

export const queueRanges = texts({ '1h': '1 h', '6h': '6 h', '24h': '24 h' }) satisfies Record<QueueRange, string>

/** What the chart can show. */
export const metrics = texts({ waiting: 'Waiting', started: 'Started, failed', wait: 'Wait', run: 'Run time' })
export type Metric = keyof typeof metrics
