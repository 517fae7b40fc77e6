import { css, html, nothing, type TemplateResult } from 'lit'
import { exactTime } from '../../core/time.ts'
import { type FilterName, filterNames, filters, type FilterValues } from './filters.ts'

/** What narrows the list, each with a way to take it off. The state has its own tabs. */
export function filterChips(values: FilterValues, change: (change: Partial<FilterValues>) => void, clear: () => void): TemplateResult | typeof nothing {
  const active = filterNames.filter((name) => name !== 'state' && name !== 'time' && values[name])
  if (active.length === 0) return nothing
  return html`<ul class="chips" aria-label="Filters in effect">
    ${active.map(
      (name) => html`<li class="filter-chip">
        <span class="wrap"><span class="muted">${labelOf(name, values)}</span> ${shownValue(name, values[name])}</span>
        <button type="button" aria-label="Remove the filter ${filters[name].label}" @click=${() => change({ [name]: '' })}>×</button>
      </li>`,
    )}
    <li><button type="button" class="button" @mousedown=${keepField} @click=${clear}>Clear all</button></li>
  </ul>`
}

/** The field being typed into is not left, so that it is not applied first, which could move the button from under the pointer. */
const keepField = (event: Event) => event.preventDefault()

function labelOf(name: FilterName, { time }: FilterValues): string {
  if (name === 'from' || name === 'to') return `${time || 'created'} ${filters[name].label.toLowerCase()}`
  return filters[name].label.toLowerCase()
}

function shownValue(name: FilterName, value: string) {
  if (name === 'args') return html`<code>${value}</code>`
  const at = name === 'from' || name === 'to' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? value : exactTime(at, { seconds: false })
}

export const filterChipStyles = css`
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
  @media (pointer: coarse) {
    .filter-chip button {
      min-width: 40px;
      min-height: 40px;
    }
  }
`
