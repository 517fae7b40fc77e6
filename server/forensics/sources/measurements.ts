import type { EvidenceGap } from '../../../schemas/index.ts'
import { listUnmeasured } from '../../figures/unmeasured.ts'
import { nothing, type Source } from '../source.ts'
import { gapItem } from './gap-item.ts'

/** The stretches without measurements, in which the figures of a queue are unknown. */
export const measurementSource: Source = {
  key: 'measurement',
  async collect(scope, { queue, incident }, window) {
    if (!queue && !incident) return nothing
    const { gaps, firstAt } = await listUnmeasured(scope, window)
    const unmeasured = gaps.map(({ from, to }): EvidenceGap => ({ source: 'measurement', from: from.toISOString(), to: to.toISOString(), reason: 'Nobody measured' }))
    return { items: unmeasured.map(gapItem), gaps: [...unmeasured, ...beforeTheFirst(firstAt, window)], withheld: [] }
  },
}

function beforeTheFirst(firstAt: Date | null, { from, to }: { from: Date; to: Date }): EvidenceGap[] {
  if (firstAt && firstAt <= from) return []
  return [{ source: 'measurement', from: from.toISOString(), to: (firstAt ?? to).toISOString(), reason: 'No measurement is kept' }]
}
