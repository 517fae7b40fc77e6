import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type { AuditEvent } from '../../schemas/audit.ts'
import { formatCount } from '../../schemas/plural.ts'
import { OpsElement } from '../core/element.ts'
import { element } from '../core/register.ts'
import { base } from '../theme/base.ts'
import type { FilterValues } from './audit-filters.ts'
import { chipStyles } from './chip.ts'
import './copy.ts'
import { difference, diffStyles, json } from './diff.ts'
import { outcomeChip } from './outcome-chip.ts'
import { forensicsHref, subjectLink, subjectTypeLabel } from './subject-link.ts'
import { tableStyles } from './table.ts'
import './time.ts'

const detailStyles = css`
  :host {
    display: grid;
    gap: 12px;
    padding: 14px 16px;
    background: none;
  }
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: 12px 32px;
  }
  .sides section {
    display: grid;
    gap: 6px;
    align-content: start;
  }
  .sides dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 4px 12px;
    align-content: start;
    font-size: 13px;
  }
  .sides dt {
    color: var(--_muted);
  }
  .sides dd {
    overflow-wrap: anywhere;
  }
  /* In line with what is not copied. */
  ops-copy[whole] {
    margin-inline-start: -5px;
  }
  .event-foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  @container ops-page (max-width: 860px) {
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    :host {
      padding: 12px 0 4px;
    }
  }
`

/**
 * Everything one event holds.
 *
 * @tag ops-event-details
 */
@element('ops-event-details')
export class OpsEventDetails extends OpsElement {
  static override styles = [base, tableStyles, chipStyles, diffStyles, detailStyles]

  @property({ attribute: false }) event!: AuditEvent
  /** Filters the surrounding list. */
  @property({ attribute: false }) narrow: (change: Partial<FilterValues>) => void = () => undefined

  override render() {
    const { base, event, narrow } = this
    const { actor, subject } = event
    return html`<div class="sides">
        <section aria-label="What changed">
          ${event.reason ? html`<h3>Reason</h3><p class="quote">${event.reason}</p>` : nothing}
          <h3>Before and after</h3>
          ${changes(event)}
          ${Object.keys(event.metadata).length > 0 ? html`<h3>Metadata</h3>${json(event.metadata)}` : nothing}
        </section>
        <dl>
          ${fact('Occurred', html`<ops-time at=${event.occurredAt} show="exact" precise></ops-time><br />${copy('instant', event.occurredAt, true)}`)}
          ${fact('Outcome', html`${outcomeChip(event.outcome)} ${event.code ? html`<code>${event.code}</code>` : nothing}`)}
          ${fact('Action', html`<code>${event.action}</code>`)}
          ${fact('Actor', html`${actor.label} <span class="muted">${actor.type}</span> ${copy('actor id', actor.id)}`)}
          ${fact('Subject', html`<span class="muted">${subjectTypeLabel(subject.type)}</span> ${subjectLink(base, subject)} ${copy('subject id', subject.id)}`)}
          ${fact('Source', event.source)} ${fact('Event id', copy('event id', event.id, true))}
          ${fact('Request id', copy('request id', event.requestId, true))}
          ${event.previewId ? fact('Preview id', copy('preview id', event.previewId, true)) : nothing}
          ${event.jobs ? fact('Jobs', html`<span class="num">${formatCount(event.jobs)}</span>`) : nothing}
          ${event.bulkId
            ? fact('Bulk run', html`<a href=${forensicsHref(base, { type: 'bulk', id: event.bulkId })}>Outcomes of its jobs</a> ${copy('bulk id', event.bulkId)}`)
            : nothing}
        </dl>
      </div>
      <div class="event-foot">
        <button type="button" class="button" @click=${() => narrow({ actor: actor.id, actorType: actor.type })}>Only this actor</button>
        <button type="button" class="button" @click=${() => narrow({ subjectType: subject.type, subjectId: subject.id })}>Only this subject</button>
        <a href=${forensicsHref(base, { type: 'audit_event', id: event.id })}>Evidence around it</a>
        <a href="${base}/audit?event=${encodeURIComponent(event.id)}">Link to this event</a>
        <span class="muted small">An event cannot be edited or removed.</span>
      </div>`
  }
}

function changes({ before, after, outcome }: AuditEvent) {
  if (before || after) return difference(before, after)
  if (outcome === 'denied' || outcome === 'failed') return html`<p class="muted">Nothing was changed by this attempt.</p>`
  return html`<p class="muted">This event records no state before or after.</p>`
}

function fact(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`
}

function copy(label: string, value: string, whole = false) {
  return html`<ops-copy label=${label} value=${value} ?whole=${whole}></ops-copy>`
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-event-details': OpsEventDetails
  }
}
