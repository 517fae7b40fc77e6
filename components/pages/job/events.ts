import { html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { t, tn, tr } from '../../core/words.ts'
import { outcomeChip } from '../../parts/outcome-chip.ts'
import '../../parts/time.ts'

const maxShown = 5

/** What was done to the job, with actor and reason; absent if the actor may not see the audit log. */
export function jobEvents({ events }: JobDetail, base: string, more: string): TemplateResult | typeof nothing {
  if (!events) return nothing
  return html`<section class="card padded" aria-labelledby="events-title">
    <div class="section-head"><h3 id="events-title">${t`Audit`}</h3><a class="small way" href=${more}>${t`All events`}</a></div>
    ${events.length === 0 ? html`<p class="muted small">${t`Nothing was done to this job here.`}</p>` : nothing}
    <ol class="events">
      ${events.slice(0, maxShown).map(
        (event) => html`<li class="wrap small">
          <ops-time class="muted" at=${event.occurredAt} show="relative"></ops-time>
          ${tr`${html`<b>${event.actor.label}</b>`}: ${html`<a class="linked" href="${base}/audit?event=${encodeURIComponent(event.id)}">${event.eventType}</a>`}`}
          ${event.outcome === 'succeeded' ? nothing : outcomeChip(event.outcome)}
          ${event.jobs && event.jobs > 1 ? html`<span class="muted">${tn(event.jobs - 1, 'with # other', 'with # others')}</span>` : nothing}
          ${event.reason ? html`<span class="quote muted">${event.reason}</span>` : nothing}
        </li>`,
      )}
    </ol>
  </section>`
}
