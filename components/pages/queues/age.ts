import { html, nothing, type TemplateResult } from 'lit'
import type { Queue } from '../../../schemas/queue.ts'
import { t, tr } from '../../core/words.ts'

/** Marks figures that have not been measured for more than a minute, so that an old number does not look current. */
export function ageNote(queues: Queue[]): TemplateResult | typeof nothing {
  const measured = queues.filter(({ diagnosis }) => diagnosis !== 'not_measured')
  if (measured.length === 0 || measured.some(({ age }) => age === 'fresh')) return nothing
  const newest = measured.map(({ asOf }) => asOf).toSorted().at(-1)!
  return html`<p class="card old" role="note">
    <b>${t`Figures are old.`}</b> ${tr`They were last measured ${html`<ops-time at=${newest}></ops-time>`}, and nothing is measuring now. You can still pause and resume.`}
  </p>`
}
