import { html, nothing, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../../schemas/audit.ts'
import { duration } from '../../core/time.ts'
import { t, tn } from '../../core/words.ts'

/** More batches than these are one line until asked for. */
const maxListed = 3

/** The events of one run, as far as they have been read. */
export interface Unfolded {
  items?: AuditEvent[]
  /** Why they could not be read. */
  failure?: string
  /** Every batch has a line. */
  each?: boolean
}

/** The events of a run but its first: its batches in one line, and what else befell it. */
export function runParts(first: AuditEvent, { items, failure, each = false }: Unfolded, row: (event: AuditEvent) => TemplateResult, showEach: () => void): TemplateResult {
  if (failure) return html`<div class="parts"><p class="note" role="alert">${failure}</p></div>`
  if (!items) return html`<div class="parts"><p class="note" role="status">${t`Loading…`}</p></div>`
  const others = items.filter(({ id }) => id !== first.id).toReversed()
  const batches = others.filter(({ metadata }) => typeof metadata.batch === 'number')
  const folded = batches.length > maxListed && !each
  const listed = folded ? others.filter((event) => !batches.includes(event)) : others
  return html`<div class="parts">
    ${batches.length === 0 ? html`<p class="note">${t`No batch has been recorded yet.`}</p>` : nothing}
    ${folded ? html`<p class="note num">${summaryOf(batches)} <button type="button" @click=${showEach}>${t`All ${batches.length}`}</button></p>` : nothing}
    <ul>
      ${listed.map(row)}
    </ul>
  </div>`
}

function summaryOf(batches: AuditEvent[]): string {
  const jobs = batches.reduce((sum, { jobs = 0 }) => sum + jobs, 0)
  const times = batches.map(({ occurredAt }) => Date.parse(occurredAt))
  const lasted = duration(Math.max(...times) - Math.min(...times))
  return t`${tn(batches.length, '# batch', '# batches')} · ${tn(jobs, '# job', '# jobs')} · ${lasted}`
}
