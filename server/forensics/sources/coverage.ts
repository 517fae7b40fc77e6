import type { EvidenceGap } from '../../../schemas/index.ts'
import type { Source } from '../source.ts'
import { gapItem } from './gap-item.ts'

/** The stretches in which no scheduler is on record: what was due then is unknown or was not run. */
export const coverageSource: Source = {
  key: 'coverage',
  collect(_scope, { cron }) {
    const gaps = (cron?.gaps ?? []).map(({ from, to }): EvidenceGap => ({
      source: 'coverage',
      from: from.toISOString(),
      to: to.toISOString(),
      reason: 'No scheduler on record',
    }))
    return { items: gaps.map(gapItem), gaps, withheld: [] }
  },
}
