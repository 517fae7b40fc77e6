import { css, html, nothing, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../schemas/audit.ts'
import { countOf } from '../../schemas/plural.ts'
import { outcomeChip } from './outcome-chip.ts'
import { subjectLink, subjectTypeLabel } from './subject-link.ts'
import './time.ts'

export interface EventRow {
  base: string
  open: boolean
  select: (event: MouseEvent, id: string) => void
}

export const eventColumns = ['Time', 'Event', 'Actor', 'Subject', 'Reason', 'Source']

/** One event per row: time, type, outcome, actor, subject, reason and source. */
export function eventRow(event: AuditEvent, { base, open, select }: EventRow): TemplateResult {
  const { actor, subject } = event
  return html`<tr role="row" class="event ${event.outcome} ${open ? 'selected' : ''}" part="row">
    <td role="cell" class="when">
      <ops-time at=${event.occurredAt} show="relative"></ops-time>
      <span class="sub"><ops-time at=${event.occurredAt} show="exact"></ops-time></span>
    </td>
    <th role="rowheader" scope="row" class="what">
      <a
        href="${base}/audit?event=${encodeURIComponent(event.id)}"
        data-event=${event.id}
        aria-expanded=${open}
        @click=${(click: MouseEvent) => select(click, event.id)}
        >${event.eventType}</a
      >
      <span class="sub">${outcomeChip(event.outcome)} ${event.code ? html`<code>${event.code}</code>` : nothing}</span>
    </th>
    <td role="cell" class="who"><b title=${actor.label}>${actor.label}</b> <span class="sub">${actor.type}</span></td>
    <td role="cell" class="whom">${subjectLink(base, subject)} <span class="sub">${subjectTypeLabel(subject.type) + partOf(event)}</span></td>
    <td role="cell" class="why">${event.reason ? html`<span class="quote clamp" title=${event.reason}>${event.reason}</span>` : html`<span class="muted">no reason given</span>`}</td>
    <td role="cell" class="from muted">${event.source}</td>
  </tr>`
}

/** A bulk run records one event per batch; the batch number and the number of jobs tell them apart. */
function partOf({ jobs, metadata: { batch } }: AuditEvent): string {
  return `${typeof batch === 'number' ? `, batch ${batch}` : ''}${jobs ? `, ${countOf(jobs, 'job')}` : ''}`
}

export const eventRowStyles = css`
  .what {
    padding: 9px 12px;
    font-size: var(--_size);
    vertical-align: top;
  }
  .what a {
    font-weight: 650;
  }
  .what .sub {
    margin-top: 2px;
  }
  tbody:last-child .event:last-child .what {
    border-bottom: 0;
  }
  .event {
    --tone: transparent;
  }
  .event.denied {
    --tone: var(--_blocked);
  }
  .event.failed {
    --tone: var(--_review);
  }
  .event.requested {
    --tone: var(--_waiting);
  }
  .event > .when {
    border-inline-start: 3px solid var(--tone);
  }
  .sub {
    display: block;
    font-size: var(--_small);
    font-weight: 400;
    color: var(--_muted);
  }
  .when {
    white-space: nowrap;
  }
  .who b {
    display: block;
    max-width: 180px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .whom {
    overflow-wrap: anywhere;
  }
  .selected > * {
    background: var(--_accent-soft);
  }
  .details > td {
    padding: 0;
    background: var(--_sunken);
  }
  @container ops-page (min-width: 861px) {
    .whom {
      width: 24%;
    }
    .why {
      width: 30%;
    }
  }
  @container ops-page (max-width: 860px) {
    .events,
    .events > tbody {
      display: block;
    }
    .events > thead {
      display: none;
    }
    .event {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 6px 16px;
      padding: 12px;
      border-bottom: 1px solid var(--_line);
      border-inline-start: 3px solid var(--tone);
    }
    .event.selected {
      background: var(--_accent-soft);
    }
    .event > .when,
    .event > .what,
    .event > td {
      padding: 0;
      border: 0;
    }
    .event .what {
      order: -1;
    }
    .when {
      text-align: end;
    }
    .why {
      grid-column: 1 / -1;
    }
    .from::before {
      content: 'from ';
    }
    .details,
    .details > td {
      display: block;
    }
    .details > td {
      padding: 0 12px 12px;
    }
  }
  @media (pointer: coarse) {
    .what a {
      display: inline-block;
      padding-block: 6px;
    }
  }
`
