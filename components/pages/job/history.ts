import { css, html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { countOf } from '../../../schemas/plural.ts'
import { outcomeChip } from '../../parts/outcome-chip.ts'
import { sentence } from '../../parts/sentence.ts'
import '../../parts/time.ts'

/** The job's timeline, newest first as everywhere. */
export function jobTimeline({ timeline }: JobDetail): TemplateResult {
  return html`<section class="card" aria-labelledby="timeline-title">
    <div class="section-head"><h3 id="timeline-title">Timeline</h3><span class="muted small">newest first</span></div>
    ${timeline.length === 0 ? html`<p class="muted none">The engine has recorded nothing.</p>` : nothing}
    <ol>
      ${timeline.toReversed().map(({ at, label }) => html`<li class="moment"><span class="mono"><ops-time at=${at} show="exact" precise></ops-time></span> <span class="wrap">${sentence(label)}</span></li>`)}
    </ol>
  </section>`
}

/** The job's audit events with actor and reason; absent if the actor may not see the audit log. */
export function jobEvents({ events }: JobDetail, base: string, more: string): TemplateResult | typeof nothing {
  if (!events) return nothing
  return html`<section class="card" aria-labelledby="events-title">
    <div class="section-head"><h3 id="events-title">Audit events</h3><a class="small way" href=${more}>See all</a></div>
    ${events.length === 0 ? html`<p class="muted none">No operation on this job is recorded.</p>` : nothing}
    <ol>
      ${events.map(
        (event) => html`<li class="moment">
          <span class="mono"><ops-time at=${event.occurredAt} show="exact"></ops-time></span>
          <span class="wrap">
            <a href="${base}/audit?event=${encodeURIComponent(event.id)}">${event.eventType}</a> ${outcomeChip(event.outcome)} by <b>${event.actor.label}</b>
            ${event.jobs && event.jobs > 1 ? html`<span class="muted">with ${countOf(event.jobs - 1, 'other')}</span>` : nothing}
            ${event.reason ? html`<br /><span class="quote muted">${event.reason}</span>` : nothing}
          </span>
        </li>`,
      )}
    </ol>
  </section>`
}

export const timelineStyles = css`
  .moment {
    display: grid;
    grid-template-columns: 190px minmax(0, 1fr);
    gap: 4px 12px;
    padding: 6px 16px;
    border-top: 1px solid var(--_line);
  }
  @container ops-page (max-width: 560px) {
    .moment {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
  }
`
