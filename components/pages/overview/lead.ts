import { html, type TemplateResult } from 'lit'
import type { Overview } from '../../../schemas/overview.ts'
import { t } from '../../core/words.ts'
import { emptyState } from '../../parts/quiet.ts'
import '../../parts/time.ts'
import { leadStyles } from './lead-styles.ts'
import { sentenceView, toneOf } from './sentence.ts'
import { type VitalContext, vitalView } from './vital.ts'

export { listText } from '../../core/lists.ts'
export const styles = [leadStyles]

/** What is wrong, in one sentence, and the four vital figures. */
export function overviewLead(overview: Overview, context: VitalContext): TemplateResult {
  return html`<section class="card headline ${toneOf(overview)}" part="headline" aria-label=${t`Is work moving?`}>
    ${sentenceView(overview)}
    <ul class="vitals">${overview.vitals.map((vital) => vitalView(vital, overview.chart, context))}</ul>
  </section>`
}

/** Nothing visible to this reader does not mean that nothing exists: something may be withheld. */
export function nothingThere(withheld: string[]): TemplateResult {
  const detail = withheld.length > 0 ? t`What your account may see is quiet.` : t`Whatever the host declares and runs appears here automatically.`
  return html`<div class="nothing">${emptyState(t`Nothing to operate`, detail)}</div>`
}
