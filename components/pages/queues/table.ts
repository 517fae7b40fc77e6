import { html, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Queue } from '../../../schemas/queue.ts'
import { t, tr } from '../../core/words.ts'
import { histogramStyles } from '../../parts/histogram.ts'
import { segmentStyles } from '../../parts/segments.ts'
import { term } from '../../parts/term.ts'
import '../../parts/time.ts'
import { number } from './figures.ts'
import { queueRow } from './row.ts'

export { segments } from '../../parts/segments.ts'
export { ageNote } from './age.ts'
export { topOf } from './row.ts'

export const styles = [histogramStyles, segmentStyles]

/** The queues, one line each; loaded while they are read. */
export function queueTable(items: Queue[], row: Parameters<typeof queueRow>[1]): TemplateResult {
  const { top, locale } = row
  const head = (kind: string, text: unknown) => html`<th scope="col" role="columnheader" class=${kind}>${text}</th>`
  return html`<table role="table" aria-label=${t`Queues`}>
    <thead role="rowgroup">
      <tr role="row">
        ${head('name', t`Queue`)} ${head('status', t`Status and cause`)} ${head('num', tr`Oldest${html`<br />`}waiting`)}
        ${head('num', html`${t`Waiting, last hour`}${top > 0 ? html`<small>${t`one scale, 0–${number(top, locale)}`}</small>` : ''}`)} ${head('num', tr`Started${html`<br />`}/min`)} ${head('num', tr`Failed${html`<br />`}/min`)}
        ${head('num', term('p95', tr`p95${html`<br />`}wait`))} ${head('num', tr`Execu-${html`<br />`}tors`)} ${head('num do', t`Pause`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${repeat(
        items,
        ({ name }) => name,
        (queue) => queueRow(queue, row),
      )}
    </tbody>
  </table>`
}
