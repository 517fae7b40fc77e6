import { css, html, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { AuditEvent } from '../../schemas/audit.ts'
import { eventTypes } from '../../schemas/event-types.ts'
import { auditOutcomes, operationActions, subjectTypes } from '../../schemas/vocabulary.ts'
import { instantFilter } from './instant-filter.ts'

export const filterNames = ['q', 'outcome', 'actor', 'actorType', 'eventType', 'action', 'subjectType', 'subjectId', 'from', 'to'] as const
export type FilterName = (typeof filterNames)[number]
export type FilterValues = Record<FilterName, string>

export interface AuditFilterForm {
  values: FilterValues
  /** Already loaded; what they hold is offered while typing. */
  events: AuditEvent[]
  change: (change: Partial<FilterValues>) => void
}

const rarer: FilterName[] = ['actorType', 'action', 'subjectType', 'subjectId', 'from', 'to']

/** What to look for. Each field applies when it is left, chosen or confirmed with Enter. */
export function auditFilters(form: AuditFilterForm): TemplateResult {
  const { values, events, change } = form
  // A field that was typed into and not applied yet is emptied too, although its value as a property has not changed.
  const clear = (event: Event) => {
    ;(event.target as HTMLButtonElement).form?.reset()
    change(Object.fromEntries(filterNames.map((name) => [name, ''])))
  }
  return html`<form class="filters card" role="search" aria-label="Filter the events" part="filters" @submit=${(event: Event) => event.preventDefault()}>
    <div class="fields">
      ${textField(form, 'q', 'Words in the reason', { type: 'search', maxlength: 200 })}
      ${choiceField(form, 'outcome', 'Outcome', auditOutcomes)}
      ${textField(form, 'actor', 'Actor id', { maxlength: 200, offers: events.map(({ actor }) => actor.id) })}
      ${textField(form, 'eventType', 'Event type', { maxlength: 100, offers: eventTypes.flatMap((type) => [type.replace(/\w+$/, ''), type]) })}
    </div>
    <details ?open=${rarer.some((name) => values[name])}>
      <summary>More filters</summary>
      <div class="fields">
        ${textField(form, 'actorType', 'Actor type', { maxlength: 200, offers: events.map(({ actor }) => actor.type) })}
        ${textField(form, 'action', 'Action', { maxlength: 100, offers: [...Object.keys(operationActions), ...events.map(({ action }) => action)] })}
        ${textField(form, 'subjectType', 'Subject type', { maxlength: 50, offers: Object.keys(subjectTypes) })}
        ${textField(form, 'subjectId', 'Subject id', { maxlength: 300, offers: events.map(({ subject }) => subject.id) })}
        ${instantField(form, 'from', 'From')} ${instantField(form, 'to', 'Until')}
      </div>
    </details>
    <button type="button" class="button clear" @mousedown=${keepField} @click=${clear}>Clear all</button>
  </form>`
}

/** The field being typed into is not left, so that it is not applied first, which could move the button from under the pointer. */
const keepField = (event: Event) => event.preventDefault()

interface TextOptions {
  type?: string
  maxlength: number
  offers?: string[]
}

function textField({ values, change }: AuditFilterForm, name: FilterName, label: string, { type = 'text', maxlength, offers = [] }: TextOptions) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name}
      type=${type}
      maxlength=${maxlength}
      list="${name}-offers"
      autocomplete="off"
      spellcheck="false"
      .value=${live(values[name])}
      @change=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value.trim() })}
    />
    <datalist id="${name}-offers">${[...new Set(offers)].map((offer) => html`<option value=${offer}></option>`)}</datalist>
  </div>`
}

function choiceField({ values, change }: AuditFilterForm, name: FilterName, label: string, table: Record<string, string>) {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <select id=${name} @change=${(event: Event) => change({ [name]: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${!values[name]}>any</option>
      ${Object.entries(table).map(([value, word]) => html`<option value=${value} ?selected=${values[name] === value}>${word}</option>`)}
    </select>
  </div>`
}

function instantField({ values, change }: AuditFilterForm, name: 'from' | 'to', label: string) {
  return instantFilter({ name, label, value: values[name], change: (value) => change({ [name]: value }) })
}

export const auditFilterStyles = css`
  .filters {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 8px 16px;
    padding: 12px 16px;
    margin-bottom: 12px;
  }
  .filters > .fields {
    grid-column: 1 / -1;
  }
  .filters details {
    grid-area: 2 / 1 / auto / -1;
  }
  .filters .clear {
    grid-area: 2 / 2;
  }
  .filters .fields {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 210px), 1fr));
    gap: 8px 12px;
  }
  .filters details .fields {
    margin-top: 16px;
  }
  .filters label {
    margin-bottom: 2px;
    font-size: 12px;
    color: var(--_muted);
  }
  .filters input,
  .filters select {
    width: 100%;
  }
  .filters .half {
    color: var(--_review);
    font-size: 12px;
  }
  .filters summary {
    width: max-content;
    padding-block: 4px;
    font-size: 13px;
    color: var(--_accent);
    cursor: pointer;
  }
  .filters .clear {
    align-self: start;
  }
  @container ops-page (max-width: 860px) {
    .filters .fields {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .filters .field.instant {
      grid-column: 1 / -1;
    }
  }
`
