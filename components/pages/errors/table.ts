import { html, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { ErrorGroup } from '../../../schemas/error-group.ts'
import { t, tr } from '../../core/words.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { tagStyles } from '../../parts/tag.ts'
import { term } from '../../parts/term.ts'
import { errorRow, type RowContext } from './row.ts'

export { timeOfDay } from '../../core/time.ts'
export { segments } from '../../parts/segments.ts'

export const styles = [histogramStyles, segmentStyles, tagStyles]

export interface ErrorTable extends Pick<RowContext, 'range' | 'locale' | 'toggle' | 'rowActions'> {
  /** What is shown is not what was asked for last. */
  stale: boolean
  /** Heading of the column of bars. */
  last: string
  /** Fingerprint of the unfolded group. */
  open: string
  unfold: (group: ErrorGroup) => unknown
}

/** The groups of errors, loaded while they are read. */
export function errorTable(items: ErrorGroup[], { stale, last, open, unfold, ...row }: ErrorTable): TemplateResult {
  const top = Math.max(1, ...items.flatMap(({ histogram }) => histogram.counts.map((count) => count ?? 0)))
  const column = (title: unknown, name = '') => html`<th scope="col" role="columnheader" class=${name}>${title}</th>`
  return html`<div class="card errors ${stale ? 'stale' : ''}">
    <table role="table" aria-label=${t`Errors`}>
      <thead role="rowgroup">
        <tr role="row">
          ${column(tr`Error, worker, ${term('fingerprint', t`fingerprint`)}`)} ${column(t`State`)} ${column(t`Failed`, 'count')} ${column(last)} ${column(t`Last, first seen`)} ${column(t`Versions`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          items,
          ({ fingerprint }) => fingerprint,
          (group) => html`${errorRow(group, { ...row, open: group.fingerprint === open, top, explains: { state: group === items.find(({ state }) => state === group.state), burst: group === items.find(({ burst }) => burst?.active) } })} ${group.fingerprint === open ? unfold(group) : ''}`,
        )}
      </tbody>
    </table>
  </div>`
}
