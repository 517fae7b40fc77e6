import { html, type TemplateResult } from 'lit'
import { t } from '../../core/words.ts'

const times = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)

/** Placeholders for the sentence, four figures and a list, in their final positions. */
export function overviewSkeleton(): TemplateResult {
  return html`<div class="skeleton" role="status" part="skeleton">
    <span class="hidden-text">${t`Loading`}</span>
    <div class="card headline">
      <i class="long"></i>
      <div class="vitals">${times(4, () => html`<div class="bones"><i></i><i class="tall"></i></div>`)}</div>
    </div>
    <div class="card bones rows">${times(4, () => html`<i></i>`)}</div>
  </div>`
}
