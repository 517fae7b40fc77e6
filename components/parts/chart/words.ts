import { duration } from '../../core/time.ts'
import { t } from '../../core/words.ts'
import { describe } from '../sparkline.ts'
import type { ChartMark, Frame, Step } from './geometry.ts'

export interface Figures {
  steps: Step[]
  gaps: [Step, Step][]
  marks: ChartMark[]
  frame: Frame
  format: (value: number) => string
  clock: (time: number) => string
}

/** The text alternative of the chart: its trend, failures, times without measurements, and deploys. */
export function summaryOf({ steps, gaps, marks, frame, format, clock }: Figures): string {
  const measured = steps.flatMap(({ at, value }) => (value === null ? [] : [{ at: new Date(at).toISOString(), value }]))
  const failed = steps.reduce((sum, each) => sum + each.failed, 0)
  const unmeasured = gaps.reduce((sum, [first, last]) => sum + last.at + frame.step - first.at, 0)
  const deploys = marks.filter(({ kind }) => kind === 'deploy').map(({ label, at }) => t`${label} at ${clock(Date.parse(at))}`)
  return [
    describe(measured, format),
    ...(failed > 0 ? [t`${format(failed)} failed in all`] : []),
    ...(unmeasured > 0 && measured.length > 0 ? [t`not measured for ${duration(unmeasured)}`] : []),
    ...(deploys.length > 0 ? [t`deployed ${deploys.join(', ')}`] : []),
  ].join('; ')
}

/** What one step shows, without its time: `41 jobs, 5 failed, v412 deployed`. */
export function stepWords(each: Step, { marks, frame, format }: Pick<Figures, 'marks' | 'frame' | 'format'>): string {
  const inside = marksOf(each, marks, frame)
  return [
    each.value === null ? t`not measured` : format(each.value),
    ...(each.failed > 0 ? [t`${format(each.failed)} failed`] : []),
    ...inside.map(({ kind, label }) => (kind === 'deploy' ? t`${label} deployed` : label)),
  ].join(', ')
}

function marksOf({ at }: Step, marks: ChartMark[], { step }: Frame): ChartMark[] {
  return marks.filter((mark) => Date.parse(mark.at) >= at && Date.parse(mark.at) < at + step)
}
