import { html, type TemplateResult } from 'lit'
import type { Queue } from '../../../schemas/queue.ts'
import { t } from '../../core/words.ts'
import { statusChip } from '../../parts/chip.ts'

/** The status from the server; one that is unknown has no colour, so that it never looks well. */
export function queueChip(status: Queue['status']): TemplateResult {
  return status === 'unknown' ? html`<span class="chip dashed" part="chip">${t`unknown`}</span>` : statusChip(status)
}
