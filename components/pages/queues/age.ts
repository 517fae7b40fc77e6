import { html, nothing, type TemplateResult } from 'lit'
import type { Queue } from '../../../schemas/queue.ts'
import { now } from '../../core/clock.ts'

/** Figures are measured every few seconds; older ones mean that nothing is measuring. */
const freshMs = 30_000

/** Marks stale figures, so that an old number does not look current. */
export function ageNote(queues: Queue[]): TemplateResult | typeof nothing {
  const oldest = queues.map(({ asOf }) => asOf).toSorted()[0]
  if (!oldest || now() - Date.parse(oldest) < freshMs) return nothing
  return html`<p class="card old" role="note">
    <b>Figures are old.</b> They were last measured <ops-time at=${oldest}></ops-time>, and nothing is measuring now. You can still pause and resume.
  </p>`
}
