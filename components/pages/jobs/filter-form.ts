import { css, html, nothing, type TemplateResult } from 'lit'
import { instantOf, localMinute } from '../../parts/local-minute.ts'
import { exactTime, viewerZone } from '../../core/time.ts'
import { complaintAbout, type FilterName, filterLabels, filterNames, type FilterValues, timeFields } from './filters.ts'

export interface FilterForm {
  values: FilterValues
  /** Values the server knows, by field. */
  hints: Partial<Record<string, string[]>>
  /** What this engine cannot look for, with the reason. */
  lacks: Record<string, string>
  change: (change: Partial<FilterValues>) => void
  /** Asks for values that begin with what is typed. */
  ask: (field: 'queue' | 'worker' | 'tag', prefix: string) => void
}

const rarer: FilterName[] = ['args', 'cronEntry', 'from', 'to']

/** What to look for. Each field applies when it is left, chosen or confirmed with Enter. */
export function filterForm(form: FilterForm): TemplateResult {
  return html`<form class="filters card" role="search" aria-label="Filter the jobs" part="filters" @submit=${(event: Event) => event.preventDefault()}>
    <div class="fields">
      ${textField(form, 'queue', { hinted: true, maxlength: 300 })} ${textField(form, 'worker', { hinted: true, maxlength: 300 })}
      ${textField(form, 'tag', { hinted: true, maxlength: 300 })} ${textField(form, 'error', { maxlength: 300 })} ${textField(form, 'jobId', { maxlength: 400 })}
    </div>
    <details ?open=${rarer.some((name) => form.values[name])}>
      <summary>More filters</summary>
      <div class="fields rarer">
        ${argsField(form)} ${textField(form, 'cronEntry', { maxlength: 100 })} ${timeField(form)} ${instantField(form, 'from')} ${instantField(form, 'to')}
      </div>
    </details>
  </form>`
}

interface TextOptions {
  maxlength: number
  hinted?: boolean
}

function textField({ values, hints, lacks, change, ask }: FilterForm, name: FilterName, { maxlength, hinted = false }: TextOptions) {
  const lacking = lacks[`filter_${name}`]
  const offer = (event: Event) => hinted && ask(name as 'queue', (event.target as HTMLInputElement).value.trim())
  return html`<div class="field">
    <label for=${name}>${filterLabels[name]}</label>
    <input
      id=${name}
      maxlength=${maxlength}
      list=${hinted ? `${name}-offers` : nothing}
      autocomplete="off"
      spellcheck="false"
      ?disabled=${Boolean(lacking)}
      title=${lacking ?? nothing}
      aria-describedby=${lacking ? `${name}-lacks` : nothing}
      .value=${values[name]}
      @focus=${offer}
      @input=${offer}
      @change=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value.trim() })}
    />
    ${hinted ? html`<datalist id="${name}-offers">${(hints[name] ?? []).map((hint) => html`<option value=${hint}></option>`)}</datalist>` : nothing}
    ${lacking ? html`<span class="hidden-text" id="${name}-lacks">${lacking}</span>` : nothing}
  </div>`
}

/** A text that is no JSON object is kept where it stands, with what is wrong with it; only one that makes sense filters. */
function argsField({ values, lacks, change }: FilterForm) {
  const lacking = lacks.filter_args
  const changed = (event: Event) => {
    const field = event.target as HTMLInputElement
    const args = field.value.trim()
    field.setCustomValidity(complaintAbout(args))
    if (field.reportValidity()) change({ args })
  }
  return html`<div class="field">
    <label for="args">${filterLabels.args} <span class="muted">(JSON)</span></label>
    <input
      id="args"
      class="mono"
      maxlength="4000"
      autocomplete="off"
      spellcheck="false"
      placeholder=${'{"orderId":1}'}
      ?disabled=${Boolean(lacking)}
      title=${lacking ?? nothing}
      .value=${values.args}
      @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity('')}
      @change=${changed}
    />
  </div>`
}

function timeField({ values, change }: FilterForm) {
  return html`<div class="field">
    <label for="time">Window of the time it was</label>
    <select id="time" @change=${(event: Event) => change({ time: (event.target as HTMLSelectElement).value })}>
      ${Object.keys(timeFields).map((word) => html`<option value=${word} ?selected=${word === (values.time || 'created')}>${word}</option>`)}
    </select>
  </div>`
}

function instantField({ values, change }: FilterForm, name: 'from' | 'to') {
  return html`<div class="field">
    <label for=${name}>${filterLabels[name]} <span class="muted">(${viewerZone})</span></label>
    <input
      id=${name}
      type="datetime-local"
      .value=${localMinute(Date.parse(values[name]))}
      @change=${(event: Event) => change({ [name]: instantOf((event.target as HTMLInputElement).value) })}
    />
  </div>`
}

/** What narrows the list, each with a way to take it off. The state has its own tabs. */
export function filterChips(values: FilterValues, change: FilterForm['change']): TemplateResult | typeof nothing {
  const active = filterNames.filter((name) => name !== 'state' && name !== 'time' && values[name])
  if (active.length === 0) return nothing
  return html`<ul class="chips" aria-label="Filters in effect">
    ${active.map(
      (name) => html`<li class="filter-chip">
        <span class="wrap"><span class="muted">${labelOf(name, values)}</span> ${shownValue(name, values[name])}</span>
        <button type="button" aria-label="Remove the filter ${filterLabels[name]}" @click=${() => change({ [name]: '' })}>×</button>
      </li>`,
    )}
    <li><button type="button" class="button" @click=${() => change(cleared)}>Clear all</button></li>
  </ul>`
}

const cleared = Object.fromEntries(filterNames.filter((name) => name !== 'state').map((name) => [name, '']))

function labelOf(name: FilterName, { time }: FilterValues): string {
  if (name === 'from' || name === 'to') return `${time || 'created'} ${filterLabels[name].toLowerCase()}`
  return filterLabels[name].toLowerCase()
}

function shownValue(name: FilterName, value: string) {
  if (name === 'args') return html`<code>${value}</code>`
  const at = name === 'from' || name === 'to' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? value : exactTime(at, { seconds: false })
}

export const filterStyles = css`
  .filters {
    display: grid;
    gap: 4px;
    padding: 12px 16px 8px;
    margin-bottom: 10px;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    gap: 8px 12px;
  }
  .fields.rarer {
    padding-block: 8px 4px;
  }
  .filters label {
    margin-bottom: 2px;
    overflow: hidden;
    font-size: 12px;
    color: var(--_muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .filters :is(input, select) {
    width: 100%;
  }
  .filters summary {
    width: max-content;
    padding-block: 4px;
    font-size: 13px;
    color: var(--_accent);
    cursor: pointer;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-bottom: 10px;
  }
  .filter-chip {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    padding-inline-start: 10px;
    border: 1px solid var(--_line-strong);
    border-radius: 99px;
    background: var(--_surface);
    font-size: 13px;
  }
  .filter-chip button {
    min-width: 28px;
    min-height: 26px;
    border: 0;
    border-radius: 99px;
    background: none;
    cursor: pointer;
  }
  .filter-chip button:hover {
    background: var(--_sunken);
  }
  @container ops-page (max-width: 860px) {
    .fields {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @media (pointer: coarse) {
    .filter-chip button {
      min-width: 40px;
      min-height: 40px;
    }
    .filters summary {
      padding-block: 10px;
    }
  }
`
